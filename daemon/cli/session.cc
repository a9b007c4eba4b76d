#include "daemon/cli/session.h"

#include <algorithm>
#include <utility>

#include "common/config/toml/load.h"
#include "common/refusal.h"

namespace stint::cli {
namespace {

constexpr size_t kPipeline = 32;
constexpr const char* kProgram = "stint";

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

Session::Session(Config config, const std::string& queue, bool named, redis::Client client,
                 Output out, Purpose purpose)
    : config_(std::move(config)),
      keys_(config_.ns, queue),
      queue_named_(named),
      client_(std::move(client)),
      out_(out),
      purpose_(purpose) {}

Result<Session> Session::open(const Globals& globals, Purpose purpose) {
  auto loaded = load_config(globals.flags);
  if (!loaded) {
    return loaded.error();
  }
  auto queue = choose_queue(loaded->config);
  if (!queue) {
    return queue.error();
  }
  auto reached = reach_redis(loaded->config, kProgram);
  if (!reached) {
    return reached.error();
  }
  if (auto fit = check_server(reached->client, loaded->config, purpose); !fit) {
    return fit.error();
  }
  loaded->config.redis = reached->url;
  loaded->config.embedded = false;  // from here on: that very one, also after an outage
  bool named = !globals.flags.queues.empty();
  return Session(std::move(loaded->config), *queue, named, std::move(reached->client),
                 Output(globals), purpose);
}

const QueueConfig& Session::queue_config() const {
  auto is_ours = [this](const QueueConfig& queue) { return queue.name == keys_.queue(); };
  auto found = std::find_if(config_.queues.begin(), config_.queues.end(), is_ours);
  return found == config_.queues.end() ? plain_queue() : *found;
}

Result<redis::OwnedReply> Session::ask(const redis::Command& command) {
  return std::move(ask_all({command}).front());
}

std::vector<Result<redis::OwnedReply>> Session::ask_all(
    const std::vector<redis::Command>& commands) {
  std::vector<Result<redis::OwnedReply>> results;
  for (size_t from = 0; from < commands.size(); from += kPipeline) {
    size_t size = std::min(kPipeline, commands.size() - from);
    auto first = commands.begin() + static_cast<std::ptrdiff_t>(from);
    std::vector<redis::Command> group(first, first + static_cast<std::ptrdiff_t>(size));
    auto replies = client_.run_all(group);
    auto lost = [](const auto& r) { return !r && r.error().code == ErrorCode::kUnavailable; };
    if (std::any_of(replies.begin(), replies.end(), lost)) {
      if (auto again = reach_redis(config_, kProgram);
          again && check_server(again->client, config_, purpose_)) {
        client_ = std::move(again->client);
        replies = client_.run_all(group);
      }
    }
    for (auto& reply : replies) {
      results.push_back(reply ? std::move(reply) : explain_refusal(reply.error(), config_));
    }
  }
  return results;
}

std::vector<std::string> texts_of(redis::ReplyView reply) {
  std::vector<std::string> texts;
  texts.reserve(reply.size());
  for (size_t i = 0; i < reply.size(); ++i) {
    texts.emplace_back(reply[i].str());
  }
  return texts;
}

}  // namespace stint::cli
