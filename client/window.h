// Calls under way over a session: each is sent at once, and while Redis works on it the next can be
// made; the replies come in the order of the calls. Only what may be sent twice, see
// QueueSession::ask_all: after an outage all that got no reply is sent again, once, and awaited.
// Nothing else may be asked over the session while size() is not 0.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>

#include "client/session.h"

namespace stint {

class Window {
 public:
  explicit Window(QueueSession& session) : session_(session) {}
  void send(redis::Command command);
  size_t size() const { return calls_.size(); }
  // Of the oldest. Requires: size() > 0. On failure as ask_all().
  Result<redis::OwnedReply> receive();

 private:
  struct Call {
    redis::Command command;
    std::optional<Result<redis::OwnedReply>> reply;
  };
  void take(Call& call);
  void send_again();

  QueueSession& session_;
  std::deque<Call> calls_;
};

}  // namespace stint
