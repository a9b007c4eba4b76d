#include "daemon/output_relay.h"

#include <algorithm>
#include <utility>

#include "common/control/printed.h"
#include "common/job/limits.h"
#include "common/log/log.h"
#include "common/text/text.h"
#include "daemon/own_line.h"

namespace stint {
namespace {

constexpr int64_t kLinesPerSecond = 200;
constexpr int64_t kLinesBurst = 1000;
constexpr size_t kBytesALine = 512;  // a longer one counts for several
constexpr milliseconds kSayDroppedEvery{1'000};
// Twice what the limit lets through at once: only a worker that stands still, while programs that
// its task started print on, lets so much gather.
constexpr size_t kMostHanded = 2 * kLinesBurst * kBytesALine;

}  // namespace

OutputRelay::OutputRelay(uv_loop_s* loop, UniqueFd out, UniqueFd err,
                         control::FlightRecorder& recorder, Options options)
    : recorder_(recorder),
      options_(std::move(options)),
      out_{LineCutter(kMaxLogLine), nullptr, "stdout"},
      err_{LineCutter(kMaxLogLine), nullptr, "stderr"},
      limit_(kLinesPerSecond, kLinesBurst),
      dropped_timer_(loop, [this] { say_dropped(); }) {
  // Before the read, so that a worker that finds its pipes empty also finds this.
  auto before_read = [this] { recorder_.table().output_seen.store(1, std::memory_order_seq_cst); };
  auto listen = [this, &before_read](Pipe& pipe) {
    return Stream::Listener{[this, &pipe](std::string_view bytes) { on_data(pipe, bytes); },
                            nullptr, before_read};
  };
  out_.stream = std::make_unique<Stream>(loop, std::move(out), listen(out_));
  err_.stream = std::make_unique<Stream>(loop, std::move(err), listen(err_));
}

void OutputRelay::on_data(Pipe& pipe, std::string_view bytes) {
  look_up_job();
  pipe.cutter.feed(bytes, [&](std::string_view line, bool cut) { on_line(pipe, line, cut); });
  hand_back();
}

// One look a chunk, not a line: lines that come together were written together.
void OutputRelay::look_up_job() {
  if (options_.hand_back) {
    job_ = recorder_.printing();
    return;
  }
  auto held = recorder_.held();
  auto first = std::partition(held.begin(), held.end(), [](const auto& entry) {
    return entry.state == control::EntryState::kStarted;
  });
  auto running = first - held.begin();
  auto ended =
      std::partition(first, held.end(),
                     [](const auto& entry) { return entry.state == control::EntryState::kEnded; }) -
      first;
  // Several: nobody can say whose line it is. None runs, and one has ended a moment ago: its.
  bool known = running == 1 || (running == 0 && ended == 1);
  job_ = known ? std::optional(std::move(held.front())) : std::nullopt;
}

void OutputRelay::on_line(const Pipe& pipe, std::string_view line, bool cut) {
  if (!limit_.allow(now_mono(), static_cast<int64_t>(1 + line.size() / kBytesALine))) {
    if (!dropped_timer_.active()) {
      dropped_timer_.start(kSayDroppedEvery);
    }
    return;
  }
  if (&pipe == &err_ && log_again(line, options_.worker)) {
    return;
  }
  log::info("output", {{"worker", options_.worker},
                       {"job", job_ ? escape(job_->id, kMaxIdBytes) : "-"},
                       {"from", pipe.name},
                       {"line", std::string(line) + (cut ? " [cut]" : "")}});
  if (options_.hand_back && job_) {
    // One byte more of what was cut: whoever keeps the line cuts it and says so.
    fresh_.append(line).append(cut ? " \n" : "\n");
  }
}

void OutputRelay::hand_back() {
  forget_taken();
  std::string lines = std::exchange(fresh_, {});
  if (lines.empty() || handed_bytes_ + lines.size() > kMostHanded) {
    return;
  }
  handed_bytes_ += lines.size();
  handed_.push_back({++number_, now_wall_ms(), *job_, std::move(lines)});
  const Handed& last = handed_.back();
  if (!dead_) {
    options_.hand_back(control::encode_printed(
        {last.job.index, last.job.token, last.number, last.wall_ms, last.lines}));
  }
}

void OutputRelay::forget_taken() {
  uint64_t taken = recorder_.table().prints_taken.load(std::memory_order_acquire);
  while (!handed_.empty() && handed_.front().number <= taken) {
    handed_bytes_ -= handed_.front().lines.size();
    handed_.pop_front();
  }
}

void OutputRelay::say_dropped() {
  if (int64_t dropped = limit_.take_refused(); dropped > 0) {
    log::warning("output dropped: too many lines",
                 {{"worker", options_.worker}, {"lines", dropped}});
  }
}

// What has no newline: nothing will follow that belongs to it.
void OutputRelay::end_lines() {
  look_up_job();
  for (auto* pipe : {&out_, &err_}) {
    pipe->cutter.finish([&](std::string_view line, bool cut) { on_line(*pipe, line, cut); });
  }
  hand_back();
}

void OutputRelay::read_now() {
  out_.stream->drain();
  err_.stream->drain();
  end_lines();
  recorder_.table().output_seen.store(0, std::memory_order_release);
}

std::vector<OutputRelay::Lines> OutputRelay::finish() {
  dead_ = true;
  for (auto* pipe : {&out_, &err_}) {
    pipe->stream->drain();
  }
  end_lines();
  out_.stream.reset();
  err_.stream.reset();
  dropped_timer_.stop();
  say_dropped();
  std::vector<Lines> left;
  for (const Handed& handed : std::exchange(handed_, {})) {
    LogBatch batch{handed.job.id, handed.job.token, std::nullopt, {}};
    std::string stamp =
        std::to_string(handed.wall_ms) + " " + std::to_string(handed.job.attempt) + " ";
    LineCutter(handed.lines.size()).feed(handed.lines, [&](std::string_view line, bool) {
      batch.lines.push_back(stamp + log_text(line, kMaxLogLine));
    });
    left.push_back({handed.job.queue, std::move(batch)});
  }
  return left;
}

}  // namespace stint
