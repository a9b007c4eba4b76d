// A program's way to a queue: configuration, connection, key names. One thread at a time.
// Invariant: the server was checked (version, format) on every connection before anything else was
// asked.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/config/config.h"
#include "common/config/toml/load.h"
#include "common/error.h"
#include "common/queue/keys.h"
#include "common/reach.h"
#include "common/redis/client.h"

namespace stint {

class QueueSession {
 public:
  // program: for the operator's CLIENT LIST. On failure: kConfig, kInvalid (what the flags say),
  // kUnavailable.
  static Result<QueueSession> open(const ConfigFlags& flags, const std::string& program,
                                   Purpose purpose);

  const Config& config() const { return config_; }
  const Keys& keys() const { return keys_; }  // of the chosen queue
  const QueueConfig& queue_config() const;    // of the chosen queue; defaults if it has no table
  // Another queue, for those who look at several.
  void choose(const std::string& queue) { keys_ = Keys(config_.ns, queue); }

  // For what may safely be done twice (reads, submits with their nonce): asked again on a new
  // connection, once, when there was no reply; if there is none again, the groups that follow are
  // not sent and get that error. Commands are pipelined in groups of at most 32.
  Result<redis::OwnedReply> ask(const redis::Command& command);
  std::vector<Result<redis::OwnedReply>> ask_all(const std::vector<redis::Command>& commands);
  // For the rest: once. After kUnavailable it may have happened or not.
  Result<redis::OwnedReply> run(const redis::Command& command) { return client_.run(command); }
  // One command after the other without another's in between being possible: MULTI/EXEC, WATCH.
  std::vector<Result<redis::OwnedReply>> run_all(const std::vector<redis::Command>& commands) {
    return client_.run_all(commands);
  }

  // A connection that was idle may be dead: asks over it, and makes a new one if it is. On
  // failure: kUnavailable, and nothing was done.
  Result<void> refresh();
  // From here on the server has to be fit to hold jobs, this one and any that is found after it.
  Result<void> entrust();
  int64_t connection() const { return connection_; }  // counts them

 private:
  QueueSession(Config config, const std::string& queue, redis::Client client, std::string program,
               Purpose purpose);
  Config config_;
  Keys keys_;
  redis::Client client_;
  std::string program_;
  Purpose purpose_;
  int64_t connection_ = 1;
};

// The queue that is meant when nobody says one: the only one configured, else `default`.
Result<std::string> choose_queue(const Config& config);

// The texts of an array; empty for nil elements.
std::vector<std::string> texts_of(redis::ReplyView reply);

}  // namespace stint
