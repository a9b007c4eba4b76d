// Where the loop and the slots meet: jobs that a slot may start, in claimed order, and jobs whose
// attempt has ended. Built so that the loop is not woken once a job: a slot hands in the one it
// ended when it takes the next, and wakes the loop only when the stock runs low, when a pile of
// ended ones has grown, when a job was long, or when it must wait. Thread safety: all of it. A job
// leaves the stock either to a slot or to the loop, never to both.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace stint {

class Stock {
 public:
  // wake: makes the loop call collect() soon; from any thread, cheap when it is already on its way.
  explicit Stock(std::function<void()> wake);

  // A slot: hands in the job it ended, if any, and waits for another; none: the slot is to end.
  // report: wake the loop.
  std::optional<uint32_t> next(std::optional<uint32_t> ended, bool report);
  // A task's thread: the loop is to fetch this job's checkpoint.
  void ask(uint32_t job);

  // The loop.
  void put(std::span<const uint32_t> jobs);
  // Unstarted jobs for which wanted says yes, taken out, in claimed order.
  std::vector<uint32_t> take_back(const std::function<bool(uint32_t)>& wanted);
  struct Levels {
    size_t waiting = 0;  // unstarted
    size_t idle = 0;     // slots that wait for a job, also those for which one has just been put
  };
  // Moves what ended and what was asked for to the ends of the two lists.
  Levels collect(std::vector<uint32_t>& ended, std::vector<uint32_t>& asked);
  Levels levels();
  void set_low_water(size_t waiting);
  void close();  // slots end when they come for their next job

 private:
  Levels levels_locked() const;

  const std::function<void()> wake_;
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<uint32_t> waiting_;
  std::vector<uint32_t> ended_, asked_;
  size_t idle_ = 0;
  size_t low_water_ = 0;
  bool closed_ = false;
};

}  // namespace stint
