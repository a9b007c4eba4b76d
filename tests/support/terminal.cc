#include "tests/support/terminal.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <vector>

#include <pty.h>

namespace stint::test {
namespace {

constexpr int kPatienceMs = 60'000;  // only a failing test waits so long

[[noreturn]] void become(const Spawn& spawn) {
  (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const auto& [name, value] : spawn.env) {
    (void)(value ? setenv(name.c_str(), value->c_str(), 1) : unsetenv(name.c_str()));
  }
  std::vector<char*> argv;
  for (const auto& word : spawn.argv) {
    argv.push_back(const_cast<char*>(word.c_str()));  // execvp changes nothing
  }
  argv.push_back(nullptr);
  (void)execvp(argv[0], argv.data());
  _exit(127);
}

}  // namespace

Terminal::Terminal(const Spawn& spawn) {
  pid_ = forkpty(&fd_, nullptr, nullptr, nullptr);
  if (pid_ < 0) {
    throw std::runtime_error("forkpty");
  }
  if (pid_ == 0) {
    become(spawn);
  }
}

Terminal::~Terminal() {
  if (pid_ > 0) {
    (void)kill(pid_, SIGKILL);
    (void)waitpid(pid_, nullptr, 0);
  }
  (void)close(fd_);
}

bool Terminal::read_more() {
  pollfd ready{fd_, POLLIN, 0};
  if (poll(&ready, 1, kPatienceMs) <= 0) {
    (void)kill(pid_, SIGKILL);
    return false;
  }
  std::array<char, 4096> buffer{};
  ssize_t n = read(fd_, buffer.data(), buffer.size());  // EIO: the other side is closed
  if (n > 0) {
    seen_.append(buffer.data(), static_cast<size_t>(n));
  }
  return n > 0;
}

bool Terminal::shows(std::string_view text) {
  while (seen_.find(text) == std::string::npos) {
    if (!read_more()) {
      return false;
    }
  }
  return true;
}

void Terminal::type(std::string_view keys) const {
  if (write(fd_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size())) {
    throw std::runtime_error("write to the terminal");
  }
}

int Terminal::wait() {
  while (read_more()) {
  }
  int status = 0;
  (void)waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace stint::test
