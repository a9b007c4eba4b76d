// A verb's way to a queue: configuration, connection, key names, and where words go. One thread.
// Invariant: the server was checked (version, format) on every connection before anything else was
// asked.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/config/config.h"
#include "common/error.h"
#include "common/queue/keys.h"
#include "common/reach.h"
#include "common/redis/client.h"
#include "daemon/cli/output.h"

namespace stint::cli {

class Session {
 public:
  // On failure: kConfig, kInvalid (options), kUnavailable.
  static Result<Session> open(const Globals& globals, Purpose purpose = Purpose::kLook);

  const Config& config() const { return config_; }
  const Output& out() const { return out_; }
  const Keys& keys() const { return keys_; }  // of the chosen queue
  const QueueConfig& queue_config() const;    // of the chosen queue; defaults if it has no table
  bool queue_was_named() const { return queue_named_; }
  // Another queue, for verbs that look at several.
  void choose(const std::string& queue) { keys_ = Keys(config_.ns, queue); }

  // For what may safely be done twice (reads, submits with their nonce): asked again on a new
  // connection, once, when there was no reply. Commands are pipelined in groups of at most 32.
  Result<redis::OwnedReply> ask(const redis::Command& command);
  std::vector<Result<redis::OwnedReply>> ask_all(const std::vector<redis::Command>& commands);
  // For the rest: once. After kUnavailable it may have happened or not.
  Result<redis::OwnedReply> run(const redis::Command& command) { return client_.run(command); }
  // One command after the other without another's in between being possible: MULTI/EXEC, WATCH.
  std::vector<Result<redis::OwnedReply>> run_all(const std::vector<redis::Command>& commands) {
    return client_.run_all(commands);
  }

 private:
  Session(Config config, const std::string& queue, bool named, redis::Client client, Output out,
          Purpose purpose);
  Config config_;
  Keys keys_;
  bool queue_named_;
  redis::Client client_;
  Output out_;
  Purpose purpose_;
};

// The queue that is meant when --queue and STINT_QUEUE say nothing: the only one configured, else
// `default`.
Result<std::string> choose_queue(const Config& config);

// The texts of an array; empty for nil elements.
std::vector<std::string> texts_of(redis::ReplyView reply);

}  // namespace stint::cli
