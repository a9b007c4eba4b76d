// stintd --retry-failed, --delete-failed and --flush-stale die, and are run again.
#include "tests/killpoints/course.h"
#include "tests/support/paths.h"

using namespace stint;
using namespace stint::test;

namespace {

int one_shot(const Course& course, const std::string& verb) {
  return run({bin_dir() + "/stintd", "--config", course.daemon().config_file(), verb}).code;
}
void die_and_repeat(const Course& course, const std::string& verb) {
  CHECK(one_shot(course, verb) == 128 + SIGKILL);
  CHECK(one_shot(course, verb) == 0);
}

}  // namespace

TEST_CASE("kill points: a one-shot verb of stintd dies around everything that it does") {
  Course course;
  for (const auto& point : points("one-shot", {"rights", "retry"}, {})) {
    course.try_point(point, {.provoke = [&] {
                       auto id = course.add("fail_times",
                                            R"({"times":1,"path":")" + course.path("times") + "\"}",
                                            R"("retries":0)");
                       REQUIRE(ended_as(course.daemon(), id, kLong) == "failed");
                       die_and_repeat(course, "--retry-failed");
                     }});
  }
  for (const auto& point : points("one-shot", {"delete"}, {})) {
    course.try_point(point, {.provoke = [&] {
                       push(course.daemon(), course.stem(), "fail", R"({"final":true})");
                       REQUIRE(ended_as(course.daemon(), course.stem(), kLong) == "failed");
                       die_and_repeat(course, "--delete-failed");
                       CHECK(course.redis({"HEXISTS", key("jobs"), course.stem()}) == "0");
                     }});
  }
  for (const auto& point : points("one-shot", {"sweep"}, {})) {
    course.try_point(point, {.provoke = [&] {
                       course.host_dies();
                       REQUIRE(eventually(kLong, [&] {  // its lease must run out first
                         return one_shot(course, "--flush-stale") == 128 + SIGKILL;
                       }));
                       CHECK(one_shot(course, "--flush-stale") == 0);
                       CHECK(course.redis({"HLEN", key("active")}) == "0");
                     }});
  }
  course.stop();
}
