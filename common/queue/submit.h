// -> pending or scheduled. The client's side of submit.lua.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/error.h"
#include "common/job/place.h"
#include "common/job/spec.h"
#include "common/queue/keys.h"
#include "common/redis/reply.h"
#include "common/redis/script.h"

namespace stint {

struct Submitted {
  enum class Status {
    kCreated,   // queued by this call (or by this very call sent before: same nonce)
    kKnown,     // the id is known with the same content: nothing changed
    kConflict,  // the id is known with another task, resource or parameters: nothing changed
  };
  Status status;
  Place place;  // where the job is now
};

std::string new_nonce();  // 6 letters and digits; one a call, the same when it is sent again
std::string due_argument(const JobSpec& spec);  // "0", "+5000", "1763661387123"
// Due now, its parameters in the record: of such a job only its id and record are sent.
bool is_plain(const JobSpec& spec);

// A call of submit that grows job by job. Within the bounds of submit().
class SubmitCall {
 public:
  explicit SubmitCall(std::string nonce);
  void add(const JobSpec& spec);
  size_t jobs() const { return jobs_; }
  redis::Command command(const Keys& keys, bool again) &&;

 private:
  std::string nonce_;
  int64_t created_ms_;
  size_t jobs_ = 0;
  size_t plain_ = 0;  // those that the batch begins with
  redis::PackedArgs words_;
  std::string record_;  // of the last one: kept for its room
};

// Requires: 1..kBatchJobs specs whose records and parameters are within kBatchBytes (one oversized
// job may stand alone).
redis::Command submit(const Keys& keys, std::string_view nonce, bool again,
                      std::span<const JobSpec> specs);
Result<std::vector<Submitted>> parse_submit(redis::ReplyView reply, size_t count);

}  // namespace stint
