#include "daemon/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

#include "common/control/frames.h"
#include "common/kill_point.h"
#include "common/worker_program.h"
#include "daemon/exec_report.h"

namespace stint {
namespace {

Error spawn_error(const char* call, int error) {
  return {ErrorCode::kInternal, std::string("cannot start a worker: ") + call + ": " +
                                    std::system_category().message(error)};
}

// Above all descriptors that the child will have, so that dup2 never overwrites one that is still
// needed.
Result<UniqueFd> lift(int fd) {
  int lifted = fcntl(fd, F_DUPFD_CLOEXEC, 16);
  if (lifted < 0) {
    return spawn_error("fcntl", errno);
  }
  return UniqueFd(lifted);
}

struct ChildFds {
  UniqueFd null, out, err, control, recorder, binary, report;
};

Result<ChildFds> prepare(const SpawnRequest& request, int report) {
  UniqueFd null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!null) {
    return spawn_error("open /dev/null", errno);
  }
  ChildFds fds;
  const std::array<std::pair<int, UniqueFd*>, 7> wanted{{{null.get(), &fds.null},
                                                         {request.out, &fds.out},
                                                         {request.err, &fds.err},
                                                         {request.control, &fds.control},
                                                         {request.recorder, &fds.recorder},
                                                         {request.binary, &fds.binary},
                                                         {report, &fds.report}}};
  for (const auto& [from, to] : wanted) {
    auto lifted = lift(from);
    if (!lifted) {
      return lifted.error();
    }
    *to = std::move(*lifted);
  }
  return fds;
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (const auto& text : texts) {
    out.push_back(const_cast<char*>(text.c_str()));  // execve takes char* and changes nothing
  }
  out.push_back(nullptr);
  return out;
}

// The child, until it is another program. Nothing here may allocate or lock. SIG_IGN would survive
// exec; so would the mask, which the parent set to "all" so that no handler of its own runs here.
[[noreturn]] void become_worker(const ChildFds& fds, char* const* argv, char* const* env) {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) {
    (void)sigaction(signal, &action, nullptr);
  }
  (void)setpgid(0, 0);
  bool placed = dup2(fds.null.get(), 0) == 0 && dup2(fds.out.get(), 1) == 1 &&
                dup2(fds.err.get(), 2) == 2 &&
                dup2(fds.control.get(), control::kControlFd) == control::kControlFd &&
                dup2(fds.recorder.get(), control::kRecorderFd) == control::kRecorderFd;
  if (placed) {
    sigset_t none;
    sigemptyset(&none);
    (void)pthread_sigmask(SIG_SETMASK, &none, nullptr);
    // All else is O_CLOEXEC, save what whoever started stintd left open.
    (void)close_range(5, ~0U, CLOSE_RANGE_CLOEXEC);
    execveat(fds.binary.get(), "", argv, env, AT_EMPTY_PATH);
  }
  report_failure(fds.report.get());
}

}  // namespace

Result<pid_t> spawn(const SpawnRequest& request) {
  std::array<int, 2> pipe_fds{};
  if (pipe2(pipe_fds.data(), O_CLOEXEC) != 0) {
    return spawn_error("pipe", errno);
  }
  UniqueFd report_read(pipe_fds[0]);
  UniqueFd report_write(pipe_fds[1]);
  auto fds = prepare(request, report_write.get());
  if (!fds) {
    return fds.error();
  }
  auto argv = pointers(request.argv);
  auto env = pointers(request.env);
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  (void)pthread_sigmask(SIG_SETMASK, &all, &before);
  kill_point("before", "fork");
  pid_t pid = fork();
  if (pid == 0) {
    kill_point("at", "child");
    become_worker(*fds, argv.data(), env.data());
  }
  int fork_error = errno;
  (void)pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) {
    return spawn_error("fork", fork_error);
  }
  kill_point("after", "fork");
  (void)setpgid(pid, pid);  // whichever of us is first; EACCES after exec is as good
  report_write.reset();
  fds->report.reset();
  if (int error = read_report(report_read.get()); error != 0) {
    (void)waitpid(pid, nullptr, 0);
    return spawn_error("exec stint-worker", error);
  }
  return pid;
}

std::vector<std::string> worker_environment(const char* const* environment) {
  // STINT_* are for stintd and stint; the password of Redis may stand in one. The others are
  // systemd's words to us.
  constexpr std::array<std::string_view, 8> kOurs{
      "STINT_",     "NOTIFY_SOCKET=", "WATCHDOG_", "CREDENTIALS_DIRECTORY=",
      "LISTEN_FDS", "LISTEN_PID=",    "MAINPID=",  "FDSTORE="};
  std::vector<std::string> out;
  for (; *environment != nullptr; ++environment) {
    std::string_view entry = *environment;
    bool ours = std::any_of(kOurs.begin(), kOurs.end(),
                            [&](std::string_view name) { return entry.starts_with(name); });
    if (!ours) {
      out.emplace_back(entry);
    }
  }
  return out;
}

Result<UniqueFd> open_worker_binary() {
  auto places = worker_program_places();
  for (const auto& place : places) {
    UniqueFd fd(open(place.c_str(), O_RDONLY | O_CLOEXEC));
    if (fd) {
      return fd;
    }
  }
  return Error{ErrorCode::kConfig, "stint-worker is neither " + places[0] + " nor " + places[2]};
}

}  // namespace stint
