#include "common/queue/upkeep.h"

#include "common/job/record.h"
#include "common/queue/answer.h"
#include "common/queue/jitter.h"
#include "common/queue/submit.h"
#include "lua/announce.lua.h"
#include "lua/epoch.lua.h"
#include "lua/expire.lua.h"
#include "lua/promote.lua.h"
#include "lua/sweep.lua.h"

namespace stint {

redis::Command sweep(const Keys& keys, milliseconds keep_cancelled,
                     std::span<const Suspect> suspects) {
  std::vector<std::string> args;
  args.reserve(2 + suspects.size() * 3);
  args.push_back(jitter_argument());
  args.push_back(std::to_string(keep_cancelled.count()));
  for (const Suspect& suspect : suspects) {
    args.push_back(suspect.id);
    args.push_back(suspect.active_value);
    args.push_back(suspect.mark);
  }
  return redis::call(lua::k_sweep, keys.prefix(), std::move(args));
}

Result<std::vector<Swept>> parse_sweep(redis::ReplyView reply) {
  if (!reply.is_array() || reply.size() % 2 != 0) {
    return unexpected_answer("sweep");
  }
  std::vector<Swept> out;
  for (size_t i = 0; i < reply.size(); i += 2) {
    out.push_back(
        {std::string(reply[i].str()), parse_place(reply[i + 1].str()).value_or(Place::kGone)});
  }
  return out;
}

redis::Command promote(const Keys& keys, size_t limit) {
  return redis::call(lua::k_promote, keys.prefix(), {std::to_string(limit)});
}

redis::Command expire(const Keys& keys, size_t limit) {
  return redis::call(lua::k_expire, keys.prefix(), {std::to_string(limit)});
}

Result<Moved> parse_moved(redis::ReplyView reply) {
  if (reply.size() != 2) {
    return unexpected_answer("promote or expire");
  }
  Moved moved;
  moved.count = static_cast<size_t>(reply[0].integer());
  if (int64_t next = reply[1].integer(); next >= 0) {
    moved.next = milliseconds(next);
  }
  return moved;
}

redis::Command announce(const Keys& keys, std::string_view worker, milliseconds ttl,
                        std::span<const std::pair<std::string, std::string>> fields,
                        std::span<const std::string> tasks) {
  std::vector<std::string> args{std::string(worker), std::to_string(ttl.count()),
                                std::to_string(fields.size())};
  for (const auto& [name, value] : fields) {
    args.push_back(name);
    args.push_back(value);
  }
  args.insert(args.end(), tasks.begin(), tasks.end());
  return redis::call(lua::k_announce, keys.prefix(), std::move(args));
}

redis::Command epoch(const Keys& keys, std::string_view run_id, uint64_t seen) {
  return redis::call(lua::k_epoch, keys.prefix(), {std::string(run_id), std::to_string(seen)});
}

}  // namespace stint
