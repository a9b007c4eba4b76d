// A proxy between a client and a Redis, both on Unix sockets, that loses what a network can lose:
// it cuts the connection after a given number of bytes in either direction, or swallows replies
// while keeping it open. A thread of its own carries the bytes; the orders may be given at any
// time.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "common/clock.h"
#include "common/redis/url.h"
#include "common/unique_fd.h"
#include "tests/support/temp_dir.h"

namespace stint::test {

class CutProxy {
 public:
  explicit CutProxy(std::string target_socket);
  ~CutProxy();
  CutProxy(const CutProxy&) = delete;
  CutProxy& operator=(const CutProxy&) = delete;

  redis::Url url() const;
  // Once: after so many more bytes of replies (requests), counted over all connections, every
  // connection is cut.
  void cut_after_reply_bytes(int64_t n) { reply_budget_ = n; }
  void cut_after_request_bytes(int64_t n) { request_budget_ = n; }
  void swallow_replies(bool on) { swallow_ = on; }
  // Once: what comes behind a line of a reply that has this text comes so much later. Before the
  // first connection.
  void stall_behind(std::string text, milliseconds time) {
    stall_text_ = std::move(text);
    stall_ = time;
  }
  int cuts() const { return cuts_; }
  int64_t reply_bytes() const { return reply_bytes_; }  // passed on so far

 private:
  struct Pair {
    UniqueFd client;
    UniqueFd server;
  };
  void serve();
  void accept_one();
  bool carry(int from, int to, std::atomic<int64_t>& budget, bool replies);
  bool pass_on(int to, std::string_view bytes, bool replies);

  TempDir dir_;
  std::string target_;
  std::string stall_text_;
  milliseconds stall_{0};
  UniqueFd listener_;
  UniqueFd stop_;
  std::vector<Pair> pairs_;                // the thread's own
  std::atomic<int64_t> reply_budget_{-1};  // -1: no limit
  std::atomic<int64_t> request_budget_{-1};
  std::atomic<bool> swallow_{false};
  std::atomic<int> cuts_{0};
  std::atomic<int64_t> reply_bytes_{0};
  std::thread thread_;
};

}  // namespace stint::test
