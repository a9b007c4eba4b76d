// A fixed number of things that are dear to make (here open files; connections in real life), lent
// to one thread at a time. One a process. Invariant: lent + idle = all that were added.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

template <class T>
class Pool {
 public:
  // Gives its thing back when it goes out of scope, also when the task throws.
  class Loan {
   public:
    Loan(Pool& pool, std::unique_ptr<T> thing) : pool_(pool), thing_(std::move(thing)) {}
    ~Loan() { pool_.add(std::move(thing_)); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    T* operator->() { return thing_.get(); }

   private:
    Pool& pool_;
    std::unique_ptr<T> thing_;
  };

  void add(std::unique_ptr<T> thing) {
    {
      std::lock_guard lock(mutex_);
      idle_.push_back(std::move(thing));
    }
    returned_.notify_one();
  }

  // Waits while all are lent. With as many things as slots nobody ever waits.
  Loan borrow() {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [this] { return !idle_.empty(); });
    auto thing = std::move(idle_.back());
    idle_.pop_back();
    return Loan(*this, std::move(thing));
  }

  void clear() {
    std::lock_guard lock(mutex_);
    idle_.clear();
  }

 private:
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<T>> idle_;
};
