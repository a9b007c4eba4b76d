// A program that a test runs: its output captured, its end awaited with a deadline. Killed with its
// process group when the object goes out of scope, and by the kernel if the thread that started it
// ends: nothing is left behind. Called by one thread; one of its own reads stdout and stderr.
#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/clock.h"
#include "tests/support/eventually.h"

namespace stint::test {

struct Spawn {
  std::vector<std::string> argv;  // argv[0]: a path, or a name looked up in PATH
  std::map<std::string, std::optional<std::string>> env;  // over the test's own; nullopt removes it
  std::string input;                                      // all of stdin
  std::string cwd;                                        // "" = the test's
};

// Of a `stint` that tests only ask by, again and again: to look for leaks would be half of its
// time. They are looked for where the command line itself is tested (tests/integration/daemon/cli).
inline constexpr const char* kOnlyAsked = "detect_leaks=0:malloc_context_size=2";

// For Spawn::env: what this test was told, and these.
std::pair<std::string, std::string> asan_options(const std::string& more);

class Process {
 public:
  explicit Process(Spawn spawn);  // throws if it cannot be started
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const;
  bool running();
  // Exit code, or 128 + signal number; nullopt: still running at the deadline.
  std::optional<int> wait(milliseconds timeout);
  void signal(int number) const;        // the process
  void signal_group(int number) const;  // its whole process group
  void kill9();                         // and reaps it

  // What it wrote so far; whole after wait(), unless a child of its own still holds the stream.
  std::string out() const;
  std::string err() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// It runs; false also for a zombie that nobody has reaped yet.
bool alive(pid_t pid);

struct Finished {
  int code = -1;  // exit code, 128 + signal, or -1: killed because it did not end in time
  std::string out;
  std::string err;
};
Finished run(Spawn spawn, milliseconds timeout = kSoon);
Finished run(std::vector<std::string> argv, milliseconds timeout = kSoon);

}  // namespace stint::test
