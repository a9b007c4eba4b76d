#include "common/queue/repair.h"

#include "common/queue/answer.h"
#include "lua/mend.lua.h"
#include "lua/quarantine.lua.h"
#include "lua/recount.lua.h"
#include "lua/relock.lua.h"

namespace stint {
namespace {

// Calls add with each group of three texts of a flat list.
template <typename Add>
Result<std::vector<Repair>> in_threes(redis::ReplyView reply, std::string_view script,
                                      const Add& add) {
  if (!reply.is_array() || reply.size() % 3 != 0) {
    return unexpected_answer(script);
  }
  std::vector<Repair> repairs;
  for (size_t i = 0; i < reply.size(); i += 3) {
    repairs.push_back(add(std::string(reply[i].str()), std::string(reply[i + 1].str()),
                          std::string(reply[i + 2].str())));
  }
  return repairs;
}

}  // namespace

bool is_wrong_type(const Error& error) {
  return error.code == ErrorCode::kRefused && error.message.find("WRONGTYPE") != std::string::npos;
}

redis::Command quarantine(const Keys& keys, std::span<const std::string> names) {
  return redis::call(lua::k_quarantine, keys.prefix(), {names.begin(), names.end()});
}

redis::Command quarantine_queues(std::string_view ns) {
  return redis::call(lua::k_quarantine, std::string(ns) + ":", {"queues"});
}

Result<std::vector<Repair>> parse_quarantine(const Keys& keys, redis::ReplyView reply) {
  return in_threes(reply, "quarantine", [&keys](auto name, auto type, auto aside) {
    return Repair{"wrong-type", keys(name), "", "a " + type + " -> moved aside to " + aside};
  });
}

redis::Command relock(const Keys& keys, std::span<const Relock> wanted) {
  std::vector<std::string> args;
  args.reserve(wanted.size() * 2);
  for (const auto& [resource, id] : wanted) {
    args.push_back(resource);
    args.push_back(id);
  }
  return redis::call(lua::k_relock, keys.prefix(), std::move(args));
}

Result<std::vector<Repair>> parse_relock(const Keys& keys, redis::ReplyView reply) {
  return in_threes(reply, "relock", [&keys](auto resource, auto id, auto now_is) {
    if (now_is == "not in line") {
      return Repair{"waiter-stale", keys.blocked(resource), id, "in line -> not in line"};
    }
    bool was_free = now_is == "held by " + id;
    return Repair{was_free ? "waiter-unlocked" : "lock-leak", keys("locks"), id,
                  "resource " + resource +
                      (was_free ? " free while jobs wait" : " held by a job that cannot hold it") +
                      " -> " + now_is};
  });
}

redis::Command mend(const Keys& keys, int64_t longest, int64_t lost_ghosts,
                    std::span<const Mend> jobs) {
  std::vector<std::string> args{std::to_string(longest), std::to_string(lost_ghosts)};
  for (const Mend& job : jobs) {
    args.push_back(job.id);
    args.push_back(job.copies ? std::to_string(*job.copies) : "");
    args.push_back(job.unreadable);
  }
  return redis::call(lua::k_mend, keys.prefix(), std::move(args));
}

Result<std::vector<Repair>> parse_mend(redis::ReplyView reply) {
  if (!reply.is_array()) {
    return unexpected_answer("mend");
  }
  std::vector<Repair> repairs;
  for (size_t i = 0; i < reply.size(); ++i) {
    auto one = reply[i];
    if (one.size() != 4) {
      return unexpected_answer("mend");
    }
    repairs.push_back({std::string(one[0].str()), std::string(one[1].str()),
                       std::string(one[2].str()), std::string(one[3].str())});
  }
  return repairs;
}

redis::Command recount(const Keys& keys, const Recount& wanted) {
  return redis::call(lua::k_recount, keys.prefix(),
                     {wanted.field, wanted.said, std::to_string(wanted.right)});
}

}  // namespace stint
