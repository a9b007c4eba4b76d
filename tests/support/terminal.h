// A program on a terminal of its own, with whom a test talks. Killed when the object goes out of
// scope. One thread.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

#include "tests/support/process.h"

namespace stint::test {

class Terminal {
 public:
  // Requires: spawn.input is empty. Throws if there is no terminal to be had.
  explicit Terminal(const Spawn& spawn);
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  // Reads until this has been printed, or the program has ended. False: the latter.
  bool shows(std::string_view text);
  void type(std::string_view keys) const;  // "\x03" is Ctrl-C
  int wait();                              // exit code, or 128 + signal number
  const std::string& seen() const { return seen_; }

 private:
  bool read_more();
  pid_t pid_ = -1;
  int fd_ = -1;
  std::string seen_;
};

}  // namespace stint::test
