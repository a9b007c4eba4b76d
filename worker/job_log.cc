#include "worker/job_log.h"

#include <utility>

#include "common/job/limits.h"
#include "common/text/text.h"

namespace stint {

namespace {

std::string prefix_of(int64_t wall_ms, int attempt) {
  return std::to_string(wall_ms) + " " + std::to_string(attempt) + " ";
}

}  // namespace

void JobLog::copy_to(control::LastWords& words, uint32_t entry, uint64_t token) {
  words_ = &words;
  entry_ = entry;
  token_ = token;
}

void JobLog::add(int64_t wall_ms, int attempt, std::string_view text) {
  if (!text.empty() && text.back() == '\n') {
    text.remove_suffix(1);
  }
  while (true) {
    size_t end = text.find('\n');
    push(prefix_of(wall_ms, attempt) + log_text(text.substr(0, end), kMaxLogLine));
    if (end == std::string_view::npos) {
      break;
    }
    text.remove_prefix(end + 1);
  }
  trim();
}

JobLog::Taken JobLog::take() {
  Taken taken;
  taken.progress = std::exchange(progress_, std::nullopt);
  auto line = lines_.begin();
  uint64_t number = line == lines_.end() ? next_ : line->first;
  taken.first = number;
  if (dropped_ > 0) {
    // In place of the last that was dropped, with the stamp of the oldest that is left.
    floor_ = --taken.first;
    size_t stamp = line->second.find(' ', line->second.find(' ') + 1) + 1;
    taken.lines.push_back(line->second.substr(0, stamp) + "[" + std::to_string(dropped_) +
                          " lines dropped: more than can be kept were written at once]");
    dropped_ = 0;
  }
  while (line != lines_.end() && line->first == number) {
    bytes_ -= line->second.size();
    taken.lines.push_back(std::move(line->second));
    line = lines_.erase(line);
    ++number;
  }
  return taken;
}

void JobLog::put_back(Taken taken) {
  uint64_t number = taken.first;
  for (auto& line : taken.lines) {
    if (number < floor_) {
      ++dropped_;
    } else {
      bytes_ += line.size();
      lines_.emplace(number, std::move(line));
    }
    ++number;
  }
  if (!progress_) {
    progress_ = std::move(taken.progress);
  }
  trim();
}

void JobLog::clear() {
  lines_.clear();
  progress_.reset();
  next_ = floor_ = 1;
  bytes_ = 0;
  dropped_ = 0;
  words_ = nullptr;
}

void JobLog::push(std::string line) {
  if (words_ != nullptr) {
    words_->note(entry_, token_, next_, line);
  }
  bytes_ += line.size();
  lines_.emplace_hint(lines_.end(), next_++, std::move(line));
}

void JobLog::trim() {
  while (bytes_ > kMaxJobLog && lines_.size() > 1) {
    auto oldest = lines_.begin();
    bytes_ -= oldest->second.size();
    floor_ = oldest->first + 1;
    lines_.erase(oldest);
    ++dropped_;
  }
}

}  // namespace stint
