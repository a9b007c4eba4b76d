// A verb's way to a queue, and where its words go. One thread.
#pragma once

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

}  // namespace stint::cli
