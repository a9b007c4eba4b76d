// Takes one list of raw JSON jobs in: the queue's inbox, or one of its `intake` lists. Waits on a
// connection of its own by BLMOVE list list RIGHT RIGHT, which changes nothing and wakes at once;
// then reads the tail (peek.lua), parses here (so that the bytes of params stay as they are), and
// intake.lua compares, takes and queues in one step. Any number of daemons may do it: who loses
// reads again. While Redis takes a batch the next is read, parsed and, if both are small, sent, and
// one more is read: should one be answered otherwise than with ok, those sent behind it take
// nothing but what is at the tail by then, what was read is forgotten, and the tail is read again.
// A call and a reading have 100 entries and 1 MiB at most, or one entry that has more, so what is
// held here is some MiB whatever lies in the list. Only the wait is answered with a whole entry.
// Entries that are no jobs go to `rejected` with the reason. Supervisor, on its thread.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "common/log/outage.h"
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
  // A wait or the first reading: one at a time, also across a reconnect.
  void ask(redis::Command command, void (Intake::*next)(const Result<redis::ReplyView>&));
  void wait();
  void waited(const Result<redis::ReplyView>& reply);
  void read();
  void have_read(const Result<redis::ReplyView>& reply);
  void read_ahead(size_t sent_next);
  bool append(redis::ReplyView tail);
  std::vector<InboxEntry> judge();
  void send(std::vector<InboxEntry> batch);
  bool next_fits() const;
  void send_more();
  void taken(const std::vector<InboxEntry>& batch, const Result<redis::ReplyView>& reply);
  void go_on();
  void look_at(const IntakeAnswer& answer, const std::vector<InboxEntry>& batch);
  void trouble(const Error& error);
  void no_trouble();

  Keys keys_;
  Options options_;
  redis::Connection redis_;
  Timer again_;
  size_t under_way_ = 0;        // calls of intake that are not answered yet
  size_t bytes_under_way_ = 0;  // of their entries
  size_t most_under_way_ = 1;   // until Redis has the script, and nobody else takes from the list
  bool reading_ahead_ = false;  // a peek is not answered yet
  enum class Then { kGoOn, kReadAgain, kPause } then_ = Then::kGoOn;  // when nothing is under way
  std::deque<RawEntry> unjudged_;  // the entries behind those sent, tail first
  size_t unjudged_bytes_ = 0;      // of them all
  bool more_ = false;              // the last reading found as many as it may
  std::string refuse_next_;        // raw bytes of an entry whose id is known with other content
  bool asking_ = false;
  log::Outage refused_{log::Level::kWarning, "intake refused; trying again every second",
                       "intake works again"};
};

// One entry as intake.lua wants it. Pure.
InboxEntry read_entry(RawEntry raw);

}  // namespace stint
