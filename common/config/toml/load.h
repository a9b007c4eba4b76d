// Configuration as people give it: flag > environment > file > default. Used by stintd and stint
// alike.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/config/config.h"
#include "common/error.h"

namespace stint {

// What these are called where they were said, for messages and origins.
struct FlagWords {
  const char* config_file = "--config";
  const char* redis = "--redis";
  const char* ns = "--namespace";
  const char* queue = "--queue";
  const char* state_dir = "--state-dir";
  bool in_argv = true;  // a command line, which every user of the host sees: no password in it
};

// What a command line or another program says; empty = nothing.
struct ConfigFlags {
  FlagWords words;
  std::optional<std::string> config_file, redis, ns, state_dir, log_level, log_format;
  std::vector<std::string> queues, plugins;
  std::optional<int> processes, slots;
};

// Something that the file says and that has no effect.
struct Shadowed {
  std::string key;  // "redis.url", or a whole table: "[queues.mail]"
  std::string at;   // "/etc/stint/stint.toml:12"
  std::string by;   // what holds instead: "STINT_REDIS_URL", "--queue", "redis.url"
};

// A file that holds a password and that every user of the host gets at.
struct ExposedFile {
  std::string path;
  unsigned mode = 0;
};

struct LoadedConfig {
  Config config;
  std::string file;  // the file read, empty if none was found
  // For `config show`: dotted key -> where its value comes from ("--redis", "STINT_QUEUE",
  // "/etc/stint/stint.toml:12", "default").
  std::map<std::string, std::string> origins;
  std::vector<Shadowed> shadowed;  // by key
  // Where the password of Redis stands: as the file says, or the credential that is used.
  std::string password_file;
  std::vector<ExposedFile> exposed;
  std::string passed_over;  // a user's file that is another user's: see find_config_file()
};

// On failure: kConfig with "file:line:column: what; nearest key" (exit 78) or kInvalid for a flag
// or an environment variable that is wrong (exit 2). Reads STINT_CONFIG, STINT_REDIS_URL,
// STINT_NAMESPACE, STINT_QUEUE, STINT_STATE_DIR, XDG_*, HOME, STATE_DIRECTORY,
// CREDENTIALS_DIRECTORY. A file that was named and is not there is an error; that no file is found
// is none.
Result<LoadedConfig> load_config(const ConfigFlags& flags);

// One JSON object: every value in force, `origins` and `shadowed`. Without the password.
std::string config_to_json(const LoadedConfig& loaded);

}  // namespace stint
