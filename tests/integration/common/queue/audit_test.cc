#include "common/queue/audit.h"

#include "tests/integration/common/queue/queue_of_test.h"

using namespace stint;
using namespace stint::queue_test;
using Catch::Contains;

namespace {

struct Logs : QueueOfTest {
  std::vector<std::string> ids;

  void enter(size_t n, const std::string& entry) {
    for (size_t i = 0; i < n; ++i) {
      ids.push_back("j" + std::to_string(i));
      say({"HSET", keys("logs"), ids.back(), entry});
    }
  }
  std::vector<Audited> look() {
    auto reply = run(audit(keys, -1, ids));
    auto jobs = parse_audit(reply.view(), ids.size());
    REQUIRE(jobs.ok());
    return *jobs;
  }
};

}  // namespace

TEST_CASE("audit: says how many bytes the lines had that are gone") {
  Logs q;
  q.enter(100, "3 77 1700 a line\n" + std::string(500, 'x'));
  q.say({"RPUSH", q.keys.log("j1"), "1 1 1 x"});
  auto jobs = q.look();
  for (size_t i = 0; i < jobs.size(); ++i) {
    CHECK(jobs[i].logs);
    CHECK(jobs[i].log_list == (i == 1));
    CHECK(jobs[i].log_bytes == (i == 1 ? 0 : 77));
  }
}

TEST_CASE("audit: a page does not read the progress and outcomes of a hundred jobs through") {
  Logs q;
  q.enter(100, "0 0\n" + std::string(60'000, 'x'));
  for (const auto& id : q.ids) {
    q.say({"HSET", q.keys("outcomes"), id,
           R"({"state":"done","result":")" + std::string(90'000, 'x')});
  }
  q.say({"HSET", q.keys("outcomes"), "j7", R"({"state":"rejected"})"});
  q.say({"CONFIG", "RESETSTAT"});
  auto jobs = q.look();
  CHECK_THAT(q.say({"INFO", "commandstats"}), Contains("cmdstat_hget:calls=5,"));
  CHECK(jobs[7].rejected);
  CHECK_FALSE(jobs[8].rejected);
  CHECK(jobs[99].logs);
}
