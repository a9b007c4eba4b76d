// A Redis and a daemon that die, or whose workers die, at one named place after another
// (common/kill_point.h), and go on: who died is started again as a service manager or stintd would,
// the queue is drained, every job must end well, no two attempts of one resource may overlap, and
// the doctor must find nothing.
#pragma once

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/fault/steps.h"
#include "tests/support/redis_server.h"

namespace stint::test {

// Around every script and every other write that this program sends, and its own places.
// scripts/check_tree.py reads the calls of this: all that a program can send must stand in one.
inline std::vector<std::string> points(const std::string& program,
                                       const std::vector<std::string>& sent,
                                       const std::vector<std::string>& places) {
  std::vector<std::string> all;
  for (const auto& one : sent) {
    all.push_back(program + ": before " + one);
    all.push_back(program + ": after " + one);
  }
  for (const auto& place : places) {
    all.push_back(program + ": " + place);
  }
  return all;
}

class Course {
 public:
  Course() : file_(dir_ / "point") {
    ::setenv("KILL_POINT_FILE", file_.c_str(), 1);
    DaemonOptions options;
    options.redis_url = redis_.url_text();
    options.processes = 2;
    options.workers = "shutdown_timeout = \"500ms\"";
    // The shortest lease is also that of an attempt without a heartbeat.
    options.toml =
        "[sweep]\ninterval = \"300ms\"\n"
        "[queues.default]\ncrash_limit = 10\nretries = 10\nbackoff = \"none\"\n"
        "[tasks.witness]\nlease = \"2s\"\n[tasks.crash]\nlease = \"1s\"\n"
        "[tasks.hang_once]\nlease = \"1s\"\ngrace = \"100ms\"\n"
        "[tasks.params_echo]\nkeep = \"100ms\"\n";
    daemon_ = std::make_unique<Daemon>(options);
  }
  ~Course() { ::unsetenv("KILL_POINT_FILE"); }
  Course(const Course&) = delete;
  Course& operator=(const Course&) = delete;

  Daemon& daemon() const { return *daemon_; }
  redis::Client client() const { return redis_.client(); }
  std::string redis(std::vector<std::string> words) const {
    return redis_.command(std::move(words));
  }
  const std::string& stem() const { return stem_; }  // of the ids and files of this point
  std::string path(const std::string& name) const { return *daemon_ / (stem_ + "-" + name); }

  struct Scenario {
    std::function<void()> provoke = [] {};               // brings the program to the point
    std::function<void()> poke = [] {};                  // again and again until it is there
    std::function<bool()> healed = [] { return true; };  // what else must hold in the end
  };
  void try_point(const std::string& point, const Scenario& scenario) {
    INFO(point);
    stem_ = "p" + std::to_string(++number_);
    ids_.clear();
    write_file(file_ + ".new", point);
    REQUIRE(::rename((file_ + ".new").c_str(), file_.c_str()) == 0);
    scenario.provoke();
    REQUIRE(until([&] {
      scenario.poke();
      return reached();
    }));
    drain();
    REQUIRE(until(scenario.healed));
    daemon_->expect_healthy();
  }
  bool reached() const { return ::access(file_.c_str(), F_OK) != 0; }
  // Waits; a supervisor that has died meanwhile starts again.
  template <typename Predicate>
  [[nodiscard]] bool until(Predicate&& holds) {
    return eventually(kLong, [&] {
      if (daemon_->wait(milliseconds{0})) {
        daemon_->launch();
        again_ = true;
      }
      return holds();
    });
  }

  // Not before it is ready: until then TERM ends it at once.
  void stop() {
    // The last point may have been reached a moment before the death there.
    REQUIRE(until([&] { return !again_ || daemon_->until_ready(); }));
    daemon_->stop();
  }

  // A job that must end well.
  std::string add(const std::string& task, const std::string& params = "{}",
                  const std::string& fields = "") {
    ids_.push_back(stem_ + "-" + task + "-" + std::to_string(ids_.size()));
    push(*daemon_, ids_.back(), task, params, fields);
    return ids_.back();
  }
  void expect_end(const std::string& id) { ids_.push_back(id); }

