#include "worker/plugin_host/plugin_table.h"

#include <catch2/catch.hpp>

using namespace stint;
using Catch::Matchers::Contains;

namespace {

struct Table {
  stint_limits limits{sizeof(stint_limits), -1, -1, -1, -1, -1};
  stint_task task{sizeof(stint_task), "resize", &limits, [](stint_job, void*) { return 0; },
                  nullptr};
  const stint_task* tasks[1] = {&task};
  stint_plugin plugin{STINT_ABI_MAJOR,
                      STINT_ABI_MINOR,
                      sizeof(stint_plugin),
                      "images",
                      "1",
                      nullptr,
                      nullptr,
                      tasks,
                      1};

  std::string refusal() {
    auto good = check_plugin_table(&plugin);
    return good ? "" : good.error().message;
  }
};

}  // namespace

TEST_CASE("plugin table: a good one is accepted, also with a newer minor version") {
  Table table;
  table.plugin.abi_minor = 99;
  CHECK(table.refusal().empty());
}

TEST_CASE("plugin table: each thing that is wrong is refused with its reason") {
  CHECK_THAT(check_plugin_table(nullptr).error().message, Contains("returned null"));
  Table abi;
  abi.plugin.abi_major = 2;
  CHECK_THAT(abi.refusal(), Contains("version 2"));
  Table small;
  small.plugin.struct_size = 8;
  CHECK_THAT(small.refusal(), Contains("struct_size"));
  Table name;
  name.plugin.name = "no good";
  CHECK_THAT(name.refusal(), Contains("name"));
  Table none;
  none.plugin.task_count = 0;
  CHECK_THAT(none.refusal(), Contains("no tasks"));
  Table id;
  id.task.id = "-x";
  CHECK_THAT(id.refusal(), Contains("-x"));
  Table perform;
  perform.task.perform = nullptr;
  CHECK_THAT(perform.refusal(), Contains("perform"));
  Table lease;
  lease.limits.lease_ms = 10;
  CHECK_THAT(lease.refusal(), Contains("lease_ms"));
  Table retries;
  retries.limits.retries = 1001;
  CHECK_THAT(retries.refusal(), Contains("retries"));
}

TEST_CASE("plugin table: what the author does not say is left to the configuration") {
  Table table;
  table.limits.timeout_ms = 0;
  table.limits.retries = 3;
  LimitsSaid said = limits_said(&table.limits);
  CHECK(said.timeout == milliseconds(0));
  CHECK(said.retries == 3);
  CHECK_FALSE(said.lease.has_value());
  CHECK_FALSE(said.grace.has_value());
  CHECK_FALSE(said.crash_limit.has_value());
  CHECK_FALSE(limits_said(nullptr).retries.has_value());
}
