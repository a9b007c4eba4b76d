// Asks a Redis once whether it can be used: connects, PINGs, and if it is loading its data asks how
// far it is. For whoever started that Redis (daemon/embedded_redis); everyone else has a
// Connection. Loop's thread only.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/clock.h"
#include "common/redis/url.h"

struct uv_loop_s;

namespace stint::redis {

struct Condition {
  enum class Kind { kUp, kLoading, kDown };
  Kind kind = Kind::kDown;
  std::string cause;           // kDown
  std::string loaded_percent;  // kLoading, as Redis says it
  std::string eta_seconds;
};

class Probe {
 public:
  Probe(uv_loop_s* loop, Url url);
  ~Probe();  // silent from then on
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  // Forgets a question that is still open. done is called once, perhaps before this returns.
  void ask(milliseconds timeout, std::function<void(const Condition&)> done);

 private:
  struct Question;
  uv_loop_s* loop_;
  Url url_;
  std::shared_ptr<Question> question_;
};

}  // namespace stint::redis
