#include "common/config/boot.h"

#include <catch2/catch.hpp>

using namespace stint;

namespace {

// Every member differs from its default, so that one that is not carried shows.
Boot unusual_boot() {
  Boot boot;
  boot.worker = "host-1-ab.3";
  boot.index = 2;
  boot.host = "höst";
  boot.supervised = false;
  boot.queues = {"a", "b"};
  Config& config = boot.config;
  config.ns = "other";
  config.state_dir = "/tmp/x y";
  config.redis = {"", "::1", 6380, 3, "user", "p\"w\n"};
  config.embedded = false;
  config.durability = "always";
  config.maxmemory = int64_t{1} << 40;
  config.processes = 7;
  config.slots = 5;
  config.shutdown_timeout = milliseconds(1);
  config.drain_timeout = milliseconds(2);
  config.max_jobs = 3;
  config.max_rss = 4;
  config.sweep_interval = milliseconds(5);
  config.plugin_paths = {"/a", "/b"};
  config.plugin_config = {{"resize", R"({"a":[1,2]})"}};
  config.log_level = "debug";
  config.log_format = "json";
  QueueConfig queue;
  queue.name = "a";
  queue.weight = 9;
  queue.processes = 2;
  queue.limits.retries = 4;
  queue.limits.backoff = Backoff{-500};
  queue.limits.keep = milliseconds(0);
  queue.keep_max = 11;
  queue.keep_bytes = 12;
  queue.rejected_max = 13;
  queue.intake = {"jobs:old"};
  config.queues = {queue, QueueConfig{}};
  LimitsSaid said;
  said.lease = milliseconds(6000);
  said.timeout = milliseconds(0);
  said.grace = milliseconds(7);
  said.crash_limit = 8;
  config.tasks = {{"resize", said}};
  return boot;
}

}  // namespace

TEST_CASE("boot: what the supervisor writes is what the worker reads, every member") {
  Boot wrote = unusual_boot();
  auto read = boot_from_json(boot_to_json(wrote));
  REQUIRE(read);
  CHECK(boot_to_json(*read) == boot_to_json(wrote));
  CHECK(read->worker == wrote.worker);
  CHECK(read->index == 2);
  CHECK_FALSE(read->supervised);
  CHECK(read->config.redis == wrote.config.redis);
  CHECK(read->config.shutdown_timeout == milliseconds(1));
  CHECK(read->config.plugin_config == wrote.config.plugin_config);
  REQUIRE(read->config.queues.size() == 2);
  CHECK(read->config.queues[0].limits.backoff == Backoff{-500});
  CHECK(read->config.queues[0].limits.keep == milliseconds(0));
  CHECK_FALSE(read->config.queues[0].limits.lease);
  CHECK(read->config.queues[0].intake == std::vector<std::string>{"jobs:old"});
  CHECK(read->config.tasks.at("resize").crash_limit == 8);
  CHECK(read->config.tasks.at("resize").timeout == milliseconds(0));
}

TEST_CASE("boot: a frame that is none is an error") {
  CHECK_FALSE(boot_from_json(""));
  CHECK_FALSE(boot_from_json("{}"));
  CHECK_FALSE(boot_from_json(R"({"worker":1})"));
}
