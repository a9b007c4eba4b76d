#include "worker/job_table.h"

#include <set>

#include <catch2/catch.hpp>

using namespace stint;

TEST_CASE("job table: a handle names its attempt, and nothing once its place serves another") {
  JobTable table;
  Job& first = table.adopt(7);
  stint_job handle = first.handle;
  CHECK(table.find(handle) == &first);
  table.free(first);
  Job& second = table.adopt(7);
  CHECK(&second == &first);
  CHECK(second.handle != handle);
  CHECK(table.find(handle)->handle != handle);
}

TEST_CASE("job table: no two handles are the same, and none is zero") {
  JobTable table;
  std::set<stint_job> handles;
  for (uint32_t round = 0; round < 10; ++round) {
    for (uint32_t i = 0; i < control::kEntries; ++i) {
      CHECK(handles.insert(table.adopt(i).handle).second);
    }
    CHECK(table.free_count() == 0);
    for (uint32_t i = 0; i < control::kEntries; ++i) {
      table.free(table[i]);
    }
  }
  CHECK(handles.count(0) == 0);
  CHECK(table.held() == 0);
}

TEST_CASE("job table: a job that was never adopted is named by no handle that was handed out") {
  JobTable table;
  CHECK(table.find(0)->running == false);
  CHECK(table.find(UINT64_MAX)->handle != UINT64_MAX);
}

TEST_CASE("job: a stronger reason to stop replaces a weaker one, never the other way") {
  JobTable table;
  Job& job = table.adopt(0);
  tell_to_stop(job, StopReason::kShutdown);
  tell_to_stop(job, StopReason::kTimeout);
  tell_to_stop(job, StopReason::kCancel);
  CHECK(job.stop_reason() == StopReason::kTimeout);
  tell_to_stop(job, StopReason::kLeaseLost);
  CHECK(job.stop_reason() == StopReason::kLeaseLost);
}
