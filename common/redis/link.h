// One try at a stream of bytes to Redis, on a libuv loop: looks the name up, connects, carries
// bytes, ends once and for all. Private to common/redis; loop's thread only. Callbacks may destroy
// the Link; none comes after its destructor. Not over uv_tcp/uv_pipe: their writes raise SIGPIPE,
// which would then have to be ignored in every program and would be inherited so by the tasks'
// children.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/redis/url.h"

struct uv_loop_s;

namespace stint::redis {

class Link {
 public:
  struct Listener {
    std::function<void()> on_found;  // where it connects to is known; may come within start()
    std::function<void()> on_open;
    std::function<void(const char* bytes, size_t size)> on_data;
    std::function<void(const std::string& cause)> on_end;  // also: could not connect
  };
  Link(uv_loop_s* loop, Url url, Listener listener);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  void start();                  // may call on_end before it returns
  void send(std::string bytes);  // Requires: open. May call on_end before it returns

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace stint::redis
