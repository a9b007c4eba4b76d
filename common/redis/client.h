// A connection of the command line: synchronous, with a deadline on everything. One thread at a
// time. After any I/O error it is dead: every later call is kUnavailable (hiredis would return the
// previous reply).
#pragma once

#include <memory>
#include <vector>

#include "common/clock.h"
#include "common/error.h"
#include "common/redis/reply.h"
#include "common/redis/script.h"
#include "common/redis/url.h"

namespace stint::redis {

class Client {
 public:
  // Connects, authenticates, selects the database. On failure: kUnavailable within timeout, the
  // message naming url.display() and the cause; kConfig for refused credentials.
  static Result<Client> connect(const Url& url, milliseconds timeout, const std::string& name);
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // On failure: kUnavailable (no reply: unknown whether done), kRefused (error reply, its text).
  Result<OwnedReply> run(const Command& command);
  // Pipelined: all are sent before the first reply is read. One Result a command, in order. Keep a
  // pipeline below 64.
  std::vector<Result<OwnedReply>> run_all(const std::vector<Command>& commands);

  // A pipeline that goes on: begin() sends and does not wait, end() awaits the reply of the command
  // that was begun first and not ended; null: Redis does not know the script, and nothing was done.
  // What fails to be sent is told by its end(). run() and run_all() give up a pipeline that was
  // not brought to its end: kUnavailable, since another's reply would be taken for theirs.
  void begin(const Command& command);
  Result<std::unique_ptr<OwnedReply>> end(std::string_view name);

 private:
  struct Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace stint::redis
