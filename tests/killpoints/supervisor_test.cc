// The supervisor dies at every named place, and is started again; its workers hand back and exit.
#include "tests/killpoints/course.h"

using namespace stint;
using namespace stint::test;

TEST_CASE("kill points: the supervisor dies around everything that it does for jobs") {
  Course course;
  for (const auto& point :
       points("stintd", {"BLMOVE", "peek", "intake", "promote", "expire", "finish", "close"},
              {"before fork", "at child", "after fork", "at worker reaped"})) {
    course.try_point(point, {.provoke = [&] {
                       course.push_wave();
                       course.push_crash();
                     }});
  }
  for (const auto& point : points("stintd", {"log"}, {})) {
    // Lines that came with the death of a process are the supervisor's to write; all others the
    // worker writes.
    course.try_point(point, {.poke = [&] {
                       if (course.all_ended()) {
                         course.push_crash(R"(,"say":"a last word")");
                       }
                     }});
  }
  course.stop();
}

TEST_CASE("kill points: the supervisor dies while it starts, stops, or settles for a dead host") {
  Course course;
  for (const auto& point : points("stintd", {"rights", "HSETNX", "SADD"}, {})) {
    course.try_point(
        point, {.provoke = [&] {
          course.redis({"HDEL", "stint:meta", "format"});  // else only the first start writes it
          course.push_wave();
          course.daemon().kill9();
        }});
  }
  for (const auto& point : points("stintd", {"release"}, {})) {
    course.try_point(point, {.provoke = [&] {
                       // Redis knows of the longer lease with the first heartbeat only; past
                       // its kill time it would be settled as lost, and nothing be given back.
                       course.hang("hang", R"("lease":"4s")");
                       REQUIRE(course.until([&] { return course.marked(); }));
                       course.daemon().signal(SIGTERM);
                     }});
  }
  for (const auto& point : points("stintd", {"sweep"}, {})) {
    course.try_point(point, {.provoke = [&] { course.host_dies(); }});
  }
  course.stop();
}

TEST_CASE("kill points: the supervisor dies while it looks for damage") {
  Course course;
  // Its first look comes two seconds after its start: each death brings a start.
  for (const auto& point : points("stintd", {"relock"}, {})) {
    course.try_point(point, {.provoke =
                                 [&] {
                                   course.redis({"HSET", key("locks"), "leaked", "nobody"});
                                   course.add("info");
                                   course.daemon().kill9();
                                 },
                             .healed =
                                 [&] {
                                   return course.redis({"HEXISTS", key("locks"), "leaked"}) == "0";
                                 }});
  }
  for (const auto& point : points("stintd", {"audit", "totals", "SCAN"}, {})) {
    course.try_point(point, {.provoke = [&] { course.add("info"); }});
  }
  for (const auto& point : points("stintd", {"mend"}, {})) {
    std::string id;
    course.try_point(point, {.provoke =
                                 [&] {
                                   id = course.add("info");
                                   REQUIRE(course.until([&] { return course.all_ended(); }));
                                   course.redis({"HDEL", key("jobs"), id});
                                   course.daemon().kill9();
                                 },
                             .healed =
                                 [&] {
                                   return course.redis({"HEXISTS", key("jobs"), id}) == "1";
                                 }});
  }
  for (const auto& point : points("stintd", {"quarantine"}, {})) {
    // A worker may be the first to move it aside: then there is another.
    course.try_point(point, {.provoke = [&] { course.add("info"); },
                             .poke =
                                 [&] {
                                   course.redis({"SET", key("scheduled"), "no set", "NX"});
                                 },
                             .healed =
                                 [&] {
                                   return course.redis({"TYPE", key("scheduled")}) == "none";
                                 }});
  }
  // A Redis that fills up, which keeps no results: so there are no jobs here.
  for (const auto& point : points("stintd", {"EVAL"}, {})) {
    course.try_point(point, {.provoke = [&] { course.fill_redis(0.9); },
                             .healed =
                                 [&] {
                                   course.redis({"CONFIG", "SET", "maxmemory", "0"});
                                   return true;
                                 }});
  }
  course.stop();
}
