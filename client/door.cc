#include "client/door.h"

#include "common/queue/rights.h"

namespace stint {

Result<void> open_door(QueueSession& session) {
  if (session.has_open_door()) {
    return {};
  }
  const std::string& ns = session.config().ns;
  // First, and alone: who lacks a right shall leave nothing behind.
  auto allowed = session.ask(rights(session.keys()));
  if (!allowed) {
    return allowed.error();
  }
  if (auto enough = judge_rights(session.config(), session.keys(), allowed->view()); !enough) {
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
