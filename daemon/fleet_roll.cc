// The Fleet's part in a roll (roll.h has the order), and what it can be asked.
#include <algorithm>
#include <utility>

#include "common/log/log.h"
#include "daemon/fleet.h"

namespace stint {

void Fleet::roll(ConfigPtr config) {
  if (stopping_) {
    return;
  }
  if (roll_) {
    // The newest counts; it starts when this one has ended. A replacement that is still starting is
    // not waited for: it may sit in a plugin's open for ever.
    wanted_ = std::move(config);
    if (auto& next = posts_[roll_->current()]->next) {
      next->kill("a newer configuration is wanted");
    }
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
  return true;
}

void Fleet::roll_ended(bool all) {
  // A post that only the refused configuration wanted has neither a worker nor one to come.
  std::erase_if(posts_,
                [](const auto& post) { return !post->worker && !post->next && !post->restart; });
  roll_.reset();
  rolling_.reset();
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
