#include "daemon/cli/submit_door.h"

namespace stint::cli {

Result<void> open_door(Session& session) {
  const std::string& ns = session.config().ns;
  auto replies =
      session.ask_all({redis::plain({"HSETNX", meta_key(ns), "format", std::string(kFormat)}),
                       redis::plain({"SADD", queues_key(ns), session.keys().queue()})});
  for (const auto& reply : replies) {
    if (!reply) {
      return reply.error();
    }
  }
  return {};
}

}  // namespace stint::cli
