// Every key of stint.toml: its type, its bounds, and the member of Config that it sets. The example
// config/stint.toml documents each; unit/config_example_test proves that none is missing there.
#pragma once

#include <map>
#include <string>

#include "common/config/config.h"
#include "common/config/toml/table_reader.h"

namespace stint {

// What a file says beside Config: how to find Redis and the state directory, resolved later in
// load.cc.
struct FileSays {
  std::string redis_url;
  std::string password_file;
  std::string state_dir;
  std::map<std::string, std::string> queues_at;  // name of each [queues.NAME] -> "file:line"
};

// On failure: reading.error.
void read_schema(Reading& reading, const toml::table& root, Config& config, FileSays& says);

// A queue that has no table; notes its keys as defaults.
QueueConfig default_queue(const std::string& name, std::map<std::string, std::string>& origins);

// What maxmemory is a share of: the machine's memory, in bytes.
int64_t machine_memory();

}  // namespace stint
