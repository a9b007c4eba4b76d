#include "worker/job_log.h"

#include <iterator>
#include <utility>

#include "common/job/limits.h"
#include "common/text/text.h"

namespace stint {

namespace {

std::string prefix_of(int64_t wall_ms, int attempt) {
  return std::to_string(wall_ms) + " " + std::to_string(attempt) + " ";
}

std::string harmless(std::string_view text) {
  std::string line = to_utf8(text, kMaxLogLine);
  for (char& c : line) {
    bool control = (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
    c = control ? ' ' : c;
  }
  return line;
}

}  // namespace

void JobLog::add(int64_t wall_ms, int attempt, std::string_view text) {
  if (!text.empty() && text.back() == '\n') {
    text.remove_suffix(1);
  }
  while (true) {
    size_t end = text.find('\n');
    push(prefix_of(wall_ms, attempt) + harmless(text.substr(0, end)));
    if (end == std::string_view::npos) {
      break;
    }
    text.remove_prefix(end + 1);
  }
  trim();
}

JobLog::Taken JobLog::take() {
  Taken taken;
  if (dropped_ > 0 && !lines_.empty()) {
    // The stamp of the oldest line that is left, so that the order holds.
    const std::string& oldest = lines_.front();
    size_t stamp = oldest.find(' ', oldest.find(' ') + 1) + 1;
    taken.lines.push_back(oldest.substr(0, stamp) + "[" + std::to_string(dropped_) +
                          " lines dropped: more than can be kept were written at once]");
  }
  taken.lines.insert(taken.lines.end(), std::make_move_iterator(lines_.begin()),
                     std::make_move_iterator(lines_.end()));
  taken.progress = std::exchange(progress_, std::nullopt);
  clear();
  return taken;
}

void JobLog::put_back(Taken taken) {
  for (auto line = taken.lines.rbegin(); line != taken.lines.rend(); ++line) {
    bytes_ += line->size();
    lines_.push_front(std::move(*line));
  }
  if (!progress_) {
    progress_ = std::move(taken.progress);
  }
  trim();
}

void JobLog::clear() {
  lines_.clear();
  progress_.reset();
  bytes_ = 0;
  dropped_ = 0;
}

void JobLog::push(std::string line) {
  bytes_ += line.size();
  lines_.push_back(std::move(line));
}

void JobLog::trim() {
  while (bytes_ > kMaxJobLog && lines_.size() > 1) {
    bytes_ -= lines_.front().size();
    lines_.pop_front();
    ++dropped_;
  }
}

}  // namespace stint
