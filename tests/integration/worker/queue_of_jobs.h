// A queue in a private Redis, seen by a test of the worker: submits, and asks where jobs are and
// how they ended.
#pragma once

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "common/queue/steer.h"
#include "common/queue/submit.h"
#include "tests/support/eventually.h"
#include "tests/support/redis_server.h"

namespace stint::test {

inline JobSpec job(const std::string& id, const std::string& task,
                   const std::string& params = "{}") {
  JobSpec spec;
  spec.id = id;
  spec.task = task;
  spec.params = params;
  return spec;
}

class QueueOfJobs {
 public:
  explicit QueueOfJobs(RedisOptions options = {})
      : server(std::move(options)), client_(server.client()) {}

  RedisServer server;
  Keys keys{"stint", "default"};

  void submit(const std::vector<JobSpec>& jobs) {
    for (size_t at = 0; at < jobs.size(); at += kBatchJobs) {
      size_t n = std::min(kBatchJobs, jobs.size() - at);
      auto reply =
          client_.run(stint::submit(keys, new_nonce(), false, std::span(jobs).subspan(at, n)));
      REQUIRE(reply.ok());
      REQUIRE(parse_submit(reply->view(), n).ok());
    }
  }

  Totals totals() {
    auto reply = client_.run(stint::totals(keys));
    REQUIRE(reply.ok());
    auto totals = parse_totals(reply->view());
    REQUIRE(totals.ok());
    return *totals;
  }

  // "pending", ..., "none".
  std::string place(const std::string& id) {
    auto reply = client_.run(locate(keys, std::vector<std::string>{id}));
    REQUIRE(reply.ok());
    auto places = parse_locate(reply->view(), 1);
    REQUIRE(places.ok());
    return (*places)[0] ? std::string(to_string(*(*places)[0])) : "none";
  }

  std::string outcome(const std::string& id) {
    return server.command({"HGET", keys("outcomes"), id});
  }

  std::vector<std::string> log(const std::string& id) {
    std::vector<std::string> lines;
    auto reply = client_.run(redis::plain({"LRANGE", keys.log(id), "0", "-1"}));
    REQUIRE(reply.ok());
    for (size_t i = 0; i < reply->view().size(); ++i) {
      lines.emplace_back(reply->view()[i].str());
    }
    return lines;
  }

  void cancel(const std::string& id) {
    auto reply = client_.run(
        cancel_jobs(keys, milliseconds{3'600'000}, std::nullopt, std::vector<std::string>{id}));
    REQUIRE(reply.ok());
  }

  [[nodiscard]] bool reaches(const std::string& id, const std::string& where,
                             milliseconds deadline = kSoon) {
    return eventually(deadline, [&] { return place(id) == where; });
  }

 private:
  redis::Client client_;
};

}  // namespace stint::test
