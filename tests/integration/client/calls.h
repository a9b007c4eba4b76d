// <stint/client.hpp> in this process against a private Redis without a daemon; jobs get into other
// states by the hand of QueueHand, and the real `stint` stands beside it.
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <stint/client.hpp>

#include "tests/integration/daemon/cli/stint_calls.h"

namespace stint::test {

class Calls {
 public:
  explicit Calls(RedisOptions redis = {})
      : stint(std::move(redis)), server(stint.server), hand(stint.hand) {
    std::ofstream(config_file()) << "\n";
  }

  client::Options options() const {
    client::Options options;
    options.redis_url = server.url_text();
    options.config_file = config_file();
    options.ns = "stint";
    options.queue = "default";
    return options;
  }
  client::Client connect(const std::string& socket = "") const {
    auto chosen = options();
    chosen.redis_url = socket.empty() ? chosen.redis_url : "unix://" + socket;
    auto made = client::Client::connect(chosen);
    if (!made) {
      throw std::runtime_error(made.error().message);
    }
    return std::move(*made);
  }
  static client::Job job(const std::string& task, const std::string& id) {
    client::Job job;
    job.task = task;
    job.id = id;
    return job;
  }
  int pending() const { return std::stoi(server.command({"LLEN", "stint:{default}:pending"})); }

 private:
  std::string config_file() const { return stint.server.dir() + "/stint.toml"; }

 public:
  StintCalls stint;
  RedisServer& server;
  QueueHand& hand;
};

}  // namespace stint::test
