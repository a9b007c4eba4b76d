// A redis-server of the test's own, on a Unix socket in a folder of its own (or on a free port of
// 127.0.0.1): never the system's. Up (it answers PING) when the constructor returns; gone, however
// the test ends, with its data.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/redis/client.h"
#include "common/redis/url.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace stint::test {

struct RedisOptions {
  std::vector<std::string> extra;  // "--maxmemory", "100mb", ...; after ours, so they win
  bool tcp = false;                // 127.0.0.1 and a free port instead of the socket
  bool cluster = false;            // a Redis Cluster of this one node
  std::string user;                // "" = the default user
  std::string password;            // "" = none
  std::map<std::string, std::optional<std::string>> env;
};

// Strings as they are, integers in digits, nil as "", arrays joined by a space.
std::string text_of(redis::ReplyView reply);

class RedisServer {
 public:
  explicit RedisServer(RedisOptions options = {});

  const redis::Url& url() const { return url_; }
  std::string url_text() const;  // with the password, for a configuration
  std::string socket() const { return dir_ / "redis.sock"; }
  const std::string& dir() const { return dir_.path(); }
  pid_t pid() const;
  redis::Client client() const;  // throws if it cannot connect
  // One command, its reply as text_of(). Throws.
  std::string command(std::vector<std::string> args) const;

  void kill9();
  void stop();                    // SIGTERM and waits: saves its append-only file, if it has one
  void restart();                 // the same place and data; kills it first if it runs
  void signal(int number) const;  // SIGSTOP, SIGCONT

 private:
  void start();

  TempDir dir_;
  RedisOptions options_;
  redis::Url url_;
  std::unique_ptr<Process> process_;
};

}  // namespace stint::test
