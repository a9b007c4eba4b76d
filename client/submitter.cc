#include "client/submitter.h"

#include <algorithm>
#include <optional>

namespace stint {
namespace {

constexpr size_t kInFlight = 8;
constexpr size_t kRecordOverhead = 128;  // numbers and header of a record

size_t bytes_of(const JobSpec& spec) {
  return spec.params.size() + spec.resource.size() + spec.id.size() + spec.task.size() +
         kRecordOverhead;
}

}  // namespace

Result<void> BulkSender::add(int64_t line, JobSpec spec) {
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

Result<void> BulkSender::flush() {
  return batches_.empty() ? Result<void>() : send();
}

Result<void> BulkSender::send() {
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

}  // namespace stint
