// Tasks that say things: progress, log lines, raw output, what they were given.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "faulty.h"

namespace faulty {
namespace {

// {"steps": 3, "ms": 10}: progress {"step": 1}, {"step": 2}, ...
void progress(stint::Job& job, const Json& params) {
  for (int step = 1; step <= params.value("steps", 3); ++step) {
    job.progress(Json{{"step", step}}.dump());
    sleep_ms(params.value("ms", 10));
  }
}

// {"lines": 3, "text": "line"}: "line 1", "line 2", ...
void log(stint::Job& job, const Json& params) {
  for (int line = 1; line <= params.value("lines", 3); ++line) {
    job.log(params.value("text", std::string("line")) + " " + std::to_string(line));
  }
}

// {"how": "release"|"fail"|"crash"}: the first attempt reports progress and ends so; the next
// returns what it finds of that.
void checkpoint(stint::Job& job, const Json& params) {
  if (!job.checkpoint().empty()) {
    job.succeed(job.checkpoint());
    return;
  }
  job.progress(R"({"at": 7})");
  auto how = params.value("how", std::string("release"));
  if (how == "crash") {
    sleep_ms(params.value("ms", 1500));  // long enough for a heartbeat to carry the progress
    std::abort();
  }
  how == "fail" ? job.fail("with a checkpoint") : job.release();
}

// {"bytes": 100000, "stream": 1|2, "ms": 0}: terminal escapes, NULs and broken UTF-8, in lines
// without end and with.
void noisy(stint::Job&, const Json& params) {
  const std::string piece("\x1b[31mred\x1b[0m \0 \xff\xfe \x07 and on\r", 28);
  std::string out;
  for (int i = 0; i < 50; ++i) {
    out += piece;
  }
  out += "\n";
  int64_t left = params.value("bytes", 100'000);
  for (; left > 0; left -= static_cast<int64_t>(out.size())) {
    if (::write(params.value("stream", 1), out.data(), out.size()) < 0) {
      return;
    }
  }
  sleep_ms(params.value("ms", 0));
}

// {"lines": 3, "text": "line", "how": "write"|"printf", "stream": 1|2, "end": true, "kill": false,
// "before_ms": 0, "until": ""}: "line 1", "line 2" and so on at once, perhaps the last without its
// newline, and perhaps a death right after. It returns when there is a file of that name.
void print(stint::Job&, const Json& params) {
  const int lines = params.value("lines", 3);
  const bool printf = params.value("how", std::string("write")) == "printf";
  sleep_ms(params.value("before_ms", 0));
  for (int number = 1; number <= lines; ++number) {
    std::string line = params.value("text", std::string("line")) + " " + std::to_string(number);
    line += number < lines || params.value("end", true) ? "\n" : "";
    if (printf) {
      (void)std::fputs(line.c_str(), stdout);
    } else if (::write(params.value("stream", 1), line.data(), line.size()) < 0) {
      return;
    }
  }
  const std::string until = params.value("until", std::string());
  while (!until.empty() && ::access(until.c_str(), F_OK) != 0) {
    sleep_ms(10);
  }
  if (params.value("kill", false)) {
    (void)::kill(::getpid(), SIGKILL);
  }
}

void info(stint::Job& job, const Json&) {
  job.succeed(Json{{"id", job.id()},
                   {"task", job.task()},
                   {"queue", job.queue()},
                   {"resource", job.resource()},
                   {"attempt", job.attempt()},
                   {"token", job.token()},
                   {"pid", ::getpid()}}
                  .dump());
}

// The variables that it sees.
void environment(stint::Job& job, const Json&) {
  auto seen = Json::array();
  for (char** entry = environ; *entry != nullptr; ++entry) {
    seen.push_back(*entry);
  }
  job.succeed(seen.dump(-1, ' ', true, Json::error_handler_t::replace));
}

// {"seconds": 3600, "on_stop": "release"|"fail"|"succeed"|"throw"}: a task that heeds its stop
// flag.
void wait(stint::Job& job, const Json& params) {
  auto ms = static_cast<int64_t>(params.value("seconds", 3600.0) * 1000);
  if (!job.wait_stop(std::chrono::milliseconds(ms))) {
    return;
  }
  std::string reason = to_string(job.stop_reason());
  job.log("stop: " + reason);
  auto how = params.value("on_stop", std::string("release"));
  if (how == "release") {
    job.release();
  } else if (how == "succeed") {
    job.succeed(Json{{"stopped", reason}}.dump());
  } else {
    throw std::runtime_error("stopped: " + reason);
  }
}

// {"path", ...}: the first attempt waits as `wait` does, the next succeeds.
void wait_once(stint::Job& job, const Json& params) {
  if (count_up(params.at("path")) == 1) {
    wait(job, params);
  }
}

}  // namespace

void add_telling(stint::Plugin& plugin) {
  add(plugin, "progress", progress);
  add(plugin, "log", log);
  add(plugin, "checkpoint", checkpoint);
  add(plugin, "noisy", noisy);
  add(plugin, "print", print);
  add(plugin, "info", info);
  add(plugin, "environment", environment);
  add(plugin, "wait", wait);
  add(plugin, "wait_once", wait_once);
  plugin.task("params_echo", [](stint::Job& job) { return job.params(); });
}

}  // namespace faulty
