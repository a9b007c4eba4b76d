// What the invariant of a queue (docs/protocol.md) says about what was seen of an id. Pure. The
// doctor's, and of the daemons' audit.
// Every judgement is about one moment: an Audited comes from one script.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/queue/audit.h"
#include "common/queue/keys.h"
#include "common/queue/repair.h"
#include "common/queue/steer.h"

namespace stint {

// Names of checks are stable and stand in docs/doctor.md.
struct Finding {
  std::string check;
  std::string key;  // of Redis, or a setting
  std::string id;   // of a job; empty where it is about none
  std::string detail;
  // What a repair needs to know beside the id.
  std::string resource = {};            // of a lock or a line
  std::optional<int64_t> copies = {};   // that were counted
  std::string unreadable = {};          // the record, if that is what is wrong
  std::optional<Recount> recount = {};  // of a sum in `stats`
};

// Everything but the copies in the lists.
std::vector<Finding> judge_job(const Keys& keys, const std::string& id, const Audited& job);

// Pending is in no place at all: how many copies its ghosts and its place let expect.
int64_t expected_copies(const Audited& job);
// Requires: copies != expected_copies(job).
Finding judge_copies(const Keys& keys, const std::string& id, const Audited& job, int64_t copies);

// Why this job may not hold that resource, or stand in its line; empty: it may.
std::string lock_flaw(const Audited& holder, std::string_view resource);
std::string waiter_flaw(const Audited& waiter, std::string_view resource);

// By how much known + ghosts exceeds the entries of all places; 0 in every healthy queue at every
// moment.
int64_t imbalance(const Totals& totals);
Finding totals_finding(const Keys& keys, const Totals& totals);

}  // namespace stint
