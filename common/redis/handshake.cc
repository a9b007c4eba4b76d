#include "common/redis/handshake.h"

#include <array>

#include "common/redis/info.h"
#include "common/redis/wire.h"

namespace stint::redis {

namespace {

constexpr std::string_view kHowToLogIn =
    "; put the password into redis.password_file or redis.url "
    "(\"redis://user:password@host:port\") of the configuration, or into STINT_REDIS_URL; it is "
    "never taken from the command line";

bool is_about_credentials(std::string_view text) {
  constexpr std::array<std::string_view, 6> kTexts = {
      "WRONGPASS", "NOAUTH", "DENIED", "ERR AUTH", "ERR invalid password", "ERR Client sent AUTH"};
  for (auto prefix : kTexts) {
    if (text.starts_with(prefix)) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::vector<GreetingStep> greeting(const Url& url, const std::string& name, bool with_info) {
  std::vector<GreetingStep> steps;
  if (!url.password.empty() || !url.user.empty()) {
    std::vector<std::string> auth = {"AUTH", url.password};
    if (!url.user.empty()) {
      auth.insert(auth.begin() + 1, url.user);
    }
    steps.push_back({Greeting::kAuth, plain(std::move(auth))});
  }
  // PING, unlike the others, is answered LOADING, BUSY and "max number of clients" when that is so.
  steps.push_back({Greeting::kPing, plain({"PING"})});
  if (url.db != 0) {
    steps.push_back({Greeting::kSelect, plain({"SELECT", std::to_string(url.db)})});
  }
  if (!name.empty()) {
    steps.push_back({Greeting::kSetName, plain({"CLIENT", "SETNAME", name})});
  }
  if (with_info) {
    steps.push_back({Greeting::kInfoServer, plain({"INFO", "server"})});
    steps.push_back({Greeting::kInfoReplication, plain({"INFO", "replication"})});
  }
  return steps;
}

std::optional<Error> judge_greeting(Greeting what, const Result<ReplyView>& reply) {
  if (reply) {
    bool is_replica =
        what == Greeting::kInfoReplication && info_field(reply->str(), "role") == "slave";
    return is_replica ? std::optional(Error{ErrorCode::kUnavailable, "it is a read-only replica"})
                      : std::nullopt;
  }
  Error error = reply.error();
  if (error.code != ErrorCode::kRefused) {
    return error;
  }
  bool may_be_forbidden = what != Greeting::kAuth && what != Greeting::kSelect;
  if (may_be_forbidden && error.message.starts_with("NOPERM")) {
    return std::nullopt;  // a user without the right to ask: the work itself will show
  }
  // A Redis that cannot write its disk answers PING so, and reads well: the work itself will show.
  if (what == Greeting::kPing && error.message.starts_with("MISCONF")) {
    return std::nullopt;
  }
  if (what == Greeting::kSetName && error.message.starts_with("ERR Client names")) {
    return std::nullopt;
  }
  bool final = is_about_credentials(error.message) ||
               (what == Greeting::kSelect && error.message.starts_with("ERR"));
  error.code = final ? ErrorCode::kConfig : ErrorCode::kUnavailable;
  if (is_about_credentials(error.message)) {
    error.message += kHowToLogIn;
  }
  return error;
}

}  // namespace stint::redis
