#include "common/queue/steer.h"

#include <utility>

#include "common/queue/answer.h"
#include "common/queue/jitter.h"
#include "lua/cancel.lua.h"
#include "lua/delete.lua.h"
#include "lua/locate.lua.h"
#include "lua/pause.lua.h"
#include "lua/resume.lua.h"
#include "lua/retry.lua.h"

namespace stint {
namespace {

std::vector<std::string> with_ids(std::vector<std::string> args, std::span<const std::string> ids) {
  args.insert(args.end(), ids.begin(), ids.end());
  return args;
}

std::string expected_word(std::optional<Place> expected) {
  return expected ? std::string(to_string(*expected)) : std::string();
}

// `ended` and `active`: what it means that a job was found there.
Result<std::vector<Steered>> parse_places(redis::ReplyView reply, size_t count,
                                          Steered::Status ended, Steered::Status active) {
  if (!reply.is_array() || reply.size() != count) {
    return unexpected_answer("cancel or delete");
  }
  std::vector<Steered> out(count);
  for (size_t i = 0; i < count; ++i) {
    std::string_view text = reply[i].str();
    std::optional<Place> place = parse_place(text);
    if (!place) {
      out[i].status = text == "skipped" ? Steered::Status::kSkipped : Steered::Status::kNone;
      continue;
    }
    out[i].place = *place;
    bool has_ended = *place == Place::kDone || *place == Place::kFailed;
    out[i].status = has_ended ? ended : *place == Place::kActive ? active : Steered::Status::kDone;
  }
  return out;
}

}  // namespace

redis::Command cancel_jobs(const Keys& keys, milliseconds keep, std::optional<Place> expected,
                           std::span<const std::string> ids) {
  return redis::call(lua::k_cancel, keys.prefix(),
                     with_ids({std::to_string(keep.count()), expected_word(expected)}, ids));
}

redis::Command delete_jobs(const Keys& keys, bool force, std::optional<Place> expected,
                           std::span<const std::string> ids) {
  return redis::call(lua::k_delete, keys.prefix(),
                     with_ids({force ? "1" : "0", expected_word(expected)}, ids));
}

redis::Command retry_jobs(const Keys& keys, milliseconds spread, bool also_done,
                          std::span<const std::string> ids) {
  return redis::call(lua::k_retry, keys.prefix(),
                     with_ids({std::to_string(spread.count()), jitter_argument(),
                               also_done ? "failed done" : "failed"},
                              ids));
}

Result<std::vector<Steered>> parse_cancel(redis::ReplyView reply, size_t count) {
  return parse_places(reply, count, Steered::Status::kRefused, Steered::Status::kFlagged);
}

Result<std::vector<Steered>> parse_delete(redis::ReplyView reply, bool force, size_t count) {
  return parse_places(reply, count, Steered::Status::kDone,
                      force ? Steered::Status::kFlagged : Steered::Status::kRefused);
}

Result<std::vector<Steered>> parse_retry(redis::ReplyView reply, size_t count) {
  if (!reply.is_array() || reply.size() != count) {
    return unexpected_answer("retry");
  }
  std::vector<Steered> out(count);
  for (size_t i = 0; i < count; ++i) {
    std::string_view text = reply[i].str();
    bool refused = text.starts_with("not ");
    std::optional<Place> place = parse_place(refused ? text.substr(4) : text);
    if (place) {
      out[i] = {refused ? Steered::Status::kRefused : Steered::Status::kDone, *place};
    }
  }
  return out;
}

redis::Command pause_queue(const Keys& keys) {
  return redis::call(lua::k_pause, keys.prefix(), {});
}
redis::Command resume_queue(const Keys& keys) {
  return redis::call(lua::k_resume, keys.prefix(), {});
}

redis::Command locate(const Keys& keys, std::span<const std::string> ids) {
  return redis::call(lua::k_locate, keys.prefix(), {ids.begin(), ids.end()});
}

Result<std::vector<std::optional<Place>>> parse_locate(redis::ReplyView reply, size_t count) {
  if (!reply.is_array() || reply.size() != count) {
    return unexpected_answer("locate");
  }
  std::vector<std::optional<Place>> out;
  for (size_t i = 0; i < count; ++i) {
    out.push_back(parse_place(reply[i].str()));
  }
  return out;
}

}  // namespace stint
