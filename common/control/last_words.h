// What the jobs of one slot have said last by log(), in the shared memory behind the table of the
// flight recorder: what their worker had not yet told Redis when it died, its supervisor appends to
// their logs. Two pages, filled in turn, so that at least the newest kWordsPage bytes are there.
// Writer: task threads, under the mutex of the job that runs in the slot. Reader: the supervisor,
// once the worker is dead. Nothing is written for a job that says nothing. Invariant: a page's
// `used` is stored when all of a line is there. What a task scribbled here costs lines or adds some
// to the jobs of its own worker, never more.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stint::control {

inline constexpr size_t kWordsPage = 32'000;

struct Word {
  uint32_t entry = 0;   // index in the flight recorder
  uint64_t token = 0;   // of the attempt that had the entry
  uint64_t number = 0;  // of the line among all that the attempt has said, from 1
  std::string line;
};

class LastWords {
 public:
  void note(uint32_t entry, uint64_t token, uint64_t number, std::string_view line);
  // Oldest first.
  void read(std::vector<Word>& words) const;

 private:
  struct Page {
    std::atomic<uint32_t> used;
    std::array<char, kWordsPage> bytes;
  };
  static void read(const Page& page, std::vector<Word>& words);

  std::atomic<uint32_t> turn_;  // the page that is being filled: an even or the odd one
  std::array<Page, 2> pages_;
};

}  // namespace stint::control
