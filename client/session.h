// A program's way to a queue: configuration, connection, key names. One thread at a time.
// Invariant: the server was checked (version, format) on every connection before anything else was
// asked.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
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
  void choose(const std::string& queue) {
    keys_ = Keys(config_.ns, queue);
    door_of_ = rights_of_ = 0;
  }

  // For what may safely be done twice (reads, submits with their nonce): asked again on a new
  // connection, once, when there was no reply (Redis may take some seconds to be back); if there is
  // none again, or no server that may be used is found, the groups that follow are not sent and get
  // that error: kUnavailable with the reason, since the first try may have been heard. Commands are
  // pipelined in groups of at most 32.
  Result<redis::OwnedReply> ask(const redis::Command& command);
  std::vector<Result<redis::OwnedReply>> ask_all(const std::vector<redis::Command>& commands);
  // For window.h, see redis::Client.
  void begin(const redis::Command& command) { client_.begin(command); }
  Result<std::unique_ptr<redis::OwnedReply>> end(std::string_view name);
  // For the rest: once. After kUnavailable it may have happened or not.
  Result<redis::OwnedReply> run(const redis::Command& command) { return client_.run(command); }
  // One command after the other without another's in between being possible: MULTI/EXEC, WATCH.
  std::vector<Result<redis::OwnedReply>> run_all(const std::vector<redis::Command>& commands) {
    return client_.run_all(commands);
  }

  // A connection that was idle may be dead: asks over it, and makes a new one if it is. On
  // failure: kUnavailable, and nothing was done.
  Result<void> refresh();
  // From here on the server has to be fit to hold jobs, this one and any that is found after it. On
  // failure it may still be looked at.
  Result<void> entrust();
  // For door.h: whether that was asked, and whether it is open, over this connection.
  bool has_rights() const { return rights_of_ == connection_; }
  void note_rights() { rights_of_ = connection_; }
  bool has_open_door() const { return door_of_ == connection_; }
  void note_open_door() { door_of_ = connection_; }

 private:
  QueueSession(Config config, const std::string& queue, redis::Client client, Asker asker,
               Purpose purpose);
  std::vector<Result<redis::OwnedReply>> ask_group(const std::vector<redis::Command>& group);
  std::optional<Error> reconnect();
  Config config_;
  Keys keys_;
  redis::Client client_;
  Asker asker_;
  Purpose purpose_;
  int64_t connection_ = 1;  // counts them
  int64_t rights_of_ = 0;   // the connection over which the rights were asked
  int64_t door_of_ = 0;     // the one over which the door was opened
};

// The texts of an array; empty for nil elements.
std::vector<std::string> texts_of(redis::ReplyView reply);

}  // namespace stint
