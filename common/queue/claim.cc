#include "common/queue/claim.h"

#include "common/queue/answer.h"
#include "lua/claim.lua.h"
#include "lua/close.lua.h"
#include "lua/heartbeat.lua.h"
#include "lua/release.lua.h"

namespace stint {
namespace {

std::string_view how_word(Release::How how) {
  switch (how) {
    case Release::How::kFree:
      return "free";
    case Release::How::kElsewhere:
      return "elsewhere";
    case Release::How::kInterrupted:
      return "interrupted";
  }
  return "free";
}

BeatAnswer::Word beat_word(std::string_view word) {
  using Word = BeatAnswer::Word;
  return word == "cancel"   ? Word::kCancel
         : word == "taken"  ? Word::kTaken
         : word == "locked" ? Word::kLocked
                            : Word::kLost;
}

}  // namespace

redis::Command claim(const Keys& keys, std::string_view worker, uint64_t seq, size_t n,
                     milliseconds lease) {
  return redis::call(
      lua::k_claim, keys.prefix(),
      {std::string(worker), std::to_string(seq), std::to_string(n), std::to_string(lease.count())});
}

Result<Claimed> parse_claim(redis::ReplyView reply) {
  if (reply.size() != 4 || !reply[2].is_array() || reply[2].size() != reply[3].size()) {
    return unexpected_answer("claim");
  }
  Claimed out;
  std::string_view status = reply[0].str();
  if (status == "paused") {
    out.status = Claimed::Status::kPaused;
  } else if (status == "closed") {
    out.status = Claimed::Status::kClosed;
  } else if (status != "ok") {
    return unexpected_answer("claim");
  }
  out.token = static_cast<uint64_t>(reply[1].integer());
  out.jobs.reserve(reply[2].size());
  for (size_t i = 0; i < reply[2].size(); ++i) {
    out.jobs.push_back({reply[2][i].str(), reply[3][i].str()});
  }
  return out;
}

redis::Command heartbeat(const Keys& keys, std::string_view worker, std::span<const Beat> beats) {
  std::vector<std::string> args;
  args.reserve(1 + beats.size() * 4);
  args.emplace_back(worker);
  for (const Beat& beat : beats) {
    args.emplace_back(beat.id);
    args.push_back(std::to_string(beat.token));
    args.emplace_back(beat.started ? "1" : "0");
    args.push_back(std::to_string(beat.limits.lease.count()) + " " +
                   std::to_string(beat.limits.retries) + " " +
                   std::to_string(beat.limits.crash_limit) + " " +
                   std::to_string(beat.limits.backoff.encoded));
  }
  return redis::call(lua::k_heartbeat, keys.prefix(), std::move(args));
}

Result<std::vector<BeatAnswer>> parse_heartbeat(redis::ReplyView reply) {
  if (!reply.is_array() || reply.size() % 2 != 0) {
    return unexpected_answer("heartbeat");
  }
  std::vector<BeatAnswer> out;
  out.reserve(reply.size() / 2);
  for (size_t i = 0; i < reply.size(); i += 2) {
    out.push_back({std::string(reply[i].str()), beat_word(reply[i + 1].str())});
  }
  return out;
}

redis::Command release(const Keys& keys, std::string_view worker, std::span<const Release> jobs) {
  std::vector<std::string> args;
  args.reserve(1 + jobs.size() * 4);
  args.emplace_back(worker);
  for (const Release& job : jobs) {
    args.emplace_back(job.id);
    args.push_back(std::to_string(job.token));
    args.emplace_back(how_word(job.how));
    args.push_back(std::to_string(job.delay.count()));
  }
  return redis::call(lua::k_release, keys.prefix(), std::move(args));
}

redis::Command close_worker(const Keys& keys, std::string_view worker) {
  return redis::call(lua::k_close, keys.prefix(), {std::string(worker)});
}

Settled settled_as(std::string_view word) {
  std::optional<Place> place = parse_place(word);
  return {!place.has_value(), place.value_or(Place::kGone)};
}

Result<std::vector<Settled>> parse_settled(redis::ReplyView reply, size_t count) {
  if (!reply.is_array() || reply.size() != count) {
    return unexpected_answer("release");
  }
  std::vector<Settled> out(count);
  for (size_t i = 0; i < count; ++i) {
    out[i] = settled_as(reply[i].str());
  }
  return out;
}

}  // namespace stint
