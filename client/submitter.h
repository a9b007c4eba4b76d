// What submits, for the library and the command line alike: one job or a million. In batches, and
// those in a pipeline: at most 100 jobs and 1 MiB a call, eight calls in flight (window.h). A batch
// that got no reply is sent again with its nonce, which queues nothing twice.
// Invariant: jobs are sent only to a server that was found fit to hold them, and, but for a batch
// that is sent again after an outage, through an open door (door.h).
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/session.h"
#include "client/window.h"
#include "common/queue/submit.h"

namespace stint {

class Submitter {
 public:
  // For each job sent, in order: its line and what became of it; after kUnavailable nobody knows.
  using OnAnswer = std::function<void(int64_t line, const Result<Submitted>&)>;
  Submitter(QueueSession& session, bool again, OnAnswer on_answer)
      : session_(session), again_(again), on_answer_(std::move(on_answer)) {}

  // Done by the others too; first, for those who want to know before they read their jobs. On
  // failure: kUnavailable, kRefused, kConfig, and nothing was sent.
  Result<void> open();
  // On failure (kRefused, kUnavailable, kConfig): the jobs of some batches were not submitted, or
  // nobody knows; first_unsent() is the first line of them. Nothing more may be added then.
  Result<void> add(int64_t line, const JobSpec& spec);
  Result<void> flush();
  int64_t first_unsent() const { return first_unsent_; }

 private:
  struct Batch {
    SubmitCall call;
    std::vector<int64_t> lines;
    size_t bytes = 0;
  };
  Result<void> send();
  Result<void> await(size_t most);
  Result<void> take(const std::vector<int64_t>& lines, const Result<redis::OwnedReply>& reply);

  QueueSession& session_;
  Window window_{session_};
  bool again_;
  OnAnswer on_answer_;
  std::optional<Batch> batch_;                   // that grows
  std::deque<std::vector<int64_t>> sent_lines_;  // of each batch in window_; none: the queue's name
  int64_t first_unsent_ = 0;
};

Result<Submitted> submit_one(QueueSession& session, bool again, const JobSpec& spec);

// "the id a is known (done) with another ..."; without an id: "the id is known ...".
std::string conflict_text(const std::string& id, Place place);

}  // namespace stint
