#include "common/queue/rights.h"

#include <string>

#include "common/queue/answer.h"
#include "common/queue/repair.h"
#include "lua/rights.lua.h"

namespace stint {
namespace {

Error lacks(const Config& config, const std::string& what) {
  std::string user = config.redis.user.empty() ? "default" : config.redis.user;
  return {ErrorCode::kConfig, "Redis user " + user + " lacks a right: " + what +
                                  "; grant: ACL SETUSER " + user + " ~" + config.ns + ":* &" +
                                  config.ns + ":* +@all -@admin -@dangerous +info"};
}

}  // namespace

redis::Command rights(const Keys& keys) {
  return redis::call(lua::k_rights, keys.prefix(), {});
}

Result<void> judge_rights(const Config& config, const Keys& keys, redis::ReplyView reply) {
  if (!reply.is_array()) {
    return unexpected_answer("rights");
  }
  std::string refused;
  for (size_t i = 0; i < reply.size(); ++i) {
    refused += (i == 0 ? "" : ", ") + std::string(reply[i].str());
  }
  if (refused.empty()) {
    return {};
  }
  return lacks(config, refused + " on " + keys.prefix() + "*");
}

Result<void> check_rights(const AskOne& ask, const Config& config, const Keys& keys) {
  auto refused = ask(rights(keys));
  return refused ? judge_rights(config, keys, refused->view()) : Result<void>(refused.error());
}

Error explain_noperm(const Error& error, const Config& config) {
  bool is_about_rights = error.code == ErrorCode::kRefused && error.message.starts_with("NOPERM");
  return is_about_rights ? lacks(config, error.message) : error;
}

Error explain_meta(const Error& error, const Config& config) {
  std::string meta = meta_key(config.ns);
  return is_wrong_type(error) ? Error{ErrorCode::kConfig,
                                      "key " + meta + " in " + config.redis.display() +
                                          " is no hash, so the format of the data is not "
                                          "known; find out who wrote it, then: redis-cli RENAME " +
                                          meta + " " + meta + ".damaged"}
                              : explain_noperm(error, config);
}

}  // namespace stint
