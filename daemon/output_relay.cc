#include "daemon/output_relay.h"

#include <algorithm>
#include <utility>

#include "common/job/limits.h"
#include "common/log/log.h"
#include "common/text/text.h"
#include "daemon/own_line.h"

namespace stint {
namespace {

constexpr int64_t kLinesPerSecond = 200;
constexpr int64_t kLinesBurst = 1000;
constexpr size_t kBytesALine = 512;  // a longer one counts for several
// What is not sent when its job ends is refused by the log script; ten calls a second at most cost
// Redis little, and a worker that prints nothing makes none.
constexpr milliseconds kFlushEvery{100};
constexpr milliseconds kSayDroppedEvery{1'000};
constexpr size_t kMaxPending = kMaxJobLog;  // a job's log holds no more

}  // namespace

OutputRelay::OutputRelay(uv_loop_s* loop, UniqueFd out, UniqueFd err,
                         const control::FlightRecorder& recorder, Options options)
    : recorder_(recorder),
      options_(std::move(options)),
      out_{LineCutter(kMaxLogLine), nullptr, "stdout"},
      err_{LineCutter(kMaxLogLine), nullptr, "stderr"},
      limit_(kLinesPerSecond, kLinesBurst),
      flush_timer_(loop, [this] { flush(); }),
      dropped_timer_(loop, [this] { say_dropped(); }) {
  auto listen = [this](Pipe& pipe) {
    return Stream::Listener{[this, &pipe](std::string_view bytes) { on_data(pipe, bytes); },
                            nullptr};
  };
  out_.stream = std::make_unique<Stream>(loop, std::move(out), listen(out_));
  err_.stream = std::make_unique<Stream>(loop, std::move(err), listen(err_));
}

void OutputRelay::on_data(Pipe& pipe, std::string_view bytes) {
  look_up_job();
  pipe.cutter.feed(bytes, [&](std::string_view line, bool cut) { on_line(pipe, line, cut); });
  if (!pending_.empty() && !flush_timer_.active()) {
    flush();
  }
}

// One look a chunk, not a line: lines that come together were written together.
void OutputRelay::look_up_job() {
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
  if (options_.job_log && job_) {
    keep_for_job(to_utf8(line, kMaxLogLine - 64));
  }
}

void OutputRelay::keep_for_job(std::string_view text) {
  if (pending_bytes_ + text.size() > kMaxPending) {
    return;
  }
  bool same = !pending_.empty() && pending_.back().batch.id == job_->id &&
              pending_.back().batch.token == job_->token;
  if (!same) {
    pending_.push_back({job_->queue, LogBatch{job_->id, job_->token, std::nullopt, {}}});
  }
  pending_bytes_ += text.size();
  pending_.back().batch.lines.push_back(std::to_string(now_wall_ms()) + " " +
                                        std::to_string(job_->attempt) + " " + std::string(text));
}

void OutputRelay::say_dropped() {
  if (int64_t dropped = limit_.take_refused(); dropped > 0) {
    log::warning("output dropped: too many lines",
                 {{"worker", options_.worker}, {"lines", dropped}});
  }
}

void OutputRelay::flush() {
  if (pending_.empty()) {
    return;
  }
  pending_bytes_ = 0;
  flush_timer_.start(kFlushEvery);  // what comes before then waits for it
  options_.send(std::exchange(pending_, {}));
}

std::vector<OutputRelay::Lines> OutputRelay::finish() {
  flush_timer_.start(kFlushEvery);  // on_data below must not send: the lines are returned
  for (auto* pipe : {&out_, &err_}) {
    pipe->stream->drain();
    pipe->cutter.finish([&](std::string_view line, bool cut) { on_line(*pipe, line, cut); });
    pipe->stream.reset();
  }
  flush_timer_.stop();
  dropped_timer_.stop();
  say_dropped();
  return std::exchange(pending_, {});
}

}  // namespace stint
