#include "common/reach.h"

#include <unistd.h>

#include <cerrno>
#include <string>
#include <thread>
#include <vector>

#include "common/queue/keys.h"
#include "common/queue/rights.h"
#include "common/redis/eviction.h"
#include "common/redis/info.h"
#include "common/redis/unreachable.h"

namespace stint {
namespace {

constexpr const char* kSystemSocket = "/var/lib/stint/redis.sock";
constexpr milliseconds kStarting{2'000};
constexpr milliseconds kStartingPause{50};

Result<Reached> connect(const redis::Url& url, bool embedded, const Asker& asker) {
  if (auto forbidden = redis::forbidden(url)) {
    return *forbidden;
  }
  auto client = redis::Client::connect(url, kReach, asker.program);
  if (!client) {
    return redis::with_advice(client.error(), embedded, asker.redis_word);
  }
  return Reached{std::move(*client), url};
}

}  // namespace

Result<Reached> reach_redis(const Config& config, const Asker& asker) {
  if (!config.embedded) {
    return connect(config.redis, false, asker);
  }
  // Whoever starts stintd and then submits need not know when it is up.
  MonoTime patience = now_mono() + kStarting;
  auto own = connect(config.redis, true, asker);
  while (!own && own.error().code == ErrorCode::kUnavailable && now_mono() < patience &&
         !redis::forbidden(config.redis) && access(kSystemSocket, F_OK) != 0) {
    std::this_thread::sleep_for(kStartingPause);
    own = connect(config.redis, true, asker);
  }
  redis::Url system = config.redis;
  system.socket = kSystemSocket;
  bool try_system = !own && system.socket != config.redis.socket &&
                    (access(kSystemSocket, F_OK) == 0 || errno == EACCES);
  return try_system ? connect(system, true, asker) : std::move(own);
}

Result<void> check_server(redis::Client& client, const Config& config, Purpose purpose) {
  std::vector<redis::Command> asked{redis::plain({"HGET", meta_key(config.ns), "format"}),
                                    redis::plain({"INFO", "server"})};
  if (purpose == Purpose::kSubmit) {
    asked.push_back(redis::plain({"INFO", "memory"}));
  }
  auto replies = client.run_all(asked);
  if (!replies[0]) {
    return explain_meta(replies[0].error(), config);
  }
  // INFO may be forbidden to us: then the daemon has judged it.
  if (replies[1]) {
    int64_t major = redis::info_number(replies[1]->view().str(), "redis_version");
    if (major > 0 && major < 7) {
      return Error{ErrorCode::kConfig,
                   "this Redis is version " + std::to_string(major) + "; stint needs 7.0 or newer"};
    }
  }
  if (purpose == Purpose::kSubmit && replies[2]) {
    if (auto keeps = redis::refuse_eviction(replies[2]->view().str()); !keeps) {
      return keeps;
    }
  }
  auto format = replies[0]->view();
  if (!format.is_nil() && format.str() != kFormat) {
    return Error{ErrorCode::kConfig, "the data in namespace " + config.ns + " have format " +
                                         std::string(format.str()) + ", this stint knows format " +
                                         std::string(kFormat) + ": use the matching release"};
  }
  return {};
}

}  // namespace stint
