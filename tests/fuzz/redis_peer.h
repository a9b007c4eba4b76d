// The other end of a Connection: a Unix socket on which a target says what Redis would. Nothing
// waits: on a Unix socket, what one end has written the other can read.
#pragma once

#include <uv.h>

#include <string_view>

#include "common/redis/connection.h"
#include "tests/support/temp_dir.h"

namespace stint::fuzz {

// To PING, CLIENT SETNAME, INFO server, INFO replication.
inline constexpr std::string_view kGreetingAnswers =
    "+PONG\r\n+OK\r\n$19\r\nredis_version:7.0.1\r\n$11\r\nrole:master\r\n";

class RedisPeer {
 public:
  static RedisPeer& one();

  uv_loop_t* loop() { return &loop_; }
  redis::Connection::Options options() const;
  void accept();  // the Connection that was opened last
  void send(std::string_view bytes);
  void hang_up();
  void turn();  // the loop, until nothing more happens by itself

 private:
  RedisPeer();
  void discard();

  test::TempDir folder_;
  uv_loop_t loop_{};
  int listener_ = -1;
  int peer_ = -1;
};

}  // namespace stint::fuzz
