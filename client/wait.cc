#include "client/wait.h"

#include <algorithm>

#include "common/interrupt.h"
#include "common/queue/steer.h"

namespace stint {
namespace {

constexpr milliseconds kFirstPause{20};
constexpr milliseconds kLongestPause{500};
// As long as an id that is no job yet may stand in an inbox that nobody has emptied.
constexpr milliseconds kIntakePatience{5'000};

struct Watched {
  std::string id;
  bool was_there;
};

// One look at those still awaited: calls on_end for those that ended and takes them out.
class Watch {
 public:
  Watch(QueueSession& session, std::vector<Watched> waiting, const OnEnd& on_end)
      : session_(session), waiting_(std::move(waiting)), on_end_(on_end) {}

  bool empty() const { return waiting_.empty(); }

  Result<void> look() {
    // The inbox first: an entry that it still holds will be a job, but is none yet.
    std::vector<redis::Command> asked{redis::plain({"LLEN", session_.keys()("inbox")})};
    std::vector<std::vector<std::string>> groups;
    for (size_t i = 0; i < waiting_.size(); ++i) {
      if (i % kBatchJobs == 0) {
        groups.emplace_back();
      }
      groups.back().push_back(waiting_[i].id);
    }
    // Of each group the outcomes first: what ends in between is still found by its place.
    for (const auto& group : groups) {
      asked.push_back(redis::plain({"HMGET", session_.keys()("outcomes")}));
      asked.back().args.insert(asked.back().args.end(), group.begin(), group.end());
      asked.push_back(locate(session_.keys(), group));
    }
    auto replies = session_.ask_all(asked);
    for (const auto& reply : replies) {
      if (!reply) {
        return reply.error();
      }
    }
    return judge(replies, groups);
  }

  void give_up(Waited::How how) {
    for (const auto& watched : waiting_) {
      on_end_(watched.id, {how, {}});
    }
    waiting_.clear();
  }

 private:
  Result<void> judge(const std::vector<Result<redis::OwnedReply>>& replies,
                     const std::vector<std::vector<std::string>>& groups) {
    bool inbox_empty = replies[0]->view().integer() == 0;
    std::vector<Watched> still;
    for (size_t g = 0; g < groups.size(); ++g) {
      auto outcomes = replies[1 + 2 * g]->view();
      auto places = parse_locate(replies[2 + 2 * g]->view(), groups[g].size());
      if (!places) {
        return places.error();
      }
      for (size_t i = 0; i < groups[g].size(); ++i) {
        settle(waiting_[g * kBatchJobs + i], outcomes[i], (*places)[i].has_value(), inbox_empty,
               still);
      }
    }
    waiting_ = std::move(still);
    return {};
  }

  void settle(Watched& watched, redis::ReplyView outcome, bool is_there, bool inbox_empty,
              std::vector<Watched>& still) {
    if (!outcome.is_nil()) {
      on_end_(watched.id, {Waited::How::kEnded, parse_outcome(outcome.str())});
    } else if (is_there || (!watched.was_there && !inbox_empty && now_mono() < patience_)) {
      watched.was_there = watched.was_there || is_there;
      still.push_back(watched);
    } else {
      auto how = watched.was_there ? Waited::How::kGone : Waited::How::kNever;
      on_end_(watched.id, {how, {}});
    }
  }

  QueueSession& session_;
  std::vector<Watched> waiting_;
  const OnEnd& on_end_;
  MonoTime patience_ = now_mono() + kIntakePatience;
};

}  // namespace

Result<void> wait_for(QueueSession& session, const std::vector<std::string>& ids, bool was_there,
                      std::optional<milliseconds> limit, const OnEnd& on_end) {
  std::vector<Watched> waiting;
  waiting.reserve(ids.size());
  for (const auto& id : ids) {
    waiting.push_back({id, was_there});
  }
  Watch watch(session, std::move(waiting), on_end);
  MonoTime start = now_mono();
  milliseconds pause = kFirstPause;
  while (true) {
    if (auto looked = watch.look(); !looked) {
      return looked;
    }
    milliseconds left = limit ? *limit - (now_mono() - start) : kLongestPause;
    if (watch.empty()) {
      return {};
    }
    if (interrupted() || left <= milliseconds{0}) {
      watch.give_up(interrupted() ? Waited::How::kInterrupted : Waited::How::kTimedOut);
      return {};
    }
    pause_for(std::min(pause, left));
    pause = std::min(pause * 3 / 2, kLongestPause);
  }
}

}  // namespace stint
