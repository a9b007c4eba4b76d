#include "daemon/intake.h"

#include <algorithm>
#include <utility>

#include "common/job/spec.h"
#include "common/log/log.h"
#include "common/queue/quarantine.h"
#include "common/queue/submit.h"

namespace stint {
namespace {

constexpr milliseconds kIntakePause{1'000};
constexpr size_t kFirstWindow = 10;
constexpr size_t kSmallRead = size_t{256} * 1024;

}  // namespace

InboxEntry read_entry(std::string raw) {
  InboxEntry entry;
  entry.raw = std::move(raw);
  auto job = parse_spec(entry.raw);
  if (job) {
    entry.job = std::move(*job);
  } else {
    entry.reason = job.error().message;
    entry.id = peek_id(entry.raw).value_or("");
  }
  return entry;
}

Intake::Intake(uv_loop_s* loop, Keys keys, Options options)
    : keys_(std::move(keys)),
      options_(std::move(options)),
      redis_(loop,
             {options_.redis, "stintd-intake", milliseconds{5'000}, milliseconds{10'000},
              milliseconds{2'000}},
             {[this](const redis::ServerInfo&) { read(); }, [](const Error&) {}}),
      again_(loop, [this] { read(); }),
      judge_next_(loop,
                  [this] {
                    if (next_.empty()) {
                      next_ = judge();
                    }
                  }),
      window_(kFirstWindow) {
  redis_.open();
}

void Intake::ask(redis::Command command, void (Intake::*next)(const Result<redis::ReplyView>&)) {
  under_way_ = true;
  redis_.run(std::move(command), [this, next](const Result<redis::ReplyView>& reply) {
    under_way_ = false;
    (this->*next)(reply);
  });
}

void Intake::wait() {
  ask(redis::plain({"BLMOVE", options_.list, options_.list, "RIGHT", "RIGHT", "2"}),
      &Intake::waited);
}

void Intake::waited(const Result<redis::ReplyView>& reply) {
  if (!reply) {
    trouble(reply.error());
    return;
  }
  no_trouble();  // nothing is left of what was refused
  if (reply->is_nil()) {
    wait();
  } else {
    read();
  }
}

void Intake::read() {
  if (under_way_ || !redis_.ready()) {
    return;  // its end, or on_ready, begins again
  }
  again_.stop();
  next_.clear();
  unjudged_.clear();
  ask(redis::plain({"LRANGE", options_.list, "-" + std::to_string(window_), "-1"}),
      &Intake::have_read);
}

void Intake::have_read(const Result<redis::ReplyView>& reply) {
  if (!reply) {
    trouble(reply.error());
    return;
  }
  append(*reply, window_);
  batch_ = judge();
  if (batch_.empty()) {
    wait();
    return;
  }
  if (!refuse_next_.empty() && batch_.front().raw == refuse_next_ && batch_.front().job) {
    batch_.front().id = batch_.front().job->id;
    batch_.front().job.reset();
    batch_.front().reason = "the id is known with another task, resource or parameters";
  }
  refuse_next_.clear();
  send();
}

// Redis answers it before it takes batch_. If it does not, read() begins again behind batch_.
void Intake::read_ahead() {
  const size_t asked = 2 * window_ - std::min(2 * window_, unjudged_.size());
  if (!std::exchange(more_, false) || asked == 0) {
    return;
  }
  const size_t known = batch_.size() + unjudged_.size();
  redis_.run(redis::plain({"LRANGE", options_.list, "-" + std::to_string(known + asked),
                           "-" + std::to_string(known + 1)}),
             [this, asked](const Result<redis::ReplyView>& reply) {
               if (reply) {
                 append(*reply, asked);
               }
             });
}

void Intake::append(redis::ReplyView tail, size_t asked) {
  more_ = tail.size() == asked;
  for (size_t i = tail.size(); i > 0; --i) {  // the tail is first in line
    unjudged_.emplace_back(tail[i - 1].str());
  }
}

// The first in line, as many as one call may carry.
std::vector<InboxEntry> Intake::judge() {
  std::vector<InboxEntry> batch;
  size_t bytes = 0;
  bool full = false;
  while (!unjudged_.empty() && batch.size() < window_ && !full) {
    full = !batch.empty() && bytes + unjudged_.front().size() > kBatchBytes;
    if (!full) {
      bytes += unjudged_.front().size();
      batch.push_back(read_entry(std::move(unjudged_.front())));
      unjudged_.pop_front();
    }
  }
  if (full || bytes > kBatchBytes) {
    window_ = batch.size();
  } else if (!batch.empty() && bytes < kSmallRead) {
    window_ = std::min(kBatchJobs, window_ * 2);
  }
  return batch;
}

// The next ones are judged when these have been sent: handles of one turn run last woken first.
void Intake::send() {
  judge_next_.wake();
  read_ahead();
  ask(intake(keys_, options_.list, new_nonce(), options_.rejected_max, batch_), &Intake::taken);
}

void Intake::taken(const Result<redis::ReplyView>& reply) {
  auto answer = reply ? parse_intake(*reply) : Result<IntakeAnswer>(reply.error());
  if (!answer) {
    trouble(answer.error());
    return;
  }
  no_trouble();
  size_t refused = 0;
  for (size_t i = 0; i < std::min(answer->taken, batch_.size()); ++i) {
    refused += batch_[i].job ? 0 : 1;
  }
  if (refused > 0) {
    log::warning("entries rejected",
                 {{"queue", keys_.queue()}, {"list", options_.list}, {"entries", refused}});
  }
  if (answer->status == IntakeAnswer::Status::kConflict && answer->taken < batch_.size()) {
    refuse_next_ = batch_[answer->taken].raw;
  }
  if (answer->status != IntakeAnswer::Status::kOk) {
    read();
    return;
  }
  batch_ = next_.empty() ? judge() : std::exchange(next_, {});
  if (batch_.empty()) {
    read();
  } else {
    send();
  }
}

// Refused, for memory, rights or a key of another type: said once, tried again at leisure. While
// Redis is away on_ready begins again; what was sent may have been done, and reading the list again
// shows it.
void Intake::trouble(const Error& error) {
  if (error.code == ErrorCode::kUnavailable) {
    again_.start(kIntakePause);
    return;
  }
  move_aside(redis_, keys_, error);
  refused_.goes_on({{"queue", keys_.queue()}, {"list", options_.list}, {"error", error.message}});
  again_.start(kIntakePause);
}

void Intake::no_trouble() {
  refused_.over({{"queue", keys_.queue()}, {"list", options_.list}});
}

}  // namespace stint
