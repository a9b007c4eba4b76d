// Tasks that harm their process.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <thread>
#include <vector>

#include "faulty.h"

namespace faulty {
namespace {

// Uses up the stack: the result depends on every frame, so that no compiler turns it into a loop.
int deeper(int64_t levels, volatile char* above) {
  volatile char frame[4096];
  frame[0] = static_cast<char>(above[0] + 1);
  return levels == 0 ? 0 : deeper(levels - 1, frame) + frame[0];
}

// The undefined-behaviour sanitizer would report the null write and exit before the signal comes.
__attribute__((no_sanitize("undefined"))) void die(const std::string& how) {
  if (how == "segv") {
    ::raise(SIGSEGV);
  } else if (how == "null") {
    volatile int* nowhere = nullptr;
    *nowhere = 1;
  } else if (how == "abort") {
    std::abort();
  } else if (how == "kill") {
    ::raise(SIGKILL);
  } else if (how == "exit") {
    std::exit(3);
  } else if (how == "exit_0") {
    std::exit(0);
  } else if (how == "_exit") {
    ::_exit(4);
  } else if (how == "stack") {
    volatile char top = 0;
    deeper(INT64_MAX, &top);
  } else if (how == "throw_in_thread") {
    std::thread([] { throw std::runtime_error("nobody catches this"); }).join();
  } else {
    throw stint::FinalError(
        "crash: how is one of segv null abort kill exit exit_0 _exit stack throw_in_thread");
  }
}

// {"how", "say", "path", "times"}: says that right before; with path and times only the first
// attempts crash, then it succeeds.
void crash(stint::Job& job, const Json& params) {
  if (params.contains("path") && count_up(params["path"]) > params.value("times", 1)) {
    job.succeed();
    return;
  }
  if (params.contains("say")) {
    job.log(params.at("say").get<std::string>());
  }
  die(params.at("how"));
}

int64_t ms_of(const Json& params) {
  return static_cast<int64_t>(params.value("seconds", 3600.0) * 1000);
}

// {"seconds": 3600}: ignores every stop.
void hang(stint::Job&, const Json& params) {
  sleep_ms(ms_of(params));
}

// {"how", "lines": 5, "text": "words", "ms": 0}: "words 1", "words 2", ... and then the end;
// "hang": hangs.
void last_words(stint::Job& job, const Json& params) {
  for (int line = 1; line <= params.value("lines", 5); ++line) {
    job.log(params.value("text", std::string("words")) + " " + std::to_string(line));
    sleep_ms(params.value("ms", 0));
  }
  params.at("how") == "hang" ? hang(job, params) : die(params.at("how"));
}

// {"path", "seconds": 3600}: the first attempt hangs, the next succeeds.
void hang_once(stint::Job& job, const Json& params) {
  if (count_up(params.at("path")) == 1) {
    job.log("hangs");
    hang(job, params);
  }
  job.succeed(Json{{"attempt", job.attempt()}}.dump());
}

// {"path", "seconds": 3600, "wait": false}: leaves a child in its process group that only KILL
// ends, whose pid it appends to the file.
void fork_child(stint::Job&, const Json& params) {
  std::string path = params.at("path");
  int64_t ms = ms_of(params);
  // Blocked before it is there: TERM may come before its first instruction.
  sigset_t term;
  sigset_t before;
  ::sigemptyset(&term);
  ::sigaddset(&term, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &term, &before);
  pid_t child = ::fork();
  if (child == 0) {
    sleep_ms(ms);
    ::_exit(0);
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  append_line(path, std::to_string(child));
  if (params.value("wait", false)) {
    int status = 0;
    ::waitpid(child, &status, 0);
  }
}

// Between the forks and the ends nothing may allocate: other threads may hold its locks.
[[noreturn]] void watch_child(int file, pid_t group, int64_t ms) {
  ::setpgid(0, 0);
  pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGTERM, SIG_DFL);
    ::setpgid(0, group);
    ::dprintf(file, "%d\n", static_cast<int>(::getpid()));
    sleep_ms(ms);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ::dprintf(file, "%d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
  ::_exit(0);
}

// {"path", "seconds": 3600}: leaves a child in its process group that TERM ends, and hangs. The
// file gets the child's pid, and the number of the signal that ended it: from the child's parent,
// which has left that group.
void fork_watched(stint::Job& job, const Json& params) {
  std::string path = params.at("path");
  int64_t ms = ms_of(params);
  pid_t group = ::getpgrp();
  int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (::fork() == 0) {
    watch_child(file, group, ms);
  }
  hang(job, params);
}

// {"mib"}: keeps that much memory for good.
void grow(stint::Job&, const Json& params) {
  static std::vector<std::vector<char>> kept;
  kept.emplace_back(params.at("mib").get<size_t>() << 20, 'x');
}

}  // namespace

void add_crashing(stint::Plugin& plugin) {
  add(plugin, "crash", crash);
  add(plugin, "hang", hang);
  add(plugin, "hang_once", hang_once);
  add(plugin, "last_words", last_words);
  add(plugin, "fork_child", fork_child);
  add(plugin, "fork_watched", fork_watched);
  add(plugin, "grow", grow);
}

}  // namespace faulty
