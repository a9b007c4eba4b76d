#include "common/settlement/last_words.h"

#include <array>
#include <cctype>

#include "common/job/limits.h"
#include "common/queue/finish.h"
#include "common/queue/keys.h"
#include "common/text/text.h"

namespace stint {
namespace {

constexpr uint64_t kMostLines = uint64_t{1} << 52;  // Lua counts exactly up to there

struct Said {
  const control::EntryCopy* by = nullptr;
  LogBatch batch;
};
using AllSaid = std::array<Said, control::kEntries>;

// The length of "<ms> <attempt> ", 0 if the line does not begin so.
size_t stamp_of(std::string_view line) {
  size_t at = 0;
  for (size_t longest : {15U, 10U}) {
    size_t from = at;
    while (at < line.size() && std::isdigit(static_cast<unsigned char>(line[at])) != 0) {
      ++at;
    }
    if (at == from || at - from > longest || at == line.size() || line[at++] != ' ') {
      return 0;
    }
  }
  return at;
}

// What a task may have scribbled over is held against what JobLog writes.
void add(Said& said, const control::Word& word) {
  LogBatch& batch = said.batch;
  size_t stamp = stamp_of(word.line);
  if (stamp == 0 || word.number == 0 || word.number > kMostLines) {
    return;
  }
  if (batch.lines.empty()) {
    batch.first = word.number;
  }
  if (word.number == batch.first + batch.lines.size()) {
    batch.lines.push_back(word.line.substr(0, stamp) +
                          log_text(std::string_view(word.line).substr(stamp), kMaxLogLine));
  }
}

// As line number first - 1: skipped where that one has been written.
void say_gap(LogBatch& batch) {
  if (batch.first == 1) {
    return;
  }
  std::string stamp = batch.lines.front().substr(0, stamp_of(batch.lines.front()));
  batch.lines.insert(batch.lines.begin(), stamp + "[lines up to number " +
                                              std::to_string(batch.first - 1) +
                                              " of this attempt were lost with its worker]");
  --batch.first;
}

AllSaid by_attempt(const Obituary& dead) {
  AllSaid all;
  for (const auto& entry : dead.held) {
    if (entry.index < all.size() && entry.queue < dead.queues.size()) {
      all[entry.index].by = &entry;
      all[entry.index].batch = {entry.id, entry.token, std::nullopt, {}, 0};
    }
  }
  for (const auto& word : dead.words) {
    if (word.entry >= all.size()) {
      continue;
    }
    Said& said = all[word.entry];
    if (said.by != nullptr && said.by->token == word.token) {
      add(said, word);
    }
  }
  return all;
}

}  // namespace

std::vector<redis::Command> last_words(const std::string& ns, const Obituary& dead) {
  std::vector<redis::Command> commands;
  if (dead.words.empty()) {
    return commands;
  }
  for (Said& said : by_attempt(dead)) {
    if (!said.batch.lines.empty()) {
      say_gap(said.batch);
      commands.push_back(append_log(Keys(ns, dead.queues[said.by->queue]), {&said.batch, 1}));
    }
  }
  return commands;
}

}  // namespace stint
