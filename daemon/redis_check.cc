#include "daemon/redis_check.h"

#include <memory>
#include <utility>

#include "common/queue/keys.h"
#include "common/queue/rights.h"
#include "common/queue/submit.h"
#include "common/redis/eviction.h"
#include "common/redis/info.h"
#include "common/text/text.h"

namespace stint {
namespace {

constexpr int kOldestMajor = 7;

// The steps, one after the other; frees itself with the last callback.
struct Check : std::enable_shared_from_this<Check> {
  redis::Connection& redis;
  Config config;
  std::function<void(Result<RedisFacts>)> done;
  RedisFacts facts;
  size_t queue = 0;

  Check(redis::Connection& r, Config c, std::function<void(Result<RedisFacts>)> d)
      : redis(r), config(std::move(c)), done(std::move(d)) {}

  void ask(redis::Command command, void (Check::*next)(redis::ReplyView)) {
    redis.run(std::move(command),
              [self = shared_from_this(), next](const Result<redis::ReplyView>& reply) {
                if (reply) {
                  ((*self).*next)(*reply);
                } else {
                  self->done(explain_meta(reply.error(), self->config));
                }
              });
  }
  void begin() { ask(redis::plain({"INFO"}), &Check::have_info); }

  void have_info(redis::ReplyView info) {
    auto warning = judge_server(info.str());
    if (!warning) {
      done(warning.error());
      return;
    }
    if (!warning->empty()) {
      facts.warnings.push_back(*warning);
    }
    try_rights();
  }
  void try_rights() {
    if (queue == config.queues.size()) {
      ask(redis::plain({"HGET", meta_key(config.ns), "format"}), &Check::have_format);
      return;
    }
    ask(rights(Keys(config.ns, config.queues[queue].name)), &Check::have_rights);
  }
  void have_rights(redis::ReplyView refused) {
    auto enough = judge_rights(config, Keys(config.ns, config.queues[queue].name), refused);
    if (!enough) {
      done(enough.error());
      return;
    }
    ++queue;
    try_rights();
  }
  void have_format(redis::ReplyView format) {
    if (format.is_nil()) {
      ask(redis::plain({"HSETNX", meta_key(config.ns), "format", std::string(kFormat)}),
          &Check::set_format);
    } else if (format.str() != kFormat) {
      done(Error{ErrorCode::kConfig, "namespace " + config.ns + " in " + config.redis.display() +
                                         " has format " + escape(format.str(), 64) +
                                         ", this stintd has format " + std::string(kFormat)});
    } else {
      mark_data();
    }
  }
  void set_format(redis::ReplyView) {
    ask(redis::plain({"HGET", meta_key(config.ns), "format"}),
        &Check::have_format);  // perhaps another was first
  }
  // A name for these data, given once: who finds another one later finds other data.
  void mark_data() {
    redis.run(redis::plain({"HSETNX", meta_key(config.ns), "data", new_nonce()}),
              [](const auto&) {});
    ask(redis::plain({"HGET", meta_key(config.ns), "data"}), &Check::have_mark);
  }
  void have_mark(redis::ReplyView mark) {
    facts.data = mark.str();  // empty if a Redis that is full has refused it
    name_queues();
  }
  void name_queues() {
    std::vector<std::string> command{"SADD", queues_key(config.ns)};
    for (const auto& one : config.queues) {
      command.push_back(one.name);
    }
    // A Redis that is full refuses new members; then the name is not listed until the next
    // connection.
    redis.run(redis::plain(std::move(command)),
              [self = shared_from_this()](const Result<redis::ReplyView>& reply) {
                if (!reply && reply.error().code == ErrorCode::kRefused &&
                    !reply.error().message.starts_with("OOM")) {
                  self->done(explain_noperm(reply.error(), self->config));
                  return;
                }
                self->done(std::move(self->facts));
              });
  }
};

}  // namespace

Result<std::string> judge_server(std::string_view info) {
  if (redis::info_number(info, "redis_version") < kOldestMajor) {
    return Error{ErrorCode::kConfig, "Redis " +
                                         escape(redis::info_field(info, "redis_version"), 32) +
                                         " is too old: stint needs 7.0 or newer"};
  }
  if (auto keeps = redis::refuse_eviction(info); !keeps) {
    return keeps.error();
  }
  if (redis::info_field(info, "aof_enabled") == "0") {
    return std::string(
        "Redis has no append-only file: if it dies, jobs since its last snapshot are lost; set "
        "appendonly yes");
  }
  return std::string();
}

void check_redis(redis::Connection& redis, const Config& config,
                 std::function<void(Result<RedisFacts>)> done) {
  std::make_shared<Check>(redis, config, std::move(done))->begin();
}

}  // namespace stint
