#include "client/steer.h"

#include "client/door.h"
#include "common/refusal.h"

namespace stint {

Result<std::vector<Steered>> steer_batch(QueueSession& session, const Steering& steering,
                                         std::optional<Place> expected,
                                         std::span<const std::string> ids) {
  if (auto enough = check_rights(session); !enough) {
    return enough.error();
  }
  const Keys& keys = session.keys();
  milliseconds keep = queue_limits(session.queue_config()).keep;
  redis::Command command;
  switch (steering.verb) {
    case Verb::kRetry:
      command = retry_jobs(keys, steering.spread, steering.also_done, ids);
      break;
    case Verb::kDelete:
      command = delete_jobs(keys, steering.force, expected, ids);
      break;
    case Verb::kCancel:
      command = cancel_jobs(keys, keep, expected, ids);
      break;
  }
  auto reply = session.run(command);
  if (!reply) {
    return explain_refusal(reply.error(), session.config());
  }
  switch (steering.verb) {
    case Verb::kRetry:
      return parse_retry(reply->view(), ids.size());
    case Verb::kDelete:
      return parse_delete(reply->view(), steering.force, ids.size());
    case Verb::kCancel:
      return parse_cancel(reply->view(), ids.size());
  }
  return Error{ErrorCode::kInternal, "unknown verb"};
}

Steered foreseen(const Steering& steering, std::optional<Place> place) {
  using Status = Steered::Status;
  if (!place) {
    return {Status::kNone, Place::kGone};
  }
  bool active = *place == Place::kActive;
  bool ended = *place == Place::kFailed || *place == Place::kDone;
  switch (steering.verb) {
    case Verb::kRetry: {
      bool fits = *place == Place::kFailed || (*place == Place::kDone && steering.also_done);
      return {fits ? Status::kDone : Status::kRefused, *place};
    }
    case Verb::kDelete:
      return {!active          ? Status::kDone
              : steering.force ? Status::kFlagged
                               : Status::kRefused,
              *place};
    case Verb::kCancel:
      return {ended ? Status::kRefused : active ? Status::kFlagged : Status::kDone, *place};
  }
  return {};
}

}  // namespace stint
