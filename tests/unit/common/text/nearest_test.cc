#include <catch2/catch.hpp>

#include "common/text/text.h"

using namespace stint;

TEST_CASE("nearest: what was meant, or nothing") {
  const std::vector<std::string> known = {"retries", "crash_limit", "resource",
                                          "task",    "id",          "workers"};
  CHECK(nearest("retires", known) == "retries");
  CHECK(nearest("crash-limit", known) == "crash_limit");
  CHECK(nearest("crashLimit", known) == "crash_limit");
  CHECK(nearest("RESOURCE", known) == "resource");
  CHECK(nearest("worker", known) == "workers");
  CHECK(nearest("ID", known) == "id");
  CHECK(nearest("taks", known) == "task");
  CHECK_FALSE(nearest("colour", known));
  CHECK_FALSE(nearest("", known));
  CHECK_FALSE(nearest("x", std::vector<std::string>{"y"}));
  CHECK_FALSE(nearest(std::string(1'000'000, 'r'), known));
  CHECK_FALSE(nearest("retries", {}));
}

TEST_CASE("nearest: the closest of several, the first of equals") {
  const std::vector<std::string> known = {"timeouts", "timeout", "timeour"};
  CHECK(nearest("timeout", known) == "timeout");
  CHECK(nearest("timeoux", known) == "timeout");
}
