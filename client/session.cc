#include "client/session.h"

#include <algorithm>
#include <utility>

#include "common/interrupt.h"
#include "common/refusal.h"

namespace stint {
namespace {

constexpr size_t kPipeline = 32;
constexpr milliseconds kRestartPause{100};

bool was_lost(const Result<redis::OwnedReply>& reply) {
  return !reply && reply.error().code == ErrorCode::kUnavailable;
}

const QueueConfig& plain_queue() {
  static const QueueConfig queue;
  return queue;
}

// The queue that is meant when nobody says one: the only one configured, else `default`.
Result<std::string> choose_queue(const Config& config, const char* word) {
  if (config.queues.size() <= 1) {
    return config.queues.empty() ? std::string("default") : config.queues.front().name;
  }
  auto is_default = [](const QueueConfig& queue) { return queue.name == "default"; };
  if (std::any_of(config.queues.begin(), config.queues.end(), is_default)) {
    return std::string("default");
  }
  std::string names;
  for (const auto& queue : config.queues) {
    names += (names.empty() ? "" : ", ") + queue.name;
  }
  return Error{ErrorCode::kInvalid, "which queue? Say one of " + names + " with " + word};
}

}  // namespace

QueueSession::QueueSession(Config config, const std::string& queue, redis::Client client,
                           Asker asker, Purpose purpose)
    : config_(std::move(config)),
      keys_(config_.ns, queue),
      client_(std::move(client)),
      asker_(std::move(asker)),
      purpose_(purpose) {}

Result<QueueSession> QueueSession::open(const ConfigFlags& flags, const std::string& program,
                                        Purpose purpose) {
  auto loaded = load_config(flags);
  if (!loaded) {
    return loaded.error();
  }
  auto queue = choose_queue(loaded->config, flags.words.queue);
  if (!queue) {
    return queue.error();
  }
  Asker asker{program, flags.words.redis};
  auto reached = reach_redis(loaded->config, asker);
  if (!reached) {
    return reached.error();
  }
  if (auto fit = check_server(reached->client, loaded->config, purpose); !fit) {
    return fit.error();
  }
  loaded->config.redis = reached->url;
  loaded->config.embedded = false;  // from here on: that very one, also after an outage
  return QueueSession(std::move(loaded->config), *queue, std::move(reached->client),
                      std::move(asker), purpose);
}

const QueueConfig& QueueSession::queue_config() const {
  auto is_ours = [this](const QueueConfig& queue) { return queue.name == keys_.queue(); };
  auto found = std::find_if(config_.queues.begin(), config_.queues.end(), is_ours);
  return found == config_.queues.end() ? plain_queue() : *found;
}

Result<redis::OwnedReply> QueueSession::ask(const redis::Command& command) {
  return std::move(ask_all({command}).front());
}

std::vector<Result<redis::OwnedReply>> QueueSession::ask_all(
    const std::vector<redis::Command>& commands) {
  std::vector<Result<redis::OwnedReply>> results;
  for (size_t from = 0; results.size() < commands.size(); from += kPipeline) {
    size_t size = std::min(kPipeline, commands.size() - from);
    auto first = commands.begin() + static_cast<std::ptrdiff_t>(from);
    auto replies = ask_group({first, first + static_cast<std::ptrdiff_t>(size)});
    for (auto& reply : replies) {
      results.push_back(reply ? std::move(reply) : explain_refusal(reply.error(), config_));
    }
    auto still = std::find_if(replies.begin(), replies.end(), was_lost);
    while (still != replies.end() && results.size() < commands.size()) {
      results.emplace_back(still->error());  // not sent: each group would wait anew
    }
  }
  return results;
}

Result<std::unique_ptr<redis::OwnedReply>> QueueSession::end(std::string_view name) {
  auto reply = client_.end(name);
  return reply ? std::move(reply) : explain_refusal(reply.error(), config_);
}

std::vector<Result<redis::OwnedReply>> QueueSession::ask_group(
    const std::vector<redis::Command>& group) {
  auto replies = client_.run_all(group);
  if (std::none_of(replies.begin(), replies.end(), was_lost)) {
    return replies;
  }
  auto reason = reconnect();
  if (!reason) {
    return client_.run_all(group);
  }
  for (auto& reply : replies) {
    if (was_lost(reply)) {
      reply = *reason;
    }
  }
  return replies;
}

// A Redis that is restarted, its own stintd's perhaps with a new release, is back in a moment. One
// that is found and may not be used is none. Whatever the reason, it stays unknown what became of
// what was sent before: kUnavailable.
std::optional<Error> QueueSession::reconnect() {
  MonoTime patience = now_mono() + kReach;
  while (true) {
    auto found = reach_redis(config_, asker_);
    auto fit = found ? check_server(found->client, config_, purpose_) : Result<void>(found.error());
    if (fit) {
      client_ = std::move(found->client);
      ++connection_;
      return std::nullopt;
    }
    bool may_come = fit.error().code == ErrorCode::kUnavailable && !interrupted() &&
                    now_mono() + kRestartPause < patience;
    if (!may_come) {
      return Error{ErrorCode::kUnavailable,
                   "after the connection was lost: " + fit.error().message};
    }
    pause_for(kRestartPause);
  }
}

Result<void> QueueSession::refresh() {
  auto pong = ask(redis::plain({"PING"}));
  bool dead = !pong && pong.error().code == ErrorCode::kUnavailable;
  return dead ? pong.error() : Result<void>();  // a refusal is an answer
}

Result<void> QueueSession::entrust() {
  if (purpose_ == Purpose::kSubmit) {
    return {};
  }
  if (auto alive = refresh(); !alive) {
    return alive;
  }
  auto fit = check_server(client_, config_, Purpose::kSubmit);
  purpose_ = fit ? Purpose::kSubmit : purpose_;
  return fit;
}

std::vector<std::string> texts_of(redis::ReplyView reply) {
  std::vector<std::string> texts;
  texts.reserve(reply.size());
  for (size_t i = 0; i < reply.size(); ++i) {
    texts.emplace_back(reply[i].str());
  }
  return texts;
}

}  // namespace stint
