// A queue on a private redis-server, and the calls that a worker and a client make to it in short
// form. Every call requires that Redis answered; what it answered is for the test to judge.
#pragma once

#include <catch2/catch.hpp>

#include "common/job/record.h"
#include "common/queue/claim.h"
#include "common/queue/finish.h"
#include "common/queue/steer.h"
#include "common/queue/submit.h"
#include "common/queue/upkeep.h"
#include "tests/support/redis_server.h"

namespace stint::queue_test {

inline JobSpec job(std::string id, std::string resource = "") {
  JobSpec spec;
  spec.task = "t";
  spec.id = std::move(id);
  spec.resource = std::move(resource);
  spec.params = "{}";
  return spec;
}

struct Given {
  Claimed::Status status;
  uint64_t token;
  std::vector<std::string> ids;
};

struct QueueOfTest {
  explicit QueueOfTest(test::RedisOptions options = {}) : server(std::move(options)) {}

  test::RedisServer server;
  redis::Client client = server.client();
  Keys keys{"stint", "test"};

  redis::OwnedReply run(const redis::Command& command) {
    auto reply = client.run(command);
    INFO((reply ? "" : reply.error().message));
    REQUIRE(reply.ok());
    return std::move(reply).value();
  }
  std::string say(const std::vector<std::string>& command) const { return server.command(command); }

  std::vector<Submitted> add(std::vector<JobSpec> specs, const std::string& nonce = new_nonce(),
                             bool again = false) {
    auto reply = run(submit(keys, nonce, again, specs));
    auto out = parse_submit(reply.view(), specs.size());
    REQUIRE(out.ok());
    return std::move(out).value();
  }
  Given take(uint64_t seq, size_t n = 10, const std::string& worker = "w") {
    auto reply = run(claim(keys, worker, seq, n, milliseconds(30'000)));
    auto out = parse_claim(reply.view());
    REQUIRE(out.ok());
    Given given{out->status, out->token, {}};
    for (const ClaimedJob& one : out->jobs) {
      given.ids.emplace_back(one.id);
    }
    return given;
  }
  std::vector<Settled> report(uint64_t seq, const std::vector<Ended>& ended,
                              KeepBounds bounds = {}) {
    auto reply = run(finish(keys, "w", seq, bounds, ended));
    auto out = parse_finished(reply.view(), ended.size());
    REQUIRE(out.ok());
    return std::move(out).value();
  }
  std::vector<Settled> give_back(const std::vector<Release>& jobs) {
    auto reply = run(release(keys, "w", jobs));
    auto out = parse_settled(reply.view(), jobs.size());
    REQUIRE(out.ok());
    return std::move(out).value();
  }
  std::vector<BeatAnswer> beat(const std::vector<Beat>& beats) {
    auto reply = run(heartbeat(keys, "w", beats));
    auto out = parse_heartbeat(reply.view());
    REQUIRE(out.ok());
    return std::move(out).value();
  }
  // "pending", ..., "none"
  std::string where(const std::string& id) {
    auto reply = run(locate(keys, {&id, 1}));
    auto out = parse_locate(reply.view(), 1);
    REQUIRE(out.ok());
    return out->at(0) ? std::string(to_string(*out->at(0))) : "none";
  }
  std::string outcome(const std::string& id) const { return say({"HGET", keys("outcomes"), id}); }
  std::string record(const std::string& id) const { return say({"HGET", keys("jobs"), id}); }
  // "attempts crashes losses since" of its record
  std::string counters(const std::string& id) const {
    const std::string text = record(id);
    auto r = parse_record(text);
    REQUIRE(r.ok());
    return std::to_string(r->attempts) + " " + std::to_string(r->crashes) + " " +
           std::to_string(r->losses) + " " + std::to_string(r->since);
  }
  std::string stat(const std::string& name) const { return say({"HGET", keys("stats"), name}); }
};

inline Ended ended(std::string id, uint64_t token, EndKind kind = EndKind::kOk) {
  Ended e;
  e.id = std::move(id);
  e.token = token;
  e.kind = kind;
  e.started_ms = 1'763'661'387'123;
  e.finished_ms = 1'763'661'388'123;
  if (kind != EndKind::kOk && kind != EndKind::kCancelled) {
    e.body = error_json(1, kind, "no luck", "", "w", e.finished_ms);
  }
  return e;
}

// As a sweeper sees a job that a worker holds.
inline Suspect seen(const QueueOfTest& q, const std::string& id) {
  return {id, q.say({"HGET", q.keys("active"), id}), q.say({"ZSCORE", q.keys("leases"), id})};
}

}  // namespace stint::queue_test
