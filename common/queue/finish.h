// active -> done or gone, scheduled, pending, failed: how an attempt ends. Sent by workers in
// batches, and by the supervisor (seq 0) for the attempt that a dead worker was running. Also
// log.lua, which goes before it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/job/limits.h"
#include "common/queue/claim.h"
#include "common/queue/keys.h"
#include "common/redis/script.h"

namespace stint {

// Persisted and public: DO NOT CHANGE the names.
enum class EndKind { kOk, kCancelled, kError, kTimeout, kCrash, kLost, kUnknownTask, kCorrupt };
std::string_view to_string(EndKind kind);  // "ok", "cancelled", "error", "timeout", "crash",
                                           // "lost", "unknown-task", "corrupt"

// One error object of an outcome, as JSON. message is cut to kMaxErrorText (and says so), made
// valid UTF-8.
std::string error_json(int attempt, EndKind kind, std::string_view message, std::string_view signal,
                       std::string_view worker, int64_t at_ms);

struct Ended {
  std::string id;
  uint64_t token = 0;
  EndKind kind = EndKind::kOk;
  int attempt = 1;   // its number: attempts of the record + 1; of what counts none, of the last one
  Limits limits;     // in force: retries, crash_limit, backoff, keep are used
  std::string body;  // kOk: the result (JSON; empty = null); else error_json()
  int64_t started_ms = 0;  // wall clock, 0 = unknown
  int64_t finished_ms = 0;
};

// What a queue keeps of finished jobs ([queues.Q] keep_max, keep_bytes).
struct KeepBounds {
  int64_t jobs = 100'000;
  int64_t bytes = int64_t{64} << 20;
};

// The retry after kUnavailable sends the identical command: same seq, same batch.
redis::Command finish(const Keys& keys, std::string_view worker, uint64_t seq, KeepBounds bounds,
                      std::span<const Ended> jobs);
Result<std::vector<Settled>> parse_finished(redis::ReplyView reply, size_t count);

// Lines and progress of running attempts, written with heartbeats and before finish, never a
// command a line.
struct LogBatch {
  std::string id;
  uint64_t token = 0;
  std::optional<std::string> progress;  // JSON
  std::vector<std::string> lines;  // "<ms> <attempt> <text>": one line each, cut to kMaxLogLine
  // Of the first line among all that the attempt has said, from 1: what is sent again stands once.
  // 0: never sent again.
  uint64_t first = 0;
};
redis::Command append_log(const Keys& keys, std::span<const LogBatch> batches);

}  // namespace stint
