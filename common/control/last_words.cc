#include "common/control/last_words.h"

#include <algorithm>
#include <cstring>

#include "common/job/limits.h"

namespace stint::control {

namespace {

struct Head {
  uint32_t size;
  uint32_t entry;
  uint64_t token;
  uint64_t number;
};
constexpr size_t kLongest = kMaxLogLine + 100;  // with its stamp
static_assert(sizeof(Head) + kLongest <= kWordsPage);

}  // namespace

void LastWords::note(uint32_t entry, uint64_t token, uint64_t number, std::string_view line) {
  line = line.substr(0, kLongest);
  Head head{static_cast<uint32_t>(line.size()), entry, token, number};
  uint32_t turn = turn_.load(std::memory_order_relaxed);
  size_t size = sizeof head + line.size();
  if (pages_.at(turn % 2).used.load(std::memory_order_relaxed) > kWordsPage - size) {
    pages_.at(++turn % 2).used.store(0, std::memory_order_release);
    turn_.store(turn, std::memory_order_release);
  }
  Page& page = pages_.at(turn % 2);
  uint32_t used = page.used.load(std::memory_order_relaxed);
  if (used > kWordsPage - size) {
    return;  // somebody scribbles on it right now
  }
  std::memcpy(page.bytes.data() + used, &head, sizeof head);
  std::memcpy(page.bytes.data() + used + sizeof head, line.data(), line.size());
  page.used.store(used + static_cast<uint32_t>(size), std::memory_order_release);
}

void LastWords::read(std::vector<Word>& words) const {
  uint32_t turn = turn_.load(std::memory_order_acquire);
  read(pages_.at((turn + 1) % 2), words);
  read(pages_.at(turn % 2), words);
}

// From a copy: a process that a task has left behind may still write here.
void LastWords::read(const Page& page, std::vector<Word>& words) {
  std::string bytes(page.bytes.data(),
                    std::min<size_t>(page.used.load(std::memory_order_acquire), kWordsPage));
  Head head{};
  for (size_t at = 0; bytes.size() - at >= sizeof head;) {
    std::memcpy(&head, bytes.data() + at, sizeof head);
    at += sizeof head;
    if (head.size > std::min(kLongest, bytes.size() - at)) {
      return;
    }
    words.push_back({head.entry, head.token, head.number, bytes.substr(at, head.size)});
    at += head.size;
  }
}

}  // namespace stint::control
