// Where the only slot of a worker waits, when a task has returned, until its supervisor has read
// what that task printed: so each line is in its own job's log, and no job is handed in before.
// Nobody waits for a task that printed nothing: two calls tell, and where it took less time than
// such a call none is made. A supervisor that does not answer within kPatience is not waited for
// again before it has; meanwhile lines are nobody's and in its log alone. The slot: begin(), end();
// the loop: the rest.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "common/clock.h"
#include "common/control/flight_recorder.h"
#include "common/unique_fd.h"

namespace stint {

class OutputWatch {
 public:
  static constexpr milliseconds kPatience{1'000};

  // Null if stdout and stderr are no pipes. wake: makes the loop call asked() soon, from any
  // thread.
  static std::unique_ptr<OutputWatch> open(control::RecorderTable& table,
                                           std::function<void()> wake);

  // Right before task code: what is printed from now on is that job's.
  void begin(uint32_t entry);
  // Its attempt has ended, and took so long.
  void end(int64_t took_ns);

  std::optional<std::string> asked();  // to be sent on as kReadOutput, each once
  void on_read(std::string_view number);
  void give_up();  // nobody reads any more, or nobody may wait

 private:
  OutputWatch(control::RecorderTable& table, std::function<void()> wake, UniqueFd out,
              UniqueFd err);
  bool printed(int64_t took_ns);
  bool look();
  bool until_read();

  control::RecorderTable& table_;
  const std::function<void()> wake_;
  // Copies: a task may close or redirect its own.
  const UniqueFd out_, err_;

  // The slot.
  bool clean_ = true;  // all that was printed before has been read
  int64_t quickest_call_ns_ = INT64_MAX;

  std::mutex mutex_;
  std::condition_variable answer_;
  uint64_t asked_ = 0;
  uint64_t sent_ = 0;
  uint64_t answered_ = 0;
  bool given_up_ = false;
};

}  // namespace stint
