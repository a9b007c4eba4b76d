// Takes one list of raw JSON jobs in: the queue's inbox, or one of its `intake` lists. Waits on a
// connection of its own by BLMOVE list list RIGHT RIGHT, which changes nothing and wakes at once;
// then reads the tail, parses here (so that the bytes of params stay as they are), and intake.lua
// compares, takes and queues in one step. Any number of daemons may do it: who loses reads again.
// Entries that are no jobs go to `rejected` with the reason. Supervisor, on its thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/loop/timer.h"
#include "common/queue/upkeep.h"
#include "common/redis/connection.h"

namespace stint {

class Intake {
 public:
  struct Options {
    redis::Url redis;
    std::string list;
    int64_t rejected_max = 10'000;
  };
  Intake(uv_loop_s* loop, Keys keys, Options options);

 private:
  // One command at a time, also across a reconnect.
  void ask(redis::Command command, void (Intake::*next)(const Result<redis::ReplyView>&));
  void wait();
  void waited(const Result<redis::ReplyView>& reply);
  void read();
  void have_read(const Result<redis::ReplyView>& reply);
  void taken(const Result<redis::ReplyView>& reply);
  void trouble(const Error& error);

  Keys keys_;
  Options options_;
  redis::Connection redis_;
  Timer again_;
  std::vector<InboxEntry> batch_;
  std::string refuse_next_;  // raw bytes of an entry whose id is known with other content
  size_t window_;            // entries to read at once: fewer where they are large
  bool under_way_ = false;
  bool said_ = false;
};

// One entry as intake.lua wants it. Pure.
InboxEntry read_entry(std::string_view raw);

}  // namespace stint
