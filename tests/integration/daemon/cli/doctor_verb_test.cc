// stint doctor as people and programs meet it.
#include "tests/integration/daemon/cli/furnished_queue.h"
#include "tests/support/paths.h"
#include "tests/support/process.h"
#include "tests/support/redis_server.h"

using namespace stint;

namespace {

test::Finished run_doctor(const test::RedisServer& server, const std::vector<std::string>& more) {
  std::vector<std::string> argv{test::bin_dir() + "/stint", "--redis", server.url_text(), "doctor"};
  argv.insert(argv.end(), more.begin(), more.end());
  return test::run(argv);
}

class DoctorCalls {
 public:
  test::Finished doctor(const std::vector<std::string>& more = {}) {
    return run_doctor(server, more);
  }
  test::RedisServer server;
};

}  // namespace

TEST_CASE("stint doctor: an empty Redis has nothing wrong, and warnings do not change that") {
  DoctorCalls calls;
  auto ended = calls.doctor();
  CHECK(ended.code == 0);
  CHECK(ended.out == "queue default: 0 jobs checked, nothing wrong\n");
  CHECK(ended.err.starts_with("stint: warning: Redis has no append-only file"));
  auto json = calls.doctor({"--json", "--quiet"});
  CHECK(json.code == 0);
  CHECK(json.out.empty());
  CHECK(json.err.empty());
}

TEST_CASE("stint doctor: all queues of the namespace are checked, or the one that is named") {
  DoctorCalls calls;
  calls.server.command({"SADD", "stint:queues", "a", "b"});
  calls.server.command({"LPUSH", "stint:{b}:pending", "lost"});
  auto all = calls.doctor();
  CHECK(all.code == 1);
  CHECK(all.out.find("queue a: 0 jobs checked, nothing wrong\n") != std::string::npos);
  CHECK(all.out.find("copies lost: ") != std::string::npos);
  CHECK(all.out.find("queue b: 0 jobs checked, 1 thing wrong\n") != std::string::npos);
  CHECK(calls.doctor({"-q", "a"}).code == 0);
  auto json = calls.doctor({"--json", "-q", "b"});
  CHECK(json.code == 1);
  CHECK(
      json.out.starts_with(R"({"check":"copies","key":"stint:{b}:pending","id":"lost","detail":)"));
  CHECK(json.out.ends_with("\"repaired\":false}\n"));
}

TEST_CASE("stint doctor: a queue that has jobs, but is not in the set of queues, is put into it") {
  test::FurnishedQueue queue;
  std::vector<std::string> is_in{"SISMEMBER", "stint:queues", "default"};
  queue.plant({"SREM", "stint:queues", "default"});
  auto more = GENERATE(std::vector<std::string>{}, std::vector<std::string>{"-q", "default"});
  more.insert(more.end(), {"--json", "--quiet"});
  auto told = run_doctor(queue.server, more);
  CHECK(told.code == 1);
  CHECK(told.out.starts_with(R"({"check":"queue-missing","key":"stint:queues",)"));
  CHECK(queue.plant(is_in) == "0");
  more.push_back("--repair");
  auto repaired = run_doctor(queue.server, more);
  CHECK(repaired.code == 0);
  CHECK(repaired.out.starts_with(R"({"check":"queue-missing","key":"stint:queues",)"));
  CHECK(repaired.out.ends_with("\"repaired\":true}\n"));
  CHECK(queue.plant(is_in) == "1");
  CHECK(run_doctor(queue.server, {"--json", "--quiet"}).out.empty());
}

TEST_CASE("stint doctor: a setting that throws jobs away is wrong, with what to do") {
  DoctorCalls calls;
  calls.server.command({"CONFIG", "SET", "maxmemory-policy", "allkeys-lru"});
  auto ended = calls.doctor({"--json"});
  CHECK(ended.code == 1);
  CHECK(ended.out.find("set maxmemory-policy noeviction") != std::string::npos);
}

TEST_CASE("stint doctor: beside its set of queues nothing outside a queue is touched") {
  DoctorCalls calls;
  calls.server.command({"SET", "stint:queues", "x"});
  calls.server.command({"SET", "stint:jobs", "another program's"});
  calls.server.command({"SET", "stint:workers", "another program's"});
  auto ended = calls.doctor({"--repair"});
  CHECK(ended.code == 0);
  CHECK(ended.out.find("moved aside to stint:damaged:queues:") != std::string::npos);
  CHECK(calls.server.command({"GET", "stint:jobs"}) == "another program's");
  CHECK(calls.server.command({"GET", "stint:workers"}) == "another program's");
}
