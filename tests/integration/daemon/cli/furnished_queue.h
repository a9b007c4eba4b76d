// A queue in a private Redis with jobs in every place and everything that may stand beside a job,
// made by the real scripts; and what the doctor finds in it.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "common/queue/claim.h"
#include "common/queue/finish.h"
#include "common/queue/steer.h"
#include "common/queue/submit.h"
#include "daemon/cli/doctor_queue.h"
#include "tests/support/redis_server.h"

namespace stint::test {

inline JobSpec job_spec(const std::string& id, const std::string& resource = "") {
  JobSpec spec;
  spec.id = id;
  spec.task = "noop";
  spec.resource = resource;
  return spec;
}

// What one connection does to the queue. Throws on every failure.
class QueueHand {
 public:
  explicit QueueHand(const RedisServer& server) : client_(server.client()) {}

  redis::OwnedReply run(const redis::Command& command) {
    auto reply = client_.run(command);
    if (!reply) {
      throw std::runtime_error(reply.error().message);
    }
    return std::move(*reply);
  }
  void submit(const std::vector<JobSpec>& specs) {
    (void)run(stint::submit(keys, new_nonce(), false, specs));
  }
  // Ids that were given, with their token.
  std::vector<stint::Ended> claim(const std::string& worker, size_t n) {
    auto reply = run(stint::claim(keys, worker, ++seq_, n, milliseconds{30'000}));
    auto claimed = parse_claim(reply.view());
    std::vector<stint::Ended> given;
    for (const auto& job : claimed.value().jobs) {
      stint::Ended ended;
      ended.id = std::string(job.id);
      ended.token = claimed->token;
      given.push_back(ended);
    }
    return given;
  }
  void end(stint::Ended job, EndKind kind, int retries = 0, const std::string& why = "no") {
    job.kind = kind;
    job.limits.retries = retries;
    job.limits.backoff = Backoff{3'600'000};
    job.body = kind == EndKind::kOk ? "{}" : error_json(1, kind, why, "", "w", 1);
    (void)run(finish(keys, "w", 0, KeepBounds{}, std::vector<stint::Ended>{job}));
  }
  void remove(const std::string& id) {
    (void)run(delete_jobs(keys, true, std::nullopt, std::vector<std::string>{id}));
  }

  Keys keys{"stint", "default"};

 private:
  redis::Client client_;
  uint64_t seq_ = 0;
};

class FurnishedQueue {
 public:
  FurnishedQueue() : hand(server) {
    hand.submit({job_spec("failed"), job_spec("done"), job_spec("between"),
                 job_spec("active", "r1"), job_spec("blocked", "r1"), job_spec("alone", "r2")});
    for (const auto& job : hand.claim("w", 10)) {
      furnish_active(job);
    }
    JobSpec later = job_spec("later", "r3");
    later.delay = milliseconds{3'600'000};
    JobSpec large = job_spec("large");
    large.params = "\"" + std::string(5000, 'x') + "\"";
    hand.submit({job_spec("pending"), job_spec("dead"), large, later});
    hand.remove("dead");
    REQUIRE(found().empty());
  }

  std::string plant(std::vector<std::string> command) { return server.command(std::move(command)); }
  std::string key(const std::string& name) const { return hand.keys(name); }

  // "check id", sorted; in three parts as at once.
  std::vector<std::string> found() {
    auto lines = lines_of(findings());
    int64_t entries = std::stoll(plant({"HLEN", key("jobs")}));
    CHECK(lines_of(findings(entries / 3 + 1)) == lines);
    return lines;
  }
  static std::vector<std::string> lines_of(const std::vector<Finding>& findings) {
    std::vector<std::string> lines;
    lines.reserve(findings.size());
    for (const auto& finding : findings) {
      lines.push_back(finding.check + (finding.id.empty() ? "" : " " + finding.id));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }
  std::vector<Finding> findings(int64_t most_held = cli::kMostHeld) {
    auto client = server.client();
    std::vector<Finding> all;
    cli::QueueExam exam([&client](const auto& commands) { return client.run_all(commands); },
                        hand.keys, [&all](const Finding& finding) { all.push_back(finding); },
                        [](const cli::ExamProgress&) { return true; }, most_held);
    auto jobs = exam.run();
    INFO((jobs ? "" : jobs.error().message));
    REQUIRE(jobs.ok());
    return all;
  }

  RedisServer server;
  QueueHand hand;

 private:
  void furnish_active(const stint::Ended& job) {
    if (job.id == "failed" || job.id == "between") {
      hand.end(job, EndKind::kError, job.id == "failed" ? 0 : 1);
    } else if (job.id == "done") {
      hand.end(job, EndKind::kOk);
    } else {
      Beat beat{job.id, job.token, true, Limits{}};
      (void)hand.run(heartbeat(hand.keys, "w", std::vector<Beat>{beat}));
      LogBatch log{job.id, job.token, "{}", {"1 1 hello"}};
      (void)hand.run(append_log(hand.keys, std::vector<LogBatch>{log}));
    }
  }
};

}  // namespace stint::test
