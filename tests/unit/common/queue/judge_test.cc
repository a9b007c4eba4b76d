#include "common/queue/judge.h"

#include <catch2/catch.hpp>

#include "daemon/cli/doctor_finding.h"

using namespace stint;
using namespace stint::cli;

namespace {

const Keys kKeys("stint", "q");
const std::string kId = "j1";

Audited pending() {
  Audited job;
  job.known = true;
  job.params_inline = true;
  return job;
}

Audited active(const std::string& resource) {
  Audited job = pending();
  job.resource = resource;
  job.holder = resource.empty() ? "" : kId;
  job.active = "17 worker 1 30000 0 3 1000 " + resource;
  return job;
}

std::string checks(const Audited& job) {
  std::string names;
  for (const auto& finding : judge_job(kKeys, kId, job)) {
    CHECK(finding.id == kId);
    names += (names.empty() ? "" : " ") + finding.check;
  }
  return names;
}

}  // namespace

TEST_CASE("doctor judge: healthy jobs of every place have no finding") {
  CHECK(checks(pending()).empty());
  CHECK(checks(active("")).empty());
  Audited running = active("video:7");
  running.lease = running.cancel = running.errors = running.logs = running.log_list = true;
  CHECK(checks(running).empty());
  Audited waits = pending();
  waits.resource = "video:7";
  waits.holder = "another";
  waits.blocked = waits.waits = true;
  CHECK(checks(waits).empty());
  Audited ended = pending();
  ended.outcome = ended.failed = true;
  CHECK(checks(ended).empty());
  CHECK(checks(Audited{}).empty());
}

TEST_CASE("doctor judge: a job in two places is not judged by what only one of them needs") {
  Audited job = active("video:7");
  job.done = true;
  CHECK(checks(job) == "id-twice");
}

TEST_CASE("doctor judge: a resource with spaces is read whole") {
  CHECK(checks(active("a b  c")).empty());
}

TEST_CASE("doctor judge: a record that cannot be read says nothing about parameters") {
  Audited job = pending();
  job.params_inline = false;
  CHECK(checks(job).empty());
  job.params_apart = true;
  CHECK(checks(job) == "params-missing");
}

TEST_CASE("doctor judge: a line that cannot be read is not a waiter that is missing") {
  Audited job = pending();
  job.resource = "r";
  job.holder = "another";
  job.blocked = true;
  CHECK(checks(job) == "waiter-missing");
  job.line_readable = false;
  CHECK(checks(job).empty());
}

TEST_CASE("doctor judge: a pending job has one copy more than ghosts, others as many") {
  Audited job = pending();
  CHECK(expected_copies(job) == 1);
  job.ghosts = 2;
  CHECK(expected_copies(job) == 3);
  CHECK(judge_copies(kKeys, kId, job, 2).check == "id-nowhere");
  CHECK(judge_copies(kKeys, kId, job, 4).check == "copies");
  CHECK(judge_copies(kKeys, kId, job, 1).key == kKeys("ghosts"));
  Audited running = active("");
  CHECK(expected_copies(running) == 0);
  CHECK(judge_copies(kKeys, kId, running, 1).check == "id-twice");
  CHECK(judge_copies(kKeys, kId, Audited{}, 1).check == "copies");
}

TEST_CASE("doctor judge: only active jobs and next holders of that resource hold a lock") {
  Audited job = active("r");
  CHECK(lock_flaw(job, "r").empty());
  CHECK(lock_flaw(job, "s") == "needs another resource");
  job.active.clear();
  CHECK(lock_flaw(job, "r").empty());
  job.blocked = true;
  CHECK(lock_flaw(job, "r") == "is blocked");
  CHECK(lock_flaw(Audited{}, "r") == "does not exist");
}

TEST_CASE("doctor judge: totals balance when every id is in one place") {
  Totals totals{};
  totals.known = 10;
  totals.ghosts = 2;
  totals.pending = 4;
  totals.reserved = 1;
  totals.active = totals.scheduled = totals.blocked = totals.failed = 1;
  totals.done = 3;
  CHECK(imbalance(totals) == 0);
  ++totals.done;
  CHECK(imbalance(totals) == -1);
}

TEST_CASE("doctor judge: a finding is one line, and one object with stable fields") {
  Finding finding{"lock-leak", "stint:{q}:locks", "a\nb", "held"};
  CHECK(finding_line(finding) == "lock-leak a\\x0ab: held (stint:{q}:locks)");
  CHECK(
      finding_json(finding) ==
      R"({"check":"lock-leak","key":"stint:{q}:locks","id":"a\nb","detail":"held","repaired":false})");
}
