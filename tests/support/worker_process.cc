#include "tests/support/worker_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "tests/support/eventually.h"
#include "tests/support/paths.h"
#include "tests/support/sanitizer_report.h"

namespace stint::test {

namespace {

control::FlightRecorder new_recorder(uint32_t slots) {
  auto made = control::FlightRecorder::create(slots);
  if (!made) {
    throw std::runtime_error(made.error().message);
  }
  return std::move(made).value();
}

// After fork: nothing that allocates.
[[noreturn]] void become_worker(int control, int recorder, int err, const char* path,
                                char* const* argv) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // Out of the way first: one of them may be 3 or 4 already.
  int high_control = ::fcntl(control, F_DUPFD, 10);
  int high_recorder = ::fcntl(recorder, F_DUPFD, 10);
  ::dup2(err, STDERR_FILENO);
  ::dup2(err, STDOUT_FILENO);
  ::dup2(high_control, control::kControlFd);
  ::dup2(high_recorder, control::kRecorderFd);
  ::close(high_control);
  ::close(high_recorder);
  ::execv(path, argv);
  ::_exit(127);
}

}  // namespace

Boot boot_for(const redis::Url& url, const std::string& worker) {
  Boot boot;
  boot.worker = worker;
  boot.host = "host";
  boot.queues = {"default"};
  boot.config.redis = url;
  boot.config.embedded = false;
  boot.config.queues = {QueueConfig{}};
  boot.config.plugin_paths = {test_plugins_dir() + "/faulty", tasks_dir()};
  return boot;
}

WorkerProcess::WorkerProcess(const Boot& boot)
    : recorder_(new_recorder(static_cast<uint32_t>(boot.config.slots))) {
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) {
    throw std::runtime_error("socketpair");
  }
  control_.reset(pair[0]);
  UniqueFd theirs(pair[1]);
  UniqueFd err(::open((dir_ / "stderr").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  std::string path = bin_dir() + "/stint-worker";
  std::string id = boot.supervised ? boot.worker : "--standalone";
  std::array<char*, 3> argv{path.data(), id.data(), nullptr};
  pid_ = ::fork();
  if (pid_ == 0) {
    become_worker(theirs.get(), recorder_.fd(), err.get(), path.c_str(), argv.data());
  }
  send(control::FrameType::kBoot, boot_to_json(boot));
  if (!boot.supervised) {
    hang_up();  // all it gets
  }
}

WorkerProcess::~WorkerProcess() {
  if (!exit_) {
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);
    (void)wait_exit();
  }
  expect_no_report(err());
}

void WorkerProcess::send(control::FrameType type, const std::string& payload) const {
  std::string bytes = control::encode(type, payload);
  size_t at = 0;
  while (at < bytes.size()) {
    ssize_t put = ::send(control_.get(), bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
    if (put <= 0) {
      return;
    }
    at += static_cast<size_t>(put);
  }
}

void WorkerProcess::read_frames() {
  std::array<char, 4096> buffer{};
  while (control_) {
    ssize_t got = ::recv(control_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got <= 0) {
      return;
    }
    (void)decoder_.feed({buffer.data(), static_cast<size_t>(got)},
                        [this](control::FrameType type, std::string_view payload) {
                          ready_ = ready_ || type == control::FrameType::kReady;
                          failure_ = type == control::FrameType::kFailed ? payload : failure_;
                        });
  }
}

bool WorkerProcess::wait_ready(milliseconds deadline) {
  return eventually(deadline, [this] {
    read_frames();
    return ready_;
  });
}

std::string WorkerProcess::failure() {
  read_frames();
  return failure_;
}

void WorkerProcess::signal(int number) const {
  ::kill(pid_, number);
}

void WorkerProcess::stop() const {
  signal(SIGSTOP);
  wait_stopped();
}

void WorkerProcess::wait_stopped() const {
  bool stopped = eventually(kSoon, [this] {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WSTOPPED | WNOHANG) == 0 &&
           info.si_pid == pid_;
  });
  if (!stopped) {
    throw std::runtime_error("the worker does not stop");
  }
}

std::optional<int> WorkerProcess::wait_exit(milliseconds deadline) {
  (void)eventually(deadline, [this] {
    int status = 0;
    if (!exit_ && ::waitpid(pid_, &status, WNOHANG) == pid_) {
      exit_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    return exit_.has_value();
  });
  return exit_;
}

}  // namespace stint::test
