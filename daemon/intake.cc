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
constexpr size_t kMostUnderWay = 2;  // Redis takes one while the answer to the other travels
// A reading of so many bytes may have stopped for them.
constexpr size_t kLargeRead = kBatchBytes / 4;

}  // namespace

InboxEntry read_entry(RawEntry raw) {
  InboxEntry entry;
  entry.raw = std::move(raw.bytes);
  entry.cut = raw.cut_from > 0;
  auto job = entry.cut ? Result<JobSpec>(spec_too_large(raw.cut_from)) : parse_spec(entry.raw);
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
      again_(loop, [this] { read(); }) {
  redis_.open();
}

void Intake::ask(redis::Command command, void (Intake::*next)(const Result<redis::ReplyView>&)) {
  asking_ = true;
  redis_.run(std::move(command), [this, next](const Result<redis::ReplyView>& reply) {
    asking_ = false;
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
  if (asking_ || under_way_ > 0 || reading_ahead_ || !redis_.ready()) {
    return;  // their end, or on_ready, begins again
  }
  again_.stop();
  most_under_way_ = 1;
  unjudged_.clear();
  unjudged_bytes_ = 0;
  ask(peek(keys_, options_.list, 0), &Intake::have_read);
}

void Intake::have_read(const Result<redis::ReplyView>& reply) {
  if (!reply) {
    trouble(reply.error());
    return;
  }
  if (!append(*reply)) {
    trouble(parse_peek(*reply).error());
    return;
  }
  auto batch = judge();
  if (batch.empty()) {
    wait();
    return;
  }
  InboxEntry& first = batch.front();
  if (!refuse_next_.empty() && first.raw == refuse_next_ && first.job) {
    first.id = first.job->id;
    first.job.reset();
    first.reason = "the id is known with another task, resource or parameters";
  }
  refuse_next_.clear();
  send(std::move(batch));
}

// Redis answers it behind what is under way, and before it takes the batch that is sent next.
void Intake::read_ahead(size_t sent_next) {
  const bool enough = unjudged_.size() > kBatchJobs || unjudged_bytes_ > kBatchBytes;
  if (!more_ || enough) {
    return;
  }
  more_ = false;
  reading_ahead_ = true;
  redis_.run(peek(keys_, options_.list, sent_next + unjudged_.size()),
             [this](const Result<redis::ReplyView>& reply) {
               reading_ahead_ = false;
               if (reply && then_ == Then::kGoOn) {
                 append(*reply);
               }
               go_on();
             });
}

// What is not understood is left out.
bool Intake::append(redis::ReplyView tail) {
  auto entries = parse_peek(tail);
  size_t bytes = 0;
  for (RawEntry& entry : entries ? *entries : std::vector<RawEntry>()) {
    bytes += entry.bytes.size();
    unjudged_.push_back(std::move(entry));
  }
  more_ = entries && (entries->size() == kBatchJobs || bytes > kLargeRead);
  unjudged_bytes_ += bytes;
  return entries.ok();
}

// The first in line, as many as one call may carry. One that is cut goes alone: the script reads
// what it takes by one LRANGE, and only the first of them as it was judged.
std::vector<InboxEntry> Intake::judge() {
  std::vector<InboxEntry> batch;
  size_t bytes = 0;
  while (!unjudged_.empty() && batch.size() < kBatchJobs) {
    RawEntry& first = unjudged_.front();
    const size_t size = first.bytes.size();
    const bool alone = first.cut_from > 0 || (!batch.empty() && batch.back().cut);
    if (!batch.empty() && (alone || bytes + size > kBatchBytes)) {
      break;
    }
    bytes += size;
    batch.push_back(read_entry(std::move(first)));
    unjudged_.pop_front();
  }
  unjudged_bytes_ -= bytes;
  return batch;
}

void Intake::send(std::vector<InboxEntry> batch) {
  read_ahead(batch.size());
  size_t bytes = 0;
  for (const InboxEntry& entry : batch) {
    bytes += entry.raw.size();
  }
  ++under_way_;
  bytes_under_way_ += bytes;
  auto command = intake(keys_, options_.list, new_nonce(), options_.rejected_max, batch);
  auto sent = std::make_shared<const std::vector<InboxEntry>>(std::move(batch));
  redis_.run(std::move(command), [this, bytes, sent](const Result<redis::ReplyView>& reply) {
    --under_way_;
    bytes_under_way_ -= bytes;
    taken(*sent, reply);
    go_on();
  });
}

// Calls under way carry no more together than one may, since each byte is here several times by
// then. A whole batch or none: pieces would be more calls for the same entries.
bool Intake::next_fits() const {
  size_t bytes = bytes_under_way_;
  for (size_t i = 0; i < std::min(unjudged_.size(), kBatchJobs); ++i) {
    bytes += unjudged_[i].bytes.size();
  }
  return bytes <= kBatchBytes;
}

void Intake::send_more() {
  while (then_ == Then::kGoOn &&
         (under_way_ == 0 || (under_way_ < most_under_way_ && next_fits()))) {
    auto batch = judge();
    if (batch.empty()) {
      return;
    }
    send(std::move(batch));
  }
}

// Answers may come in another order than their calls went out: a call that meets a Redis without
// its script goes out again. So nothing but more of the same is sent before all have come.
void Intake::go_on() {
  send_more();
  if (under_way_ > 0 || reading_ahead_) {
    return;
  }
  switch (std::exchange(then_, Then::kGoOn)) {
    case Then::kGoOn:
      wait();  // it is answered at once if something has come
      return;
    case Then::kReadAgain:
      read();
      return;
    case Then::kPause:
      again_.start(kIntakePause);  // it may have been over before the last answer came
      return;
  }
}

void Intake::taken(const std::vector<InboxEntry>& batch, const Result<redis::ReplyView>& reply) {
  auto answer = reply ? parse_intake(*reply) : Result<IntakeAnswer>(reply.error());
  if (answer) {
    look_at(*answer, batch);
  } else {
    trouble(answer.error());
    then_ = Then::kPause;
  }
}

void Intake::look_at(const IntakeAnswer& answer, const std::vector<InboxEntry>& batch) {
  size_t refused = 0;
  for (size_t i = 0; i < std::min(answer.taken, batch.size()); ++i) {
    refused += batch[i].job ? 0 : 1;
  }
  if (refused > 0) {
    log::warning("entries rejected",
                 {{"queue", keys_.queue()}, {"list", options_.list}, {"entries", refused}});
  }
  if (answer.status == IntakeAnswer::Status::kConflict && answer.taken < batch.size()) {
    refuse_next_ = batch[answer.taken].raw;
  }
  if (then_ == Then::kPause) {
    return;
  }
  no_trouble();
  if (answer.status == IntakeAnswer::Status::kOk) {
    most_under_way_ = kMostUnderWay;
  } else {
    then_ = Then::kReadAgain;
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
