#include "worker/redis_greeter.h"

#include <charconv>
#include <utility>

#include "common/log/log.h"
#include "common/queue/rights.h"
#include "common/text/text.h"

namespace stint {

namespace {

constexpr int kOldestRedis = 7;

int major_version(const std::string& version) {
  int major = 0;  // of nonsense
  std::from_chars(version.data(), version.data() + version.size(), major);
  return major;
}

}  // namespace

RedisGreeter::RedisGreeter(Context& context, Listener listener)
    : context_(context),
      listener_(std::move(listener)),
      again_(context.loop, [this] { greet(server_); }) {}

void RedisGreeter::greet(const redis::ServerInfo& server) {
  server_ = server;
  if (major_version(server.version) < kOldestRedis) {
    listener_.on_refused("Redis " + server.version + " is too old, 7.0 or newer is needed");
    return;
  }
  const Boot& boot = context_.boot;
  std::string meta = meta_key(boot.config.ns);
  std::vector<std::string> names{"SADD", queues_key(boot.config.ns)};
  names.insert(names.end(), boot.queues.begin(), boot.queues.end());
  // Both are refused by a Redis that is full, and are then there already.
  context_.redis.run(redis::plain({"HSETNX", meta, "format", std::string(kFormat)}),
                     [](const auto&) {});
  context_.redis.run(redis::plain(std::move(names)), [](const auto&) {});
  context_.redis.run(redis::plain({"HGET", meta, "format"}),
                     [this](const auto& reply) { on_format(reply); });
}

void RedisGreeter::on_format(const Result<redis::ReplyView>& reply) {
  if (!reply && reply.error().code == ErrorCode::kUnavailable) {
    return;  // the next connection is greeted again
  }
  if (!reply) {
    Error why = explain_meta(reply.error(), context_.boot.config);
    if (why.code == ErrorCode::kConfig) {
      listener_.on_refused(why.message);
    } else {  // busy with somebody's script, or loading: that passes
      untold_.goes_on({{"error", why.message}});
      again_.start(kRefusedPause);
    }
    return;
  }
  if (!reply->is_nil() && reply->str() != kFormat) {
    listener_.on_refused("namespace '" + context_.boot.config.ns + "' in this Redis: format " +
                         escape(reply->str(), 64) + "; this version of stint reads format " +
                         std::string(kFormat));
    return;
  }
  untold_.over({});
  if (down_since_) {
    log::info("redis is back", {{"after_ms", (now_mono() - *down_since_).count()}});
    down_since_.reset();
  }
  listener_.on_good(server_);
}

// A supervisor warns of the same once for all its workers; this is the detail.
void RedisGreeter::on_down(const Error& error) {
  again_.stop();
  log::event(context_.boot.supervised ? log::Level::kInfo : log::Level::kWarning,
             "redis cannot be reached, trying again until it can", {{"error", error.message}});
  down_since_ = down_since_.value_or(now_mono());
}

}  // namespace stint
