#include "daemon/cli/doctor_hosts.h"

#include <catch2/catch.hpp>

using namespace stint;
using namespace stint::cli;

namespace {

// "check: detail" of each.
std::string told_of(const HostFacts& facts) {
  std::string text;
  for (const auto& one : judge_hosts(facts)) {
    CHECK(one.warning);
    text += (text.empty() ? "" : "\n") + one.finding.check + ": " + one.finding.detail;
  }
  return text;
}

}  // namespace

TEST_CASE("doctor hosts: what is as it should be has no finding") {
  HostFacts facts;
  facts.clock_off_ms = -59'000;
  facts.versions = {{"a", "1.0"}, {"b", "1.0"}};
  facts.redis_is_here = true;
  facts.overcommit = "0";
  facts.redis_bytes = 1;
  facts.memory_available = 2;
  CHECK(told_of(facts).empty());
}

TEST_CASE("doctor hosts: clocks, releases, plugins and memory are said with what to do") {
  HostFacts clocks;
  clocks.clock_off_ms = -3'600'000;
  CHECK_THAT(told_of(clocks), Catch::Contains("clock: Redis' clock is 1h behind this host's"));
  HostFacts versions;
  versions.versions = {{"a", "1.0"}, {"b", "1.1"}, {"c", "1.1"}};
  CHECK_THAT(told_of(versions), Catch::Contains("1.0 on a, 1.1 on b and 1 more"));
  HostFacts plugins;
  plugins.plugins_refused = "plugin x.so: writable by others";
  CHECK_THAT(told_of(plugins), Catch::Contains("plugin x.so: writable by others"));
  HostFacts queues;
  queues.unserved = {{"vidoe", 1, "video"}, {"flow", 2000, std::nullopt}};
  CHECK(told_of(queues) ==
        "unserved: no live worker serves the queue vidoe, where 1 job waits: start stintd with "
        "--queue "
        "vidoe, or was video meant?\n"
        "unserved: no live worker serves the queue flow, where 2,000 jobs wait: start stintd with "
        "--queue flow");
  HostFacts memory;
  memory.redis_is_here = true;
  memory.overcommit = "2";
  CHECK_THAT(told_of(memory), Catch::Contains("vm.overcommit_memory=1"));
  memory.redis_is_here = false;
  CHECK(told_of(memory).empty());
}
