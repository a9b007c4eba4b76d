// The Fleet's part in a roll (roll.h has the order), and what it can be asked.
#include <algorithm>
#include <utility>

#include "common/log/log.h"
#include "daemon/fleet.h"

namespace stint {
namespace {

constexpr milliseconds kLongestPatience{600'000};

}  // namespace

void Fleet::roll(ConfigPtr config) {
  if (stopping_) {
    return;
  }
  if (roll_) {
    // The newest counts, once, when this one has ended: so that it ends however fast they come.
    wanted_ = std::move(config);
    watch_replacement();
    return;
  }
  rolling_ = std::move(config);
  auto plans = std::make_shared<std::vector<PostPlan>>(plan_posts(*rolling_));
  Roll::Steps steps;
  steps.start = [this, plans](size_t post) { return start_replacement((*plans)[post]); };
  steps.retire = [this](size_t post) {
    leave(std::move(posts_[post]->worker));
    posts_.erase(posts_.begin() + static_cast<std::ptrdiff_t>(post));
  };
  steps.end = [this](bool all) { roll_ended(all); };
  roll_ = std::make_unique<Roll>(posts_.size(), plans->size(), std::move(steps));
  roll_->begin();
}

// While a newer configuration waits: a replacement may sit in a plugin's open for ever. Each that
// gives way makes the next one's patience longer, so that one which is only slow comes up in the
// end.
void Fleet::watch_replacement() {
  if (!roll_ || !wanted_ || stopping_) {
    return;
  }
  const auto& next = posts_[roll_->current()]->next;
  if (!next) {
    return;
  }
  milliseconds left = patience_ - (now_mono() - next->started());
  give_way_.start(std::max(left, milliseconds{1}));
}

void Fleet::give_way() {
  if (!roll_ || !wanted_ || stopping_) {
    return;
  }
  const auto& next = posts_[roll_->current()]->next;
  if (!next || next->state() == WorkerState::kKilling) {
    return;
  }
  if (now_mono() - next->started() < patience_) {
    watch_replacement();
    return;
  }
  log::warning("a new worker does not become ready; it gives way to a newer configuration",
               {{"worker", next->id()}, {"pid", next->pid()}, {"after_ms", patience_.count()}});
  patience_ = std::min(patience_ * 2, kLongestPatience);
  next->kill("a newer configuration is wanted");
}

bool Fleet::start_replacement(const PostPlan& plan) {
  if (plan.index >= posts_.size()) {
    auto post = std::make_unique<Post>();
    post->plan = plan;
    post->config = rolling_;
    posts_.push_back(std::move(post));
  }
  auto worker = launch(plan, rolling_);
  if (!worker) {
    log::error("the new workers cannot start; the old ones stay",
               {{"why", worker.error().message}});
    return false;
  }
  posts_[plan.index]->next = std::move(*worker);
  watch_replacement();
  return true;
}

void Fleet::roll_ended(bool all) {
  // A post that only the refused configuration wanted has neither a worker nor one to come.
  std::erase_if(posts_,
                [](const auto& post) { return !post->worker && !post->next && !post->restart; });
  roll_.reset();
  rolling_.reset();
  give_way_.stop();
  if (all) {
    patience_ = kPatience;
  }
  listener_.on_roll_end(all);
  if (auto config = std::exchange(wanted_, nullptr)) {
    roll(std::move(config));
  }
}

void Fleet::for_each(const std::function<void(WorkerHandle&)>& visit) {
  for (auto& post : posts_) {
    for (auto* worker : {post->worker.get(), post->next.get()}) {
      if (worker != nullptr) {
        visit(*worker);
      }
    }
  }
  for (auto& worker : leaving_) {
    visit(*worker);
  }
}

void Fleet::for_each(const std::function<void(const WorkerHandle&)>& visit) const {
  const_cast<Fleet*>(this)->for_each(
      std::function<void(WorkerHandle&)>([&](WorkerHandle& worker) { visit(worker); }));
}

size_t Fleet::processes() const {
  size_t count = 0;
  for_each([&](const WorkerHandle&) { ++count; });
  return count;
}

size_t Fleet::ready() const {
  size_t count = 0;
  for_each([&](const WorkerHandle& worker) {
    count += worker.state() == WorkerState::kRunning ? 1 : 0;
  });
  return count;
}

size_t Fleet::jobs_running() const {
  size_t count = 0;
  for_each([&](const WorkerHandle& worker) { count += worker.jobs_running(); });
  return count;
}

uint64_t Fleet::jobs_ended() const {
  uint64_t count = jobs_ended_;
  for_each([&](const WorkerHandle& worker) { count += worker.jobs_ended(); });
  return count;
}

}  // namespace stint
