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

Result<void> Submitter::add(int64_t line, JobSpec spec) {
  size_t bytes = bytes_of(spec);
  bool fits = !batches_.empty() && batches_.back().specs.size() < kBatchJobs &&
              batches_.back().bytes + bytes <= kBatchBytes;
  if (!fits && batches_.size() == kInFlight) {
    if (auto sent = send(); !sent) {
      return sent;
    }
  }
  if (!fits) {
    batches_.push_back({new_nonce(), {}, {}, 0});
  }
  Batch& batch = batches_.back();
  batch.specs.push_back(std::move(spec));
  batch.lines.push_back(line);
  batch.bytes += bytes;
  return {};
}

Result<void> Submitter::flush() {
  return batches_.empty() ? Result<void>() : send();
}

Result<void> Submitter::send() {
  if (auto fit = open(); !fit) {
    first_unsent_ = batches_.front().lines.front();
    batches_.clear();
    return fit;
  }
  std::vector<redis::Command> calls;
  for (const auto& batch : batches_) {
    calls.push_back(submit(session_.keys(), batch.nonce, again_, batch.specs));
  }
  auto replies = session_.ask_all(calls);
  std::optional<Error> failure;
  auto note_failure = [&](const Error& error, const Batch& batch) {
    if (!failure) {
      failure = error;
      first_unsent_ = batch.lines.front();
    }
    for (int64_t line : batch.lines) {
      on_answer_(line, error);
    }
  };
  for (size_t b = 0; b < batches_.size(); ++b) {
    const Batch& batch = batches_[b];
    if (!replies[b]) {
      note_failure(replies[b].error(), batch);
      continue;
    }
    auto answers = parse_submit(replies[b]->view(), batch.specs.size());
    if (!answers) {
      note_failure(answers.error(), batch);
      continue;
    }
    for (size_t i = 0; i < answers->size(); ++i) {
      on_answer_(batch.lines[i], (*answers)[i]);
    }
  }
  batches_.clear();
  return failure ? Result<void>(*failure) : Result<void>();
}

Result<Submitted> submit_one(QueueSession& session, bool again, JobSpec spec) {
  std::optional<Result<Submitted>> said;
  Submitter submitter(session, again, [&said](int64_t, const auto& answer) { said = answer; });
  auto sent = submitter.add(1, std::move(spec));
  sent = sent ? submitter.flush() : sent;
  return sent ? *said : sent.error();
}

std::string conflict_text(const std::string& id, Place place) {
  return "the id " + id + (id.empty() ? "" : " ") + "is known (" + std::string(to_string(place)) +
         ") with another task, resource or parameters";
}

}  // namespace stint
