// A Lua script as embedded at build time (scripts/cmake/EmbedLua.cmake), and a command that may be
// a call of one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stint::redis {

struct Script {
  std::string_view name;
  std::string_view sha;  // SHA1 of text, 40 lowercase hex digits: what EVALSHA takes
  std::string_view text;
};

// With a script: KEYS = keys, ARGV = args, sent as EVALSHA; on NOSCRIPT (a flush, a failover: any
// time) sent again as EVAL with the same arguments. Without one: args is the whole command, its
// name first.
struct Command {
  const Script* script = nullptr;
  std::vector<std::string> keys;
  std::vector<std::string> args;
};

inline Command plain(std::vector<std::string> args) {
  return {nullptr, {}, std::move(args)};
}
inline Command call(const Script& script, std::string key, std::vector<std::string> args) {
  return {&script, {std::move(key)}, std::move(args)};
}

}  // namespace stint::redis
