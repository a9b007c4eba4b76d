#include "daemon/cli/trial_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>

#include "common/control/flight_recorder.h"
#include "common/control/frames.h"
#include "common/control/sealed_text.h"
#include "common/worker_program.h"

namespace stint::cli {
namespace {

Error trial_error(const std::string& what, int error) {
  return {ErrorCode::kInternal, what + ": " + std::generic_category().message(error)};
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (auto& text : texts) {
    out.push_back(text.data());
  }
  out.push_back(nullptr);
  return out;
}

// The password of Redis may stand in one of ours.
std::vector<char*> environment_of_workers() {
  std::vector<char*> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with("STINT_")) {
      out.push_back(*entry);
    }
  }
  out.push_back(nullptr);
  return out;
}

struct Given {
  int recorder;
  int config;  // above the numbers that both get
};

Result<pid_t> spawn(const std::string& program, std::vector<std::string>& words, Given given) {
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t all;
  sigset_t none;
  sigfillset(&all);
  sigemptyset(&none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(
      &attributes,
      static_cast<short>(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, given.recorder, control::kRecorderFd);
  posix_spawn_file_actions_adddup2(&actions, given.config, control::kControlFd);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  auto argv = pointers(words);
  auto env = environment_of_workers();
  pid_t pid = -1;
  int failed = posix_spawn(&pid, program.c_str(), &actions, &attributes, argv.data(), env.data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return failed == 0 ? Result<pid_t>(pid) : trial_error(program, failed);
}

Result<pid_t> spawn_worker(std::vector<std::string>& words, Given given) {
  auto places = worker_program_places();
  for (const auto& place : places) {
    if (access(place.c_str(), X_OK) == 0) {
      return spawn(place, words, given);
    }
  }
  return trial_error(places.back(), ENOENT);
}

// Requires: the signals of the set are blocked.
int await_exit(pid_t pid, const sigset_t& signals) {
  int status = 0;
  while (waitpid(pid, &status, WNOHANG) != pid) {
    int number = sigwaitinfo(&signals, nullptr);
    if (number > 0 && number != SIGCHLD) {
      (void)kill(-pid, number);
    }
  }
  return status;
}

}  // namespace

Result<TrialEnd> run_trial_process(std::vector<std::string> words, std::string_view config) {
  auto recorder = control::FlightRecorder::create(1);
  if (!recorder) {
    return recorder.error();
  }
  auto sealed = control::seal_text(config);
  if (!sealed) {
    return sealed.error();
  }
  sigset_t signals;
  sigset_t before;
  sigemptyset(&signals);
  for (int number : {SIGINT, SIGTERM, SIGCHLD}) {
    sigaddset(&signals, number);
  }
  (void)pthread_sigmask(SIG_BLOCK, &signals, &before);
  auto pid = spawn_worker(words, {recorder->fd(), sealed->get()});
  int status = pid ? await_exit(*pid, signals) : 0;
  (void)pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (!pid) {
    return pid.error();
  }
  TrialEnd end;
  end.exit = decode_wait_status(status);
  end.backtrace = recorder->crash_text();
  auto held = recorder->held();
  if (!held.empty() && held.front().state == control::EntryState::kStarted) {
    end.how = TrialEnd::How::kTaskCrashed;
  } else if (!held.empty() || end.exit.signal != 0) {
    end.how = TrialEnd::How::kPluginCrashed;
  }
  return end;
}

}  // namespace stint::cli
