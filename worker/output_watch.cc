#include "worker/output_watch.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <utility>

#include <limits.h>
#include <stdio_ext.h>

namespace stint {

namespace {

constexpr int kFirstLooks = 32;  // so many that some are not interrupted

UniqueFd copy_of_pipe(int fd) {
  struct stat status {};
  bool pipe = ::fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode);
  return UniqueFd(pipe ? ::fcntl(fd, F_DUPFD_CLOEXEC, 16) : -1);
}

bool unread(const UniqueFd& pipe) {
  int bytes = 0;
  return ::ioctl(pipe.get(), FIONREAD, &bytes) == 0 && bytes > 0;
}

// A last line without its newline is still in stdio's memory. Never waits: not for whoever is
// inside a stdio call, and not for a full pipe.
bool flush_stdout() {
  size_t left = ::__fpending(stdout);
  if (left == 0 || left > PIPE_BUF || ::ftrylockfile(stdout) != 0) {
    return false;
  }
  struct pollfd room {
    ::fileno_unlocked(stdout), POLLOUT, 0
  };
  bool flushed = ::poll(&room, 1, 0) == 1 && ::fflush_unlocked(stdout) == 0;
  ::funlockfile(stdout);
  return flushed;
}

}  // namespace

std::unique_ptr<OutputWatch> OutputWatch::open(control::RecorderTable& table,
                                               std::function<void()> wake) {
  UniqueFd out = copy_of_pipe(STDOUT_FILENO);
  UniqueFd err = copy_of_pipe(STDERR_FILENO);
  if (!out || !err) {
    return nullptr;
  }
  return std::unique_ptr<OutputWatch>(
      new OutputWatch(table, std::move(wake), std::move(out), std::move(err)));
}

OutputWatch::OutputWatch(control::RecorderTable& table, std::function<void()> wake, UniqueFd out,
                         UniqueFd err)
    : table_(table), wake_(std::move(wake)), out_(std::move(out)), err_(std::move(err)) {
  for (int i = 0; i < kFirstLooks; ++i) {
    (void)look();
  }
}

void OutputWatch::begin(uint32_t entry) {
  if (clean_) {
    table_.printing.store(static_cast<int32_t>(entry), std::memory_order_release);
  }
}

void OutputWatch::end(int64_t took_ns) {
  if (flush_stdout()) {
    took_ns = INT64_MAX;
  }
  clean_ = !printed(took_ns) || until_read();
  table_.printing.store(-1, std::memory_order_release);
}

// Whoever has printed has made a call that costs more than one that only looks: who took less than
// half of the quickest look did not. In this order: the supervisor says that it reads before it
// does, so what has left a pipe has been said.
bool OutputWatch::printed(int64_t took_ns) {
  if (took_ns >= quickest_call_ns_ / 2) {
    if (look() || unread(err_)) {
      return true;
    }
  }
  return table_.output_seen.load(std::memory_order_seq_cst) != 0;
}

bool OutputWatch::look() {
  MonoTime from = now_mono();
  bool any = unread(out_);
  quickest_call_ns_ = std::min(quickest_call_ns_, now_mono().ns - from.ns);
  return any;
}

bool OutputWatch::until_read() {
  std::unique_lock lock(mutex_);
  if (given_up_ || answered_ != asked_) {
    return false;
  }
  ++asked_;
  wake_();
  answer_.wait_for(lock, kPatience, [this] { return given_up_ || answered_ == asked_; });
  return answered_ == asked_;
}

std::optional<std::string> OutputWatch::asked() {
  std::lock_guard lock(mutex_);
  if (sent_ == asked_) {
    return std::nullopt;
  }
  sent_ = asked_;
  return std::to_string(sent_);
}

void OutputWatch::on_read(std::string_view number) {
  std::lock_guard lock(mutex_);
  std::from_chars(number.data(), number.data() + number.size(), answered_);
  answer_.notify_all();
}

void OutputWatch::give_up() {
  std::lock_guard lock(mutex_);
  given_up_ = true;
  answer_.notify_all();
}

}  // namespace stint
