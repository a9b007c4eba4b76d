// The record as scripts see it: they take what common/job/record.h takes, and change its counters
// alone.
#include "common/job/record.h"

#include "common/queue/audit.h"
#include "tests/integration/common/queue/queue_of_test.h"

using namespace stint;
using namespace stint::queue_test;

namespace {

// Puts that record in place of the job's, and lets an attempt of it fail.
std::string after_a_failure(QueueOfTest& q, const std::string& record) {
  q.add({job("a", record.substr(0, record.find('\n')))});
  q.say({"HSET", q.keys("jobs"), "a", record});
  Given given = q.take(1);
  Ended failed = ended("a", given.token, EndKind::kCrash);
  failed.limits.retries = 9;
  failed.limits.crash_limit = 9;
  CHECK(q.report(1, {failed})[0].place != Place::kFailed);
  return q.record("a");
}

// Whether scripts can cut it.
bool cut_by_scripts(QueueOfTest& q, const std::string& record) {
  const std::string id = "a";
  q.say({"HSET", q.keys("jobs"), id, record});
  auto reply = q.run(audit(q.keys, 0, {&id, 1}));
  auto seen = parse_audit(reply.view(), 1);
  REQUIRE(seen.ok());
  return seen->at(0).params_inline || seen->at(0).params_apart;
}

}  // namespace

TEST_CASE("record: a script that counts leaves every other word and the parameters as they are") {
  QueueOfTest q;
  CHECK(after_a_failure(q, "r = x\nt 1 n0nce1\n{\"n\":1,\n\"a b\":[]}\n") ==
        "r = x\nt 1 n0nce1 attempts=1 crashes=1\n{\"n\":1,\n\"a b\":[]}\n");
}

TEST_CASE("record: counters are found among other words, and later releases' words are kept") {
  QueueOfTest q;
  CHECK(after_a_failure(q,
                        "\nt 1 n later=x=-,y attempts=9 retries=0 since=7 xattempts=3 backoff=-5 "
                        "losses=2 keep=0\nattempts=9") ==
        "\nt 1 n attempts=10 crashes=1 losses=2 since=7 later=x=-,y retries=0 xattempts=3 "
        "backoff=-5 keep=0\nattempts=9");
}

TEST_CASE("record: without a third line it stays without") {
  QueueOfTest q;
  CHECK(after_a_failure(q, "\nt 1 n keep=1") == "\nt 1 n attempts=1 crashes=1 keep=1");
}

// Or a job would run whose attempts nobody counts.
TEST_CASE("record: scripts can cut whatever a worker can read, and not what is corrupt") {
  QueueOfTest q;
  for (const char* text : {"\nt 1 n\nnull",
                           "r\nt 1 n",
                           "\nt.a:b-_ zzzzzzzzzzzz n_!/=\n\n",
                           "\nt 1 n \nnull",
                           "\nt 1 n attempts=999999999 since=999999999\n",
                           "\nt 1 n attempts=1000000000\n",
                           "\nt 1 n attempts=-1\n",
                           "\nt 1 n attempts=x\n",
                           "\nt 1 n since=1 since=1\n",
                           "\nt 1 n retries=1000 crash_limit=1000 backoff=-315360000000\n",
                           "\nt 1 n backoff=x\n",
                           "\nt 1 n crash_limit=\n",
                           "\nt 1 n lost\n",
                           "\nt 1 n  keep=1\n",
                           "\nt 1 n keep=1 \n",
                           "\nt 1 n a=\tb\n",
                           "\nt 1 n a=\xff\n",
                           "\nt 1\nn\n",
                           "\nt\n",
                           "t 1 n",
                           "",
                           "r\nthe record was lost"}) {
    CAPTURE(text);
    CHECK(cut_by_scripts(q, text) == parse_record(text).ok());
  }
}
