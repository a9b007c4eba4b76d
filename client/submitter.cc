#include "client/submitter.h"

#include <algorithm>
#include <optional>

#include "client/door.h"

namespace stint {
namespace {

constexpr size_t kInFlight = 8;
constexpr size_t kRecordOverhead = 128;  // numbers and header of a record

size_t bytes_of(const JobSpec& spec) {
  return spec.params.size() + spec.resource.size() + spec.id.size() + spec.task.size() +
         kRecordOverhead;
}

}  // namespace

Result<void> Submitter::open() {
  auto fit = session_.entrust();
  return fit ? open_door(session_) : fit;
}

Result<void> Submitter::add(int64_t line, const JobSpec& spec) {
  const size_t bytes = bytes_of(spec);
  if (batch_ && (batch_->call.jobs() == kBatchJobs || batch_->bytes + bytes > kBatchBytes)) {
    if (auto sent = send(); !sent) {
      return sent;
    }
  }
  if (!batch_) {
    batch_.emplace(Batch{SubmitCall(new_nonce()), {}, 0});
  }
  batch_->call.add(spec);
  batch_->lines.push_back(line);
  batch_->bytes += bytes;
  return {};
}

Result<void> Submitter::flush() {
  auto sent = batch_ ? send() : Result<void>();
  if (sent && !sent_lines_.empty()) {
    // Once more, behind the jobs: who deletes a queue may have come between the door and the first
    // of them. A name that is entered in vain is deleted again, a job in a queue that no list shows
    // is not found.
    sent_lines_.emplace_back();
    window_.send(enter_queue(session_));
  }
  return sent ? await(0) : sent;
}

// The next batch goes out as soon as there is room for it, and is made while Redis works on those
// before.
Result<void> Submitter::send() {
  // What opens the door cannot be asked beside calls that are under way.
  auto room = await(session_.has_open_door() ? kInFlight - 1 : 0);
  if (room && !session_.has_open_door()) {
    room = await(0);  // the last await has made a new connection
  }
  auto fit = room ? open() : room;
  if (!fit) {
    first_unsent_ = room ? batch_->lines.front() : first_unsent_;
    batch_.reset();
    return fit;
  }
  sent_lines_.push_back(std::move(batch_->lines));
  window_.send(std::move(batch_->call).command(session_.keys(), again_));
  batch_.reset();
  return {};
}

// Until no more than so many batches are under way. Of the first that fails, the error; those
// behind it have been sent, and are awaited.
Result<void> Submitter::await(size_t most) {
  Result<void> all;
  while (window_.size() > (all ? most : 0)) {
    auto lines = std::move(sent_lines_.front());
    sent_lines_.pop_front();
    auto taken = take(lines, window_.receive());
    if (!taken && all) {
      all = taken;
      first_unsent_ = lines.front();
    }
  }
  return all;
}

Result<void> Submitter::take(const std::vector<int64_t>& lines,
                             const Result<redis::OwnedReply>& reply) {
  if (lines.empty()) {
    return {};  // of the queue's name: whatever became of that, the jobs are in
  }
  auto answers = reply ? parse_submit(reply->view(), lines.size())
                       : Result<std::vector<Submitted>>(reply.error());
  for (size_t i = 0; i < lines.size(); ++i) {
    on_answer_(lines[i], answers ? Result<Submitted>((*answers)[i]) : answers.error());
  }
  return answers ? Result<void>() : answers.error();
}

Result<Submitted> submit_one(QueueSession& session, bool again, const JobSpec& spec) {
  std::optional<Result<Submitted>> said;
  Submitter submitter(session, again, [&said](int64_t, const auto& answer) { said = answer; });
  auto sent = submitter.add(1, spec);
  sent = sent ? submitter.flush() : sent;
  return sent ? *said : sent.error();
}

std::string conflict_text(const std::string& id, Place place) {
  return "the id " + id + (id.empty() ? "" : " ") + "is known (" + std::string(to_string(place)) +
         ") with another task, resource or parameters";
}

}  // namespace stint
