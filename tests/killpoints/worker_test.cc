// A worker dies at every named place; its supervisor lives.
#include "tests/killpoints/course.h"

using namespace stint;
using namespace stint::test;

TEST_CASE("kill points: a worker dies around everything that it does for jobs") {
  Course course;
  for (const auto& point :
       points("stint-worker", {"BLMOVE", "claim", "heartbeat", "log", "finish", "release"},
              {"before start mark", "at task start", "at task return", "after end mark"})) {
    course.try_point(point, {.provoke = [&] { course.push_wave(); }});
  }
  course.stop();
}

TEST_CASE("kill points: a worker dies while it starts, or meets a key of another type") {
  Course course;
  for (const auto& point : points("stint-worker", {"HSETNX", "SADD", "epoch", "announce"}, {})) {
    course.try_point(point, {.provoke = [&] {
                       course.push_wave();
                       course.kill_worker();
                     }});
  }
  for (const auto& point : points("stint-worker", {"quarantine"}, {})) {
    // The supervisor may be the first to move it aside: then there is another.
    course.try_point(point, {.poke = [&] {
                       if (course.redis({"SET", key("reserved"), "no list", "NX"}) == "OK") {
                         course.add("info");
                       }
                     }});
  }
  course.stop();
}
