// The bytes between us and Redis: commands written as RESP, replies read by hiredis' parser.
// Private to common/redis. Values, no I/O and no thread: client.cc (blocking) and connection.cc
// (libuv) share them, so that both speak alike.
#pragma once

#include <memory>
#include <string>

#include "common/error.h"
#include "common/redis/reply.h"
#include "common/redis/script.h"

struct redisReader;

namespace stint::redis {

// Appends the command to out: a script as EVALSHA, or by_text as EVAL.
void append_command(std::string& out, const Command& command, bool by_text);

// Redis does not know the script: nothing was done, EVAL does it.
bool is_noscript(ReplyView reply);

// An error reply as kRefused with Redis' own text, on one line and cut.
Error refused(ReplyView reply);
inline Result<ReplyView> accepted(ReplyView reply) {
  return reply.is_error() ? Result<ReplyView>(refused(reply)) : reply;
}

class Reader {
 public:
  Reader();
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  void feed(const char* bytes, size_t size);
  // The next whole reply; null: more bytes are needed. On failure: kUnavailable, what came is not
  // RESP.
  Result<std::unique_ptr<redisReply, FreeReply>> next();

 private:
  redisReader* reader_;
};

}  // namespace stint::redis
