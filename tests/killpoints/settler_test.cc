// A worker that has lost its supervisor becomes the settler (worker/last_will.h), and dies at every
// named place on that way: what it held is left to the sweep of the next supervisor.
#include "common/queue/submit.h"
#include "tests/killpoints/course.h"

using namespace stint;
using namespace stint::test;

namespace {

// One worker holds a task to be given back, the other one that is past its timeout, which a
// supervisor would have killed; and the supervisor is gone.
void leave_orphans(Course& course) {
  // Its lease outlasts the second that an orphan takes on a busy machine to become the settler:
  // past its kill time it would be settled as lost, and nothing be given back.
  course.hang("back", R"("lease":"4s")");
  // The other worker is ready too, since only it can have run this.
  std::string beside = course.add("info");
  REQUIRE(course.until([&] { return ended_as(course.daemon(), beside, {}) == "done"; }));
  course.daemon().signal(SIGSTOP);
  std::string params = course.hanging("late");
  JobSpec job;
  job.id = course.stem() + "-late";
  job.task = "hang_once";
  job.params = params;
  job.limits.timeout = milliseconds{200};
  auto client = course.client();
  REQUIRE(client.run(submit(Keys("stint", "default"), new_nonce(), false, {&job, 1})));
  course.expect_end(job.id);
  REQUIRE(eventually(kLong, [&] { return lines_in(course.path("late-started")) > 0; }));
  course.daemon().kill9();
}

}  // namespace

TEST_CASE("kill points: a worker that has lost its supervisor dies on its way to the last will") {
  Course course;
  auto all = points("settler", {"log", "finish", "release", "close"}, {"at settler start"});
  for (const auto& point : points("stint-worker", {}, {"before last will"})) {
    all.push_back(point);
  }
  for (const auto& point : all) {
    course.try_point(point, {.provoke = [&] { leave_orphans(course); }});
  }
  course.stop();
}
