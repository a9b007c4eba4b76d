// All jobs that this process holds, by the index of their entry in the flight recorder, and the
// handles by which task code names them: index and a generation that grows with every use, so that
// a stale handle names nothing. Thread safety: find() and wait-free reads from any thread; adopt(),
// free() and the loop-only fields from the loop.
#pragma once

#include <array>
#include <memory>
#include <mutex>

#include "common/control/flight_recorder.h"
#include "worker/job.h"

namespace stint {

class JobTable {
 public:
  JobTable();

  // A fresh job under a new handle. Requires: that index is free.
  Job& adopt(uint32_t index);
  void free(Job& job);

  Job& operator[](uint32_t index) { return (*jobs_)[index]; }
  // The job's place for a handle, or null for nonsense; whether the handle is still the job's is
  // known only under its mutex.
  Job* find(stint_job handle);

  size_t held() const { return held_; }
  size_t free_count() const { return control::kEntries - held_; }

  // Loop: each held job.
  template <typename F>
  void for_each_held(F&& f) {
    size_t left = held_;
    for (Job& job : *jobs_) {
      if (left == 0) {
        return;
      }
      if (job.stage != Stage::kFree) {
        --left;
        f(job);
      }
    }
  }

 private:
  std::unique_ptr<std::array<Job, control::kEntries>> jobs_;
  size_t held_ = 0;
};

// Tells a job to stop; a weaker reason than it knows changes nothing. Loop's thread.
void tell_to_stop(Job& job, StopReason reason);

}  // namespace stint
