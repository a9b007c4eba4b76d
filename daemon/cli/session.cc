#include "daemon/cli/session.h"

#include <utility>

namespace stint::cli {

Result<Session> Session::open(const Globals& globals, Purpose purpose) {
  auto session = QueueSession::open(globals.flags, "stint", purpose);
  if (!session) {
    return session.error();
  }
  return Session(std::move(*session), globals);
}

std::string job_command(const Session& session, std::string_view verb, const std::string& id) {
  return "stint " + std::string(verb) +
         (session.queue_was_named() ? " -q " + session.keys().queue() : "") + " " + shell_word(id);
}

Result<Globals> with_queue(const Globals& globals, const std::string& name) {
  Globals named = globals;
  if (name.empty()) {
    return named;
  }
  if (!named.flags.queues.empty() && named.flags.queues.front() != name) {
    return Error{ErrorCode::kInvalid, "which queue, " + name + " or " + named.flags.queues.front() +
                                          "? The name and --queue say different ones"};
  }
  named.flags.queues = {name};
  return named;
}

}  // namespace stint::cli
