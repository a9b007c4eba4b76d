// The faces of inspect.lua and totals.lua, by which people and the doctor look at a queue.
#include <map>

#include "common/queue/answer.h"
#include "common/queue/steer.h"
#include "lua/inspect.lua.h"
#include "lua/totals.lua.h"

namespace stint {
namespace {

constexpr size_t kInspectFields = 16;

Inspected read_inspected(redis::ReplyView line) {
  auto text = [&line](size_t i) { return std::string(line[i].str()); };
  Inspected job;
  job.known = line[0].str() == "1";
  job.record = text(1);
  job.params = text(2);
  job.active = text(3);
  job.mark = text(4);
  job.scheduled = text(5);
  job.blocked = text(6);
  job.failed = text(7);
  job.done = text(8);
  job.ghosts = static_cast<int>(line[9].integer());
  job.cancel = text(10);
  job.errors = text(11);
  job.outcome = text(12);
  job.logs = text(13);
  job.lock_holder = text(14);
  job.in_waiters = line[15].str() == "1";
  return job;
}

}  // namespace

redis::Command inspect(const Keys& keys, std::span<const std::string> ids) {
  return redis::call(lua::k_inspect, keys.prefix(), {ids.begin(), ids.end()});
}

Result<std::vector<Inspected>> parse_inspect(redis::ReplyView reply, size_t count) {
  if (!reply.is_array() || reply.size() != count) {
    return unexpected_answer("inspect");
  }
  std::vector<Inspected> out;
  out.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    if (reply[i].size() != kInspectFields) {
      return unexpected_answer("inspect");
    }
    out.push_back(read_inspected(reply[i]));
  }
  return out;
}

Place place_of(const Inspected& job) {
  if (!job.active.empty()) {
    return Place::kActive;
  }
  if (!job.scheduled.empty()) {
    return Place::kScheduled;
  }
  if (!job.blocked.empty()) {
    return Place::kBlocked;
  }
  if (!job.failed.empty()) {
    return Place::kFailed;
  }
  return job.done.empty() ? Place::kPending : Place::kDone;
}

redis::Command totals(const Keys& keys) {
  return redis::call(lua::k_totals, keys.prefix(), {});
}

Result<Totals> parse_totals(redis::ReplyView reply) {
  if (!reply.is_array() || reply.size() % 2 != 0) {
    return unexpected_answer("totals");
  }
  std::map<std::string_view, int64_t> numbers;
  for (size_t i = 0; i < reply.size(); i += 2) {
    numbers[reply[i].str()] = reply[i + 1].integer();
  }
  Totals t{};
  t.known = numbers["known"];
  t.pending = numbers["pending"];
  t.reserved = numbers["reserved"];
  t.active = numbers["active"];
  t.scheduled = numbers["scheduled"];
  t.blocked = numbers["blocked"];
  t.failed = numbers["failed"];
  t.done = numbers["done"];
  t.inbox = numbers["inbox"];
  t.rejected = numbers["rejected"];
  t.ghosts = numbers["ghosts"];
  t.submitted = numbers["submitted"];
  t.succeeded = numbers["succeeded"];
  t.failures = numbers["failures"];
  t.attempts = numbers["attempts"];
  t.retried = numbers["retried"];
  t.crashed = numbers["crashed"];
  t.lost = numbers["lost"];
  t.trimmed = numbers["trimmed"];
  t.paused = numbers["paused"] != 0;
  return t;
}

}  // namespace stint
