#include "client/door.h"

#include "common/queue/rights.h"

namespace stint {

Result<void> check_rights(QueueSession& session) {
  if (session.has_rights()) {
    return {};
  }
  auto enough = check_rights([&session](const redis::Command& ask) { return session.ask(ask); },
                             session.config(), session.keys());
  if (enough) {
    session.note_rights();
  }
  return enough;
}

Result<void> open_door(QueueSession& session) {
  if (session.has_open_door()) {
    return {};
  }
  const std::string& ns = session.config().ns;
  // First, and alone: who lacks a right shall leave nothing behind.
  if (auto enough = check_rights(session); !enough) {
    return enough;
  }
  auto replies =
      session.ask_all({redis::plain({"HSETNX", meta_key(ns), "format", std::string(kFormat)}),
                       enter_queue(session)});
  for (const auto& reply : replies) {
    if (!reply) {
      return reply.error();
    }
  }
  session.note_open_door();
  return {};
}

redis::Command enter_queue(const QueueSession& session) {
  return redis::plain({"SADD", queues_key(session.config().ns), session.keys().queue()});
}

}  // namespace stint
