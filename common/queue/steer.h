// What people do to jobs and queues: look, cancel, delete, retry, pause. The command line's side of
// these scripts.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/clock.h"
#include "common/error.h"
#include "common/job/place.h"
#include "common/queue/keys.h"
#include "common/redis/reply.h"
#include "common/redis/script.h"

namespace stint {

// Answers of cancel_jobs, delete_jobs, retry_jobs, a job each.
struct Steered {
  enum class Status {
    kDone,     // done; place = where it was (cancel, delete) or is now (retry)
    kFlagged,  // active: told to stop (cancel, delete with force)
    kRefused,  // place forbids it: delete of an active job, cancel of an ended one, retry of one
               // that has not failed
    kSkipped,  // it is no longer where `expected` says
    kNone,     // no such job
  };
  Status status = Status::kNone;
  Place place = Place::kGone;
};

// expected: only jobs that are (still) there; a bulk command lists first and must not hit what
// moved meanwhile.
redis::Command cancel_jobs(const Keys& keys, milliseconds keep, std::optional<Place> expected,
                           std::span<const std::string> ids);
redis::Command delete_jobs(const Keys& keys, bool force, std::optional<Place> expected,
                           std::span<const std::string> ids);
redis::Command retry_jobs(const Keys& keys, milliseconds spread, bool also_done,
                          std::span<const std::string> ids);
Result<std::vector<Steered>> parse_cancel(redis::ReplyView reply, size_t count);
Result<std::vector<Steered>> parse_delete(redis::ReplyView reply, bool force, size_t count);
Result<std::vector<Steered>> parse_retry(redis::ReplyView reply, size_t count);

redis::Command pause_queue(const Keys& keys);
redis::Command resume_queue(const Keys& keys);

redis::Command locate(const Keys& keys, std::span<const std::string> ids);
Result<std::vector<std::optional<Place>>> parse_locate(redis::ReplyView reply,
                                                       size_t count);  // empty: no such job

// All that the queue knows of one job. Texts are copies; empty = absent.
struct Inspected {
  bool known = false;  // in `P jobs`
  std::string record;
  std::string params;                            // from `P params`
  std::string active;                            // value in `P active`
  std::string mark;                              // in `P leases`
  std::string scheduled, blocked, failed, done;  // scores; empty = not there
  int ghosts = 0;
  std::string cancel;
  std::string errors, outcome;
  std::string logs;         // value in `P logs`
  std::string lock_holder;  // of its resource
  bool in_waiters = false;  // in `P blocked:<its resource>`
};
redis::Command inspect(const Keys& keys, std::span<const std::string> ids);
Result<std::vector<Inspected>> parse_inspect(redis::ReplyView reply, size_t count);
Place place_of(const Inspected& job);  // Requires: known

struct Totals {
  int64_t known, pending, reserved, active, scheduled, blocked, failed, done, inbox, rejected,
      ghosts;
  int64_t submitted, succeeded, failures, attempts, retried, crashed, lost, trimmed;
  bool paused;
};
redis::Command totals(const Keys& keys);
Result<Totals> parse_totals(redis::ReplyView reply);

}  // namespace stint
