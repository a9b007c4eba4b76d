// A descriptor as a stream whose reader does not sleep on what it has read: before it waits for
// more it says so, and it ends when an InterruptScope has heard a signal, also one that comes while
// it waits. One thread.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <streambuf>
#include <string>

#include "common/error.h"

namespace stint::cli {

class LiveInput : public std::streambuf {
 public:
  explicit LiveInput(int fd) : fd_(fd) {}
  // Called when nothing more is there at the moment; false ends the stream.
  void on_pause(std::function<bool()> call) { on_pause_ = std::move(call); }
  // Why it ended before its end; empty: it did not, or was interrupted.
  const std::optional<Error>& failure() const { return failure_; }

 protected:
  int_type underflow() override;

 private:
  bool wait() const;
  int fd_;
  std::function<bool()> on_pause_;
  std::optional<Error> failure_;
  std::array<char, 65536> buffer_{};
};

}  // namespace stint::cli
