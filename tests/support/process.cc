#include "tests/support/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "common/unique_fd.h"
#include "tests/support/eventually.h"
#include "tests/support/start_process.h"
#include "tests/support/temp_dir.h"

namespace stint::test {

namespace {

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

Pipe make_pipe() {
  int fds[2];
  if (pipe2(fds, O_CLOEXEC) != 0) {
    throw std::runtime_error("pipe2 failed");
  }
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

// One chunk; false at the end of the stream.
bool collect(int fd, std::string& text, std::mutex& mutex) {
  std::array<char, 8192> bytes{};
  ssize_t n = ::read(fd, bytes.data(), bytes.size());
  if (n > 0) {
    std::lock_guard lock(mutex);
    text.append(bytes.data(), static_cast<size_t>(n));
  }
  return n > 0 || (n < 0 && errno == EINTR);
}

void feed(UniqueFd fd, const std::string& input) {
  size_t sent = 0;
  while (sent < input.size()) {
    ssize_t n = ::write(fd.get(), input.data() + sent, input.size() - sent);
    if (n <= 0) {
      return;  // it does not read: its affair
    }
    sent += static_cast<size_t>(n);
  }
}

}  // namespace

struct Process::Impl {
  pid_t pid = -1;
  UniqueFd pidfd;
  std::optional<int> ended;
  std::mutex mutex;
  std::string out;
  std::string err;
  std::atomic<bool> output_ended{false};
  UniqueFd stop{eventfd(0, EFD_CLOEXEC)};
  std::vector<std::thread> threads;

  // Runs in a thread: until both streams end, or stop. A grandchild may hold a stream open for
  // ever.
  void read_output(UniqueFd out_fd, UniqueFd err_fd) {
    std::array<pollfd, 3> entries{
        {{out_fd.get(), POLLIN, 0}, {err_fd.get(), POLLIN, 0}, {stop.get(), POLLIN, 0}}};
    while (entries[0].fd >= 0 || entries[1].fd >= 0) {
      (void)poll(entries.data(), entries.size(), -1);
      if (entries[0].revents != 0 && !collect(entries[0].fd, out, mutex)) {
        entries[0].fd = -1;
      }
      if (entries[1].revents != 0 && !collect(entries[1].fd, err, mutex)) {
        entries[1].fd = -1;
      }
      if (entries[0].revents == 0 && entries[1].revents == 0 && entries[2].revents != 0) {
        break;
      }
    }
    output_ended = true;
  }

  // Requires: it has ended or will at once.
  void reap() {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    ended = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
};

Process::Process(Spawn spawn) : impl_(std::make_unique<Impl>()) {
  Pipe in = make_pipe();
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  ::signal(SIGPIPE, SIG_IGN);
  impl_->pid = start_process(spawn, in.read.get(), out.write.get(), err.write.get());
  if (impl_->pid < 0) {
    throw std::runtime_error("no process for " + spawn.argv[0]);
  }
  impl_->pidfd.reset(static_cast<int>(syscall(SYS_pidfd_open, impl_->pid, 0)));
  auto& state = *impl_;
  state.threads.emplace_back([&state, o = std::move(out.read), e = std::move(err.read)]() mutable {
    state.read_output(std::move(o), std::move(e));
  });
  if (!spawn.input.empty()) {
    state.threads.emplace_back(
        [fd = std::move(in.write), input = std::move(spawn.input)]() mutable {
          feed(std::move(fd), input);
        });
  }
}

Process::~Process() {
  signal_group(SIGKILL);
  if (!impl_->ended) {
    impl_->reap();
  }
  uint64_t one = 1;
  (void)!::write(impl_->stop.get(), &one, sizeof one);
  for (auto& thread : impl_->threads) {
    thread.join();
  }
}

pid_t Process::pid() const {
  return impl_->pid;
}

bool Process::running() {
  return !wait(milliseconds{0});
}

std::optional<int> Process::wait(milliseconds timeout) {
  MonoTime end = now_mono() + timeout;
  while (!impl_->ended) {
    pollfd entry{impl_->pidfd.get(), POLLIN, 0};
    milliseconds left = std::max(end - now_mono(), milliseconds{0});
    int n = poll(&entry, 1, static_cast<int>(left.count()));
    if (n > 0) {
      impl_->reap();
      (void)eventually(milliseconds{2000}, [&] { return impl_->output_ended.load(); });
    } else if (n == 0) {
      return std::nullopt;
    }
  }
  return impl_->ended;
}

void Process::signal(int number) const {
  if (!impl_->ended) {
    ::kill(impl_->pid, number);
  }
}

void Process::signal_group(int number) const {
  ::kill(-impl_->pid, number);
}

void Process::kill9() {
  signal(SIGKILL);
  if (!impl_->ended) {
    impl_->reap();
  }
}

std::string Process::out() const {
  std::lock_guard lock(impl_->mutex);
  return impl_->out;
}

std::string Process::err() const {
  std::lock_guard lock(impl_->mutex);
  return impl_->err;
}

std::pair<std::string, std::string> asan_options(const std::string& more) {
  const char* told = std::getenv("ASAN_OPTIONS");
  return {"ASAN_OPTIONS", (told == nullptr ? "" : std::string(told) + ":") + more};
}

bool alive(pid_t pid) {
  // "pid (name) STATE ...": the name may hold anything, also ')'.
  std::string stat = read_file("/proc/" + std::to_string(pid) + "/stat");
  size_t name_end = stat.rfind(')');
  return name_end != std::string::npos && stat.size() > name_end + 2 && stat[name_end + 2] != 'Z';
}

Finished run(Spawn spawn, milliseconds timeout) {
  Finished ended;
  Process process(std::move(spawn));
  if (auto code = process.wait(timeout)) {
    ended.code = *code;
  }
  ended.out = process.out();
  ended.err = process.err();
  return ended;
}

Finished run(std::vector<std::string> argv, milliseconds timeout) {
  return run(Spawn{std::move(argv), {}, {}, {}}, timeout);
}

}  // namespace stint::test
