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

}  // namespace stint::cli
