#include "daemon/fleet_plan.h"

#include <catch2/catch.hpp>

using namespace stint;

namespace {

QueueConfig queue(const std::string& name, int processes) {
  QueueConfig one;
  one.name = name;
  one.processes = processes;
  return one;
}

}  // namespace

TEST_CASE("fleet plan: queues with processes of their own get them, the others share") {
  Config config;
  config.processes = 2;
  config.queues = {queue("a", 0), queue("video", 1), queue("b", 0)};
  auto posts = plan_posts(config);
  REQUIRE(posts.size() == 3);
  CHECK(posts[0].queues == std::vector<std::string>{"a", "b"});
  CHECK(posts[1].queues == std::vector<std::string>{"a", "b"});
  CHECK(posts[2].queues == std::vector<std::string>{"video"});
  CHECK(posts[2].index == 2);
}

TEST_CASE("fleet plan: without shared queues nobody shares, without processes there is no post") {
  Config config;
  config.processes = 8;
  config.queues = {queue("video", 1)};
  CHECK(plan_posts(config).size() == 1);
  config.processes = 0;
  config.queues = {queue("a", 0)};
  CHECK(plan_posts(config).empty());
}

TEST_CASE("fleet plan: the shortest lease decides when a worker is stuck") {
  Config config;
  config.queues = {queue("a", 0)};
  CHECK(stuck_after(config) == milliseconds(18'000));
  config.tasks["quick"].lease = milliseconds(5'000);
  CHECK(stuck_after(config) == milliseconds(3'000));
}
