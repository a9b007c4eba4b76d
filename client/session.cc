#include "client/session.h"

#include <algorithm>
#include <utility>

#include "common/refusal.h"

namespace stint {
namespace {

constexpr size_t kPipeline = 32;

const QueueConfig& plain_queue() {
  static const QueueConfig queue;
  return queue;
}

}  // namespace

Result<std::string> choose_queue(const Config& config) {
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
  return Error{ErrorCode::kInvalid, "which queue? Say one of " + names + " with --queue"};
}

QueueSession::QueueSession(Config config, const std::string& queue, redis::Client client,
                           std::string program, Purpose purpose)
    : config_(std::move(config)),
      keys_(config_.ns, queue),
      client_(std::move(client)),
      program_(std::move(program)),
      purpose_(purpose) {}

Result<QueueSession> QueueSession::open(const ConfigFlags& flags, const std::string& program,
                                        Purpose purpose) {
  auto loaded = load_config(flags);
  if (!loaded) {
    return loaded.error();
  }
  auto queue = choose_queue(loaded->config);
  if (!queue) {
    return queue.error();
  }
  auto reached = reach_redis(loaded->config, program);
  if (!reached) {
    return reached.error();
  }
  if (auto fit = check_server(reached->client, loaded->config, purpose); !fit) {
    return fit.error();
  }
  loaded->config.redis = reached->url;
  loaded->config.embedded = false;  // from here on: that very one, also after an outage
  return QueueSession(std::move(loaded->config), *queue, std::move(reached->client), program,
                      purpose);
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
    std::vector<redis::Command> group(first, first + static_cast<std::ptrdiff_t>(size));
    auto replies = client_.run_all(group);
    auto lost = [](const auto& r) { return !r && r.error().code == ErrorCode::kUnavailable; };
    if (std::any_of(replies.begin(), replies.end(), lost)) {
      if (auto again = reach_redis(config_, program_);
          again && check_server(again->client, config_, purpose_)) {
        client_ = std::move(again->client);
        ++connection_;
        replies = client_.run_all(group);
      }
    }
    for (auto& reply : replies) {
      results.push_back(reply ? std::move(reply) : explain_refusal(reply.error(), config_));
    }
    auto still = std::find_if(replies.begin(), replies.end(), lost);
    while (still != replies.end() && results.size() < commands.size()) {
      results.emplace_back(still->error());  // not sent: each group would wait anew
    }
  }
  return results;
}

Result<void> QueueSession::refresh() {
  auto pong = ask(redis::plain({"PING"}));
  bool dead = !pong && pong.error().code == ErrorCode::kUnavailable;
  return dead ? pong.error() : Result<void>();  // a refusal is an answer
}

Result<void> QueueSession::entrust() {
  purpose_ = Purpose::kSubmit;
  if (auto alive = refresh(); !alive) {
    return alive;
  }
  return check_server(client_, config_, purpose_);
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
