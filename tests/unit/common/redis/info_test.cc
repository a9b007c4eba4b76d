#include "common/redis/info.h"

#include <catch2/catch.hpp>

using namespace stint::redis;

TEST_CASE("info: a field by its whole name, whatever ends the line") {
  CHECK(info_field("# Server\r\nx_run_id:no\r\nrun_id:abc\r\nlast:1", "run_id") == "abc");
  CHECK(info_field("run_id_x:no\nrun_id:a:b\n", "run_id") == "a:b");
  CHECK(info_field("last:1", "last") == "1");
  CHECK(info_field("a:1", "b").empty());
  CHECK(info_field("", "a").empty());
}

TEST_CASE("info: a number is the digits at the start of its field") {
  CHECK(info_number("redis_version:7.0.15\r\nused_memory:123\r\n", "redis_version") == 7);
  CHECK(info_number("redis_version:7.0.15\r\nused_memory:123\r\n", "used_memory") == 123);
  CHECK(info_number("policy:noeviction\r\n", "policy") == 0);
  CHECK(info_number("", "used_memory") == 0);
}
