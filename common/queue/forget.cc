#include "common/queue/forget.h"

#include <utility>

#include "common/queue/answer.h"
#include "lua/forget.lua.h"

namespace stint {
namespace {

Result<Forgotten> run_forget(const AskOne& ask, const Keys& keys, bool really) {
  auto reply = ask(forget_queue(keys, really));
  return reply ? parse_forget(reply->view()) : Result<Forgotten>(reply.error());
}

}  // namespace

redis::Command forget_queue(const Keys& keys, bool really) {
  return redis::call(lua::k_forget, keys.prefix(), {really ? "1" : "0"});
}

Result<Forgotten> parse_forget(redis::ReplyView reply) {
  constexpr std::pair<std::string_view, Forgotten::Status> kStatuses[] = {
      {"gone", Forgotten::Status::kGone},         {"none", Forgotten::Status::kNone},
      {"jobs", Forgotten::Status::kJobs},         {"inbox", Forgotten::Status::kInbox},
      {"rejected", Forgotten::Status::kRejected}, {"workers", Forgotten::Status::kWorkers}};
  for (const auto& [word, status] : kStatuses) {
    if (reply.is_array() && reply.size() == 2 && reply[0].str() == word) {
      return Forgotten{status, reply[1].integer()};
    }
  }
  return unexpected_answer("forget");
}

Result<Forgotten> foresee_forgetting(const AskOne& ask, const Keys& keys, std::string_view ns) {
  auto listed = ask(redis::plain({"SISMEMBER", queues_key(ns), keys.queue()}));
  if (!listed) {
    return listed.error();
  }
  auto answer = run_forget(ask, keys, false);
  bool is_listed = listed->view().integer() == 1;
  return answer && answer->status == Forgotten::Status::kNone && is_listed
             ? Forgotten{Forgotten::Status::kGone, 0}
             : answer;
}

Result<Forgotten> forget_for_good(const AskOne& ask, const Keys& keys, std::string_view ns) {
  auto answer = run_forget(ask, keys, true);
  if (!answer ||
      (answer->status != Forgotten::Status::kGone && answer->status != Forgotten::Status::kNone)) {
    return answer;
  }
  if (auto taken_off = ask(redis::plain({"SREM", queues_key(ns), keys.queue()})); !taken_off) {
    return taken_off.error();
  }
  auto now = run_forget(ask, keys, false);
  if (now && now->status != Forgotten::Status::kNone) {
    auto entered = ask(redis::plain({"SADD", queues_key(ns), keys.queue()}));
    return entered ? now : Result<Forgotten>(entered.error());
  }
  return now ? Forgotten{Forgotten::Status::kGone, 0} : now;
}

}  // namespace stint
