// The faces of peek.lua, intake.lua and of what that keeps in `rejected`, and of unreject.lua.
#include <algorithm>

#include "common/clock.h"
#include "common/job/record.h"
#include "common/queue/answer.h"
#include "common/queue/submit.h"
#include "common/queue/upkeep.h"
#include "common/text/text.h"
#include "lua/intake.lua.h"
#include "lua/peek.lua.h"
#include "lua/unreject.lua.h"

namespace stint {
namespace {

// {"at","from","reason"}: intake.lua takes `at` and `reason` out of it by their places, first and
// last.
std::string refusal_header(int64_t at_ms, const std::string& list, const std::string& reason) {
  return "{\"at\":\"" + rfc3339(at_ms) +
         "\",\"from\":" + json_string(to_utf8(list, kMaxResourceBytes)) +
         ",\"reason\":" + json_string(to_utf8(reason, kMaxErrorText)) + "}";
}

bool is_plain_entry(const InboxEntry& entry) {
  return entry.job && is_plain(*entry.job);
}

}  // namespace

redis::Command peek(const Keys& keys, const std::string& list, size_t known) {
  auto command =
      redis::call(lua::k_peek, keys.prefix(),
                  {std::to_string(known), std::to_string(kBatchJobs), std::to_string(kBatchBytes),
                   std::to_string(kMaxSpecBytes), std::to_string(kEntryBeginning)});
  command.keys.push_back(list);
  return command;
}

Result<std::vector<RawEntry>> parse_peek(redis::ReplyView reply) {
  if (!reply.is_array()) {
    return unexpected_answer("peek");
  }
  std::vector<RawEntry> entries;
  entries.reserve(reply.size());
  for (size_t i = 0; i < reply.size(); ++i) {
    const auto one = reply[i];
    if (one.is_string()) {
      entries.push_back({std::string(one.str()), 0});
      continue;
    }
    if (one.size() != 2) {
      return unexpected_answer("peek");
    }
    entries.push_back({std::string(one[1].str()), static_cast<size_t>(one[0].integer())});
  }
  return entries;
}

redis::Command intake(const Keys& keys, const std::string& list, std::string_view nonce,
                      int64_t rejected_max, std::span<const InboxEntry> entries) {
  const int64_t created_ms = now_wall_ms();
  const auto other = std::find_if_not(entries.begin(), entries.end(), is_plain_entry);
  const auto plain = entries.first(static_cast<size_t>(other - entries.begin()));
  const auto rest = entries.subspan(plain.size());
  std::vector<std::string> args;
  args.reserve(3 + plain.size() * 3 + rest.size() * 6);
  args.emplace_back(nonce);
  args.push_back(std::to_string(rejected_max));
  args.push_back(std::to_string(plain.size()));
  for (const InboxEntry& entry : plain) {
    args.push_back(entry.raw);
  }
  for (const InboxEntry& entry : plain) {
    args.push_back(entry.job->id);
    args.push_back(make_record(*entry.job, nonce, created_ms));
  }
  int64_t refused_ms = now_wall_ms();  // each has one of its own, by which refusal.lua knows it
  for (const InboxEntry& entry : rest) {
    args.push_back(entry.raw);
    if (entry.job) {
      args.insert(args.end(), {"accept", entry.job->id, due_argument(*entry.job),
                               make_record(*entry.job, nonce, created_ms),
                               params_apart(*entry.job) ? entry.job->params : std::string()});
    } else {
      args.insert(args.end(), {entry.cut ? "cut" : "refuse", entry.id, "0",
                               refusal_header(refused_ms++, list, entry.reason), ""});
    }
  }
  redis::Command command = redis::call(lua::k_intake, keys.prefix(), std::move(args));
  command.keys.push_back(list);
  return command;
}

Result<IntakeAnswer> parse_intake(redis::ReplyView reply) {
  if (reply.size() != 2) {
    return unexpected_answer("intake");
  }
  IntakeAnswer answer;
  answer.taken = static_cast<size_t>(reply[0].integer());
  std::string_view status = reply[1].str();
  if (status == "moved") {
    answer.status = IntakeAnswer::Status::kMoved;
  } else if (status == "conflict") {
    answer.status = IntakeAnswer::Status::kConflict;
  } else if (status != "ok") {
    return unexpected_answer("intake");
  }
  return answer;
}

Result<Rejected> parse_rejected(std::string_view entry) {
  size_t first = entry.find('\n');
  size_t second = first == entry.npos ? first : entry.find('\n', first + 1);
  if (second == entry.npos) {
    return Error{ErrorCode::kInvalid,
                 "an entry of `rejected` is not of the form that this release writes"};
  }
  return Rejected{std::string(entry.substr(0, first)),
                  std::string(entry.substr(first + 1, second - first - 1)),
                  std::string(entry.substr(second + 1))};
}

redis::Command unreject(const Keys& keys, bool retry, std::span<const std::string> stored) {
  std::vector<std::string> args{retry ? "1" : "0"};
  args.insert(args.end(), stored.begin(), stored.end());
  return redis::call(lua::k_unreject, keys.prefix(), std::move(args));
}

Result<int64_t> parse_unreject(redis::ReplyView reply) {
  return reply.is_integer() ? Result<int64_t>(reply.integer()) : unexpected_answer("unreject");
}

}  // namespace stint
