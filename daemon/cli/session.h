// A verb's way to a queue, and where its words go. One thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "client/session.h"
#include "daemon/cli/globals.h"
#include "daemon/cli/output.h"

namespace stint::cli {

class Session : public QueueSession {
 public:
  // On failure: kConfig, kInvalid (options), kUnavailable.
  static Result<Session> open(const Globals& globals, Purpose purpose = Purpose::kLook);

  const Output& out() const { return out_; }
  bool queue_was_named() const { return queue_named_; }

 private:
  Session(QueueSession session, const Globals& globals)
      : QueueSession(std::move(session)),
        queue_named_(!globals.flags.queues.empty()),
        out_(globals) {}
  bool queue_named_;
  Output out_;
};

// A command about a job, to be typed as it is shown: "stint job retry -q video order-1".
std::string job_command(const Session& session, std::string_view verb, const std::string& id);

// With the queue that a verb's NAME says: one more way to say --queue. On failure: kInvalid, the
// two say different ones, and what is done to the wrong queue may be past mending.
Result<Globals> with_queue(const Globals& globals, const std::string& name);

}  // namespace stint::cli
