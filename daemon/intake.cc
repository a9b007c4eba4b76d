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

InboxEntry read_entry(std::string_view raw) {
  InboxEntry entry;
  entry.raw = raw;
  auto job = parse_spec(raw);
  if (job) {
    entry.job = std::move(*job);
  } else {
    entry.reason = job.error().message;
    entry.id = peek_id(raw).value_or("");
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
  } else if (reply->is_nil()) {
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
  ask(redis::plain({"LRANGE", options_.list, "-" + std::to_string(window_), "-1"}),
      &Intake::have_read);
}

void Intake::have_read(const Result<redis::ReplyView>& reply) {
  if (!reply) {
    trouble(reply.error());
    return;
  }
  batch_.clear();
  size_t bytes = 0;
  for (size_t i = reply->size(); i > 0; --i) {  // the tail is first in line
    std::string_view raw = (*reply)[i - 1].str();
    if (!batch_.empty() && bytes + raw.size() > kBatchBytes) {
      break;
    }
    bytes += raw.size();
    batch_.push_back(read_entry(raw));
  }
  window_ = bytes > kBatchBytes  ? 1
            : bytes < kSmallRead ? std::min(kBatchJobs, window_ * 2)
                                 : window_;
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
  ask(intake(keys_, options_.list, new_nonce(), options_.rejected_max, batch_), &Intake::taken);
}

void Intake::taken(const Result<redis::ReplyView>& reply) {
  auto answer = reply ? parse_intake(*reply) : Result<IntakeAnswer>(reply.error());
  if (!answer) {
    trouble(answer.error());
    return;
  }
  if (std::exchange(said_, false)) {
    log::info("intake works again", {{"queue", keys_.queue()}, {"list", options_.list}});
  }
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
  read();
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
  if (!std::exchange(said_, true)) {
    log::warning("intake refused; trying again every second",
                 {{"queue", keys_.queue()}, {"list", options_.list}, {"error", error.message}});
  }
  again_.start(kIntakePause);
}

}  // namespace stint
