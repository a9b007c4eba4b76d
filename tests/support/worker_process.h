// A real stint-worker with the test in the place of its supervisor: boot frame, control frames,
// flight recorder. Killed with its process group when the object goes out of scope. Called by one
// thread.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "common/config/boot.h"
#include "common/control/flight_recorder.h"
#include "common/control/frames.h"
#include "common/unique_fd.h"
#include "tests/support/eventually.h"
#include "tests/support/redis_server.h"
#include "tests/support/temp_dir.h"

namespace stint::test {

// A boot of one queue, "default", with the test plugin `faulty` and the shipped ones.
Boot boot_for(const redis::Url& url, const std::string& worker = "host-1-test.1");

class WorkerProcess {
 public:
  explicit WorkerProcess(const Boot& boot);
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  [[nodiscard]] bool wait_ready(milliseconds deadline = kSoon);
  void send(control::FrameType type, const std::string& payload = {}) const;
  void hang_up() { control_.reset(); }  // as if the supervisor had died
  void signal(int number) const;
  void stop() const;          // and wait_stopped()
  void wait_stopped() const;  // until every thread of it stands still; throws if they do not

  // Exit code, or 128 + signal; empty: still running at the deadline.
  std::optional<int> wait_exit(milliseconds deadline = kLong);
  bool running() { return !wait_exit(milliseconds{0}); }

  control::FlightRecorder& recorder() { return recorder_; }
  std::string failure();  // the payload of a kFailed frame; empty: none came
  std::string err() const { return read_file(dir_ / "stderr"); }
  pid_t pid() const { return pid_; }

 private:
  void read_frames();

  TempDir dir_;
  control::FlightRecorder recorder_;
  UniqueFd control_;
  control::Decoder decoder_;
  bool ready_ = false;
  std::string failure_;
  pid_t pid_ = -1;
  std::optional<int> exit_;
};

}  // namespace stint::test
