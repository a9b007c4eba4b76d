// A worker's stdout and stderr -> stintd's log, line by line: tagged with worker and job, escaped,
// limited in length and rate, with a count of what was dropped. With one slot the lines also go
// back to the worker, by a control frame a read, for the job's own log. Supervisor, on its thread.
// With one slot the job of a line is the one that the recorder names as printing when the line is
// read; the worker changes that only when all that was printed has been read (worker/output_watch).
// Invariant: lines are kept here until the worker says, in the recorder, that it has them: from
// then on they are in its job's log, whatever becomes of it.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/control/flight_recorder.h"
#include "common/loop/stream.h"
#include "common/loop/timer.h"
#include "common/queue/finish.h"
#include "daemon/line_cutter.h"
#include "daemon/rate_limit.h"

namespace stint {

class OutputRelay {
 public:
  struct Lines {
    uint32_t queue;  // index in the worker's list
    LogBatch batch;
  };
  struct Options {
    std::string worker;
    // One slot: takes the payload of a kPrinted. Empty: several, nobody can say whose line it is.
    std::function<void(std::string_view)> hand_back;
  };

  OutputRelay(uv_loop_s* loop, UniqueFd out, UniqueFd err, control::FlightRecorder& recorder,
              Options options);

  // The task has returned and the worker waits: reads what is in the pipes by now. A line that has
  // not ended by then ends there.
  void read_now();
  // The worker is dead: reads what is left in the pipes and returns the lines that it did not get.
  std::vector<Lines> finish();

 private:
  struct Pipe {
    LineCutter cutter;
    std::unique_ptr<Stream> stream;
    std::string_view name;
  };
  struct Handed {
    uint64_t number;
    int64_t wall_ms;
    control::EntryCopy job;
    std::string lines;
  };
  void on_data(Pipe& pipe, std::string_view bytes);
  void on_line(const Pipe& pipe, std::string_view line, bool cut);
  void end_lines();
  void hand_back();
  void forget_taken();
  void say_dropped();
  void look_up_job();

  control::FlightRecorder& recorder_;
  Options options_;
  Pipe out_;
  Pipe err_;
  RateLimit limit_;
  Timer dropped_timer_;
  std::optional<control::EntryCopy>
      job_;            // whose lines these are, as far as the last look at the recorder says
  std::string fresh_;  // of job_, not yet handed back
  std::deque<Handed> handed_;
  size_t handed_bytes_ = 0;
  uint64_t number_ = 0;  // of the last frame
  bool dead_ = false;
};

}  // namespace stint
