// A worker's stdout and stderr -> stintd's log, line by line: tagged with worker and job, escaped,
// limited in length and rate, with a count of what was dropped. With one slot the lines also go to
// the job's own log in Redis, batched: at once if none went in the last 100 ms, else 100 ms
// later, and the rest before the worker's death is settled. Supervisor, on its thread. The job of a
// line is the one that the recorder says is running when the line is read, or else the only one
// whose end is not yet acknowledged: a line written in the last moment of a job may be seen as
// nobody's, or come too late for its log.
#pragma once

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
    bool job_log = true;  // one slot: it is known whose line it is
    std::function<void(std::vector<Lines>)> send;
  };

  OutputRelay(uv_loop_s* loop, UniqueFd out, UniqueFd err, const control::FlightRecorder& recorder,
              Options options);

  // The worker is dead: reads what is left in the pipes and returns the lines that were not yet
  // sent.
  std::vector<Lines> finish();

 private:
  struct Pipe {
    LineCutter cutter;
    std::unique_ptr<Stream> stream;
    std::string_view name;
  };
  void on_data(Pipe& pipe, std::string_view bytes);
  void on_line(const Pipe& pipe, std::string_view line, bool cut);
  void keep_for_job(std::string_view text);
  void say_dropped();
  void flush();
  void look_up_job();

  const control::FlightRecorder& recorder_;
  Options options_;
  Pipe out_;
  Pipe err_;
  RateLimit limit_;
  Timer flush_timer_;
  Timer dropped_timer_;
  std::optional<control::EntryCopy>
      job_;  // whose lines these are, as far as the last look at the recorder says
  std::vector<Lines> pending_;
  size_t pending_bytes_ = 0;
};

}  // namespace stint
