// Death, as by kill -9, at every named place (common/kill_point.h) of a worker, of the supervisor
// and of a worker that has lost it: each place is reached, every job ends well, and the queue is
// sound afterwards.
#include <signal.h>

#include <cstdlib>
#include <sstream>
#include <vector>

#include <catch2/catch.hpp>

#include "common/queue/claim.h"
#include "common/queue/submit.h"
#include "tests/fault/steps.h"
#include "tests/support/redis_server.h"

using namespace stint;
using namespace stint::test;

namespace {

constexpr milliseconds kLong{30'000};

// Around every script that this program sends, and its own places.
std::vector<std::string> points(const std::string& program, const std::vector<std::string>& scripts,
                                const std::vector<std::string>& places) {
  std::vector<std::string> all;
  for (const auto& script : scripts) {
    all.push_back(program + ": before " + script);
    all.push_back(program + ": after " + script);
  }
  for (const auto& place : places) {
    all.push_back(program + ": " + place);
  }
  return all;
}

// One Redis and one daemon, started and stopped for each point.
class Course {
 public:
  Course() : file_(dir_ / "point") {
    ::setenv("KILL_POINT_FILE", file_.c_str(), 1);
    DaemonOptions options;
    options.redis_url = redis_.url_text();
    options.processes = 2;
    options.start = false;
    options.workers = "shutdown_timeout = \"1s\"";
    options.toml =
        "[sweep]\ninterval = \"1s\"\n"
        "[queues.default]\ncrash_limit = 10\nretries = 10\nbackoff = \"none\"\n"
        "[tasks.witness]\nlease = \"3s\"\nkeep = \"1h\"\n[tasks.crash]\nlease = "
        "\"2s\"\n[tasks.params_echo]\nkeep = \"100ms\"\n";
    daemon_ = std::make_unique<Daemon>(options);
  }
  ~Course() { ::unsetenv("KILL_POINT_FILE"); }
  Course(const Course&) = delete;
  Course& operator=(const Course&) = delete;

  Daemon& daemon() { return *daemon_; }
  void arm(const std::string& point) {
    write_file(file_ + ".new", point);
    REQUIRE(::rename((file_ + ".new").c_str(), file_.c_str()) == 0);
  }
  bool reached() const { return ::access(file_.c_str(), F_OK) != 0; }

  // An attempt whose host has died: claimed by a worker that is not there.
  void leave_to_the_sweep(const std::string& id) {
    JobSpec job;
    job.id = id;
    job.task = "info";
    auto client = redis_.client();
    Keys keys("stint", "default");
    REQUIRE(client.run(submit(keys, new_nonce(), false, {&job, 1})));
    REQUIRE(client.run(claim(keys, "ghost." + id, 1, 1, milliseconds{1'000})));
    REQUIRE(redis_.command({"HEXISTS", key("active"), id}) == "1");
  }

  // One job for each thing that can happen to one, all of which end well. The ids of those that
  // stay.
  std::vector<std::string> push_wave(const std::string& stem) {
    std::vector<std::string> ids;
    auto add = [&](const std::string& task, const std::string& params,
                   const std::string& fields = "") {
      ids.push_back(stem + "-" + task + "-" + std::to_string(ids.size()));
      push(daemon(), ids.back(), task, params, fields);
    };
    std::string path = R"("path":")" + daemon().dir() + "/" + stem;
    for (int i = 0; i < 6; ++i) {
      add("witness", "{" + path + R"(-witness","ms":5})", R"("resource":")" + stem + "\"");
    }
    add("witness", "{" + path + R"(-long","ms":1500})");
    add("release", "{" + path + R"(-release","times":1,"delay_ms":50})");
    add("crash", "{" + path + R"(-crash","times":1,"how":"abort"})");
    add("log", "{}");
    add("info", "{}", R"("delay":"100ms")");
    push(daemon(), stem + "-expires", "params_echo");
    return ids;
  }

 private:
  TempDir dir_;
  std::string file_;
  RedisServer redis_;
  std::unique_ptr<Daemon> daemon_;
};

// Lines "begin|end TOKEN ..." of one resource: whoever began ended before the next began, or was
// killed; tokens grow.
void check_witness(const std::string& text) {
  std::istringstream lines(text);
  std::string what, rest;
  uint64_t token = 0;
  uint64_t last = 0;
  while (lines >> what >> token && std::getline(lines, rest)) {
    CHECK((what == "end" ? token == last : token >= last));
    last = token;
  }
}

// Until the point has been reached; a supervisor that it killed starts again.
void run_course(Course& course, const std::string& point, int number) {
  INFO(point);
  std::string stem = "p" + std::to_string(number);
  course.leave_to_the_sweep(stem + "-ghost");
  course.arm(point);
  Daemon& daemon = course.daemon();
  daemon.launch();
  (void)daemon.until_ready();
  auto ids = course.push_wave(stem);
  ids.push_back(stem + "-ghost");
  auto up = [&] {
    if (daemon.wait(milliseconds{0})) {
      daemon.launch();
    }
    return true;
  };
  bool reached = eventually(kLong, [&] { return up() && course.reached(); });
  CHECK(reached);
  for (const auto& id : ids) {
    INFO(id);
    bool ended = eventually(kLong, [&] { return up() && !outcome(daemon, id).empty(); });
    INFO(daemon.stint({"job", "show", id}).out);
    REQUIRE(ended);
    CHECK(json_at(outcome(daemon, id), "/state") == "done");
  }
  check_witness(read_file(daemon / (stem + "-witness")));
  daemon.expect_healthy();
  daemon.stop();
}

}  // namespace

TEST_CASE("kill points: a worker dies at each of them") {
  Course course;
  int number = 0;
  for (const auto& point :
       points("stint-worker", {"epoch", "announce", "claim", "heartbeat", "finish", "release"},
              {"before start mark", "at task start", "at task return", "after end mark"})) {
    run_course(course, point, ++number);
  }
}

TEST_CASE("kill points: the supervisor dies at each of them") {
  Course course;
  int number = 0;
  for (const auto& point :
       points("stintd", {"intake", "promote", "expire", "sweep", "finish", "close"},
              {"before fork", "at child", "after fork", "at worker reaped"})) {
    run_course(course, point, ++number);
  }
}

TEST_CASE("kill points: a worker that has lost its supervisor dies at each of them") {
  Course course;
  Daemon& daemon = course.daemon();
  int number = 0;
  for (const char* point : {"before last will", "before settling", "after settling"}) {
    INFO(point);
    std::string id = "orphan-" + std::to_string(++number);
    daemon.start();
    push(daemon, id, "hang_once",
         R"({"started":")" + (daemon / (id + "-started")) + R"(","path":")" + (daemon / id) + "\"}",
         R"("lease":"2s")");
    REQUIRE(until_started(daemon / (id + "-started")));
    course.arm(std::string("stint-worker: ") + point);
    daemon.kill9();
    CHECK(eventually(kLong, [&] { return course.reached(); }));
    daemon.start();
    CHECK(ended_as(daemon, id, kLong) == "done");
    daemon.expect_healthy();
    daemon.stop();
  }
}
