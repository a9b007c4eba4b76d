// A proxy between clients and a Redis, both on Unix sockets, with the distance of a network: bytes
// arrive after a delay, connections that are open may go silent without an end, and the server
// behind it may become another. A thread of its own carries the bytes; orders may be given at any
// time.
#pragma once

#include <atomic>
#include <deque>
#include <list>
#include <mutex>
#include <string>
#include <thread>

#include "common/clock.h"
#include "common/redis/url.h"
#include "common/unique_fd.h"
#include "tests/support/temp_dir.h"

namespace stint::test {

class SlowProxy {
 public:
  explicit SlowProxy(std::string target_socket, milliseconds one_way = milliseconds{0});
  ~SlowProxy();
  SlowProxy(const SlowProxy&) = delete;
  SlowProxy& operator=(const SlowProxy&) = delete;

  std::string url_text() const { return "unix://" + (dir_ / "proxy.sock"); }
  void silence_open() { silence_ = true; }  // those that are open now; later ones work
  void retarget(
      const std::string& target_socket);  // for later connections; those that are open end

 private:
  struct Chunk {
    MonoTime due;
    std::string bytes;
  };
  struct Way {
    int from = -1;
    int to = -1;
    std::deque<Chunk> on_its_way;
  };
  struct Pair {
    UniqueFd client;
    UniqueFd server;
    Way out;
    Way back;
    bool silent = false;
  };
  void serve();
  void wait();
  void obey();
  void accept_one();
  bool carry(Way& way) const;  // false: it has ended

  TempDir dir_;
  milliseconds one_way_;
  UniqueFd listener_;
  UniqueFd stop_;
  std::list<Pair> pairs_;  // the thread's own
  std::atomic<bool> silence_{false};
  std::atomic<bool> stopped_{false};
  std::atomic<bool> cut_{false};
  std::mutex mutex_;
  std::string target_;  // under mutex_
  std::thread thread_;
};

}  // namespace stint::test
