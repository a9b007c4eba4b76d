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

// Arguments as they go over the wire, one behind the other: for a call of hundreds of short ones,
// each of which would be an allocation of its own.
class PackedArgs {
 public:
  void add(std::string_view arg);
  size_t count() const { return count_; }
  const std::string& bytes() const { return bytes_; }

 private:
  size_t count_ = 0;
  std::string bytes_;
};

// With a script: KEYS = keys, ARGV = args, sent as EVALSHA; on NOSCRIPT (a flush, a failover: any
// time) sent again as EVAL with the same arguments; by_text: as EVAL at once, so that nothing that
// is sent later comes before it. Without one: args is the whole command, its name first.
// What is packed comes behind args.
struct Command {
  const Script* script = nullptr;
  std::vector<std::string> keys;
  std::vector<std::string> args;
  bool by_text = false;
  PackedArgs packed = {};
};

// What a command is called where one has to be told from another: its script, or else its name.
inline std::string_view name_of(const Command& command) {
  if (command.script != nullptr) {
    return command.script->name;
  }
  return command.args.empty() ? std::string_view() : std::string_view(command.args.front());
}

inline Command plain(std::vector<std::string> args) {
  return {nullptr, {}, std::move(args), false, {}};
}
inline Command call(const Script& script, std::string key, std::vector<std::string> args) {
  return {&script, {std::move(key)}, std::move(args), false, {}};
}

}  // namespace stint::redis