  // One job for each thing that can happen to one.
  void push_wave() {
    auto file = [&](const char* name) { return R"("path":")" + path(name) + "\""; };
    for (int i = 0; i < 4; ++i) {
      add("witness", "{" + file("witness") + R"(,"ms":5})", R"("resource":")" + stem_ + "\"");
    }
    add("witness", "{" + file("long") + R"(,"ms":900})");  // longer than the first heartbeat needs
    add("release", "{" + file("release") + R"(,"times":1,"delay_ms":50})");
    add("log");
    add("noisy", R"({"bytes":100})");
    add("info", "{}", R"("delay":"100ms")");
    push(*daemon_, stem_ + "-expires", "params_echo");
  }
  void push_crash(const std::string& more = "") {
    const std::string file = path("crash") + std::to_string(ids_.size());
    add("crash", R"({"path":")" + file + R"(","times":1,"how":"abort")" + more + "}");
  }

  // A limit of which that share is used.
  void fill_redis(double share) {
    std::string info = redis({"INFO", "memory"});
    double used = std::stod(info.substr(info.find("used_memory:") + 12));
    redis({"CONFIG", "SET", "maxmemory", std::to_string(static_cast<int64_t>(used / share))});
  }
  void kill_worker() {
    REQUIRE(until([&] { return !daemon_->worker_pids().empty(); }));
    for (pid_t pid : daemon_->worker_pids()) {
      (void)::kill(-pid, SIGKILL);
      return;
    }
  }
  // Its first attempt never ends, the next succeeds.
  void hang(const std::string& name = "hang", const std::string& fields = "") {
    add("hang_once", hanging(name), fields);
    hung_ = ids_.back();
    REQUIRE(started(name));
  }
  bool marked() const { return !started_by(redis({"HGET", key("active"), hung_})).empty(); }
  std::string hanging(const std::string& name) const {
    return announced(path(name + "-started"), R"("path":")" + path(name) + "\"");
  }
  [[nodiscard]] bool started(const std::string& name) {
    return until([&] { return lines_in(path(name + "-started")) > 0; });
  }
  // One job runs, and then supervisor and workers are gone.
  void host_dies() {
    hang();
    auto workers = daemon_->worker_pids();
    // First, or a worker may hand its job back when it hears that the supervisor is dead.
    daemon_->signal(SIGSTOP);
    for (pid_t pid : workers) {
      (void)::kill(-pid, SIGKILL);
    }
    daemon_->kill9();
  }

  bool all_ended() const {
    if (ids_.empty()) {
      return true;
    }
    std::vector<std::string> words{"HMGET", key("outcomes")};
    words.insert(words.end(), ids_.begin(), ids_.end());
    auto found = redis_.client().run(redis::plain(std::move(words)));
    bool all = found.ok();
    for (size_t i = 0; all && i < ids_.size(); ++i) {
      all = json_at(std::string(found->view()[i].str()), "/state") == "done";
    }
    return all;
  }

 private:
  void drain() {
    bool ended = until([&] { return all_ended(); });
    for (size_t i = 0; !ended && i < ids_.size(); ++i) {
      UNSCOPED_INFO(daemon_->stint({"job", "show", ids_[i]}).out);
    }
    REQUIRE(ended);
    check_witness(read_file(path("witness")));
  }
  // Lines "begin|end TOKEN ..." of one resource: whoever began ended before the next began, or was
  // killed; tokens grow.
  static void check_witness(const std::string& text) {
    std::istringstream lines(text);
    std::string what, rest;
    uint64_t token = 0;
    uint64_t last = 0;
    while (lines >> what >> token && std::getline(lines, rest)) {
      CHECK((what == "end" ? token == last : token >= last));
      last = token;
    }
  }

  TempDir dir_;
  std::string file_;
  RedisServer redis_;
  std::unique_ptr<Daemon> daemon_;
  int number_ = 0;
  bool again_ = false;  // a supervisor was started after the first
  std::string stem_;
  std::vector<std::string> ids_;
  std::string hung_;
};

}  // namespace stint::test
