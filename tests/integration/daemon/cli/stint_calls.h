// The real `stint` against a private Redis without a daemon; jobs get into other states by the hand
// of QueueHand.
#pragma once

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "common/queue/upkeep.h"
#include "tests/integration/daemon/cli/furnished_queue.h"
#include "tests/support/daemon.h"
#include "tests/support/paths.h"
#include "tests/support/process.h"
#include "tests/support/redis_server.h"

namespace stint::test {

class StintCalls {
 public:
  explicit StintCalls(RedisOptions options = {}) : server(std::move(options)), hand(server) {}

  Finished operator()(std::vector<std::string> args, const std::string& input = "") const {
    args.insert(args.begin(), bin_dir() + "/stint");
    return run(spawn(std::move(args), input));
  }
  Spawn spawn(std::vector<std::string> argv, const std::string& input = "") const {
    Spawn call;
    call.argv = std::move(argv);
    call.input = input;
    call.env = {{"STINT_REDIS_URL", server.url_text()}, {"STINT_CONFIG", std::nullopt},
                {"STINT_QUEUE", std::nullopt},          {"STINT_NAMESPACE", std::nullopt},
                {"XDG_CONFIG_HOME", server.dir()},      {"HOME", server.dir()}};
    return call;
  }
  // A field of job show by JSON pointer.
  std::string job(const std::string& id, const std::string& pointer) const {
    Spawn call = spawn({bin_dir() + "/stint", "--json", "job", "show", id});
    call.env.insert(asan_options(kOnlyAsked));
    return json_at(run(std::move(call)).out, pointer);
  }
  // A worker says that it has these tasks.
  void announce(const std::vector<std::string>& tasks, const std::string& state = "running") {
    std::string names;
    for (const auto& task : tasks) {
      names += (names.empty() ? "" : ",") + task;
    }
    const std::vector<std::pair<std::string, std::string>> fields{
        {"host", "h"},    {"pid", "7"},
        {"version", "1"}, {"queues", "default"},
        {"slots", "2"},   {"tasks", names},
        {"state", state}, {"jobs", "5"},
        {"rss", "1024"},  {"started_at", "2026-11-20T20:00:00.000Z"}};
    (void)hand.run(stint::announce(hand.keys, "h-7.1", milliseconds{60'000}, fields, tasks));
  }
  // Submits, claims and ends a job.
  void ended_job(const std::string& id, EndKind kind) {
    hand.submit({job_spec(id)});
    for (const auto& job : hand.claim("w", 1)) {
      hand.end(job, kind);
    }
  }

  RedisServer server;
  QueueHand hand;
};

inline bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t from = 0; from < text.size();) {
    size_t end = text.find('\n', from);
    lines.push_back(text.substr(from, end - from));
    from = end == std::string::npos ? text.size() : end + 1;
  }
  return lines;
}

}  // namespace stint::test
