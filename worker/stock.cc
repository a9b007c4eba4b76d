#include "worker/stock.h"

#include <utility>

namespace stint {

namespace {

constexpr size_t kPile = 32;

}  // namespace

Stock::Stock(std::function<void()> wake) : wake_(std::move(wake)) {}

std::optional<uint32_t> Stock::next(std::optional<uint32_t> ended, bool report) {
  std::unique_lock lock(mutex_);
  if (ended) {
    ended_.push_back(*ended);
  }
  bool pile = !ended_.empty() && ended_.size() % kPile == 0;
  if (waiting_.empty()) {
    ++idle_;
    lock.unlock();
    wake_();
    lock.lock();
    filled_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
    --idle_;
  }
  if (closed_) {
    return std::nullopt;
  }
  uint32_t job = waiting_.front();
  waiting_.pop_front();
  bool low = waiting_.empty() || waiting_.size() == low_water_;
  lock.unlock();
  if (pile || low || report) {
    wake_();
  }
  return job;
}

void Stock::ask(uint32_t job) {
  {
    std::lock_guard lock(mutex_);
    asked_.push_back(job);
  }
  wake_();
}

void Stock::put(std::span<const uint32_t> jobs) {
  std::lock_guard lock(mutex_);
  waiting_.insert(waiting_.end(), jobs.begin(), jobs.end());
  if (jobs.size() == 1) {
    filled_.notify_one();
  } else {
    filled_.notify_all();
  }
}

std::vector<uint32_t> Stock::take_back(const std::function<bool(uint32_t)>& wanted) {
  std::vector<uint32_t> taken;
  std::lock_guard lock(mutex_);
  std::deque<uint32_t> kept;
  for (uint32_t job : waiting_) {
    if (wanted(job)) {
      taken.push_back(job);
    } else {
      kept.push_back(job);
    }
  }
  waiting_ = std::move(kept);
  return taken;
}

Stock::Levels Stock::collect(std::vector<uint32_t>& ended, std::vector<uint32_t>& asked) {
  std::lock_guard lock(mutex_);
  ended.insert(ended.end(), ended_.begin(), ended_.end());
  asked.insert(asked.end(), asked_.begin(), asked_.end());
  ended_.clear();
  asked_.clear();
  return levels_locked();
}

Stock::Levels Stock::levels() {
  std::lock_guard lock(mutex_);
  return levels_locked();
}

void Stock::set_low_water(size_t waiting) {
  std::lock_guard lock(mutex_);
  low_water_ = waiting;
}

void Stock::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  filled_.notify_all();
}

Stock::Levels Stock::levels_locked() const {
  return {waiting_.size(), idle_};
}

}  // namespace stint
