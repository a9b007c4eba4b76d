// What `stint doctor --repair` does about findings: turns them into calls of the repair scripts
// (common/queue/repair.h), each of which judges again at the moment of the repair. One queue, one
// thread, while its jobs move.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/queue/judge.h"
#include "common/queue/repair.h"
#include "daemon/cli/doctor_pages.h"

namespace stint::cli {

class QueueRepair {
 public:
  // say: once for each repair that was made.
  QueueRepair(Ask ask, Keys keys, std::function<void(const Repair&)> say)
      : ask_(std::move(ask)), keys_(std::move(keys)), say_(std::move(say)) {}

  // Before an exam: keys of another type are moved aside, dead copies that `ghosts` lacks counted.
  Result<void> prepare();
  // A finding of the exam; repaired at once or by flush().
  void note(const Finding& finding);
  // On failure: what of the queue could not be repaired is as it was.
  Result<void> flush();
  int64_t made() const { return made_; }

 private:
  using Parse = std::function<Result<std::vector<Repair>>(redis::ReplyView)>;
  Result<void> run(const redis::Command& command, const Parse& parse);
  Result<void> flush_types();
  Result<void> flush_mends();
  Result<void> flush_locks();
  Result<void> flush_sums();
  void told(const Repair& repair);

  Ask ask_;
  Keys keys_;
  std::function<void(const Repair&)> say_;
  std::vector<Mend> mends_;
  std::vector<Relock> locks_;
  std::vector<Finding> sums_;
  std::vector<std::string> names_;  // keys of families that are of another type
  int64_t lost_ghosts_ = 0;
  int64_t made_ = 0;
  Result<void> trouble_;
};

}  // namespace stint::cli
