// A file of people, as a whole: a configuration, a password.
#pragma once

#include <sys/types.h>

#include <string>

#include "common/config/toml/load.h"
#include "common/error.h"

namespace stint {

struct SmallFile {
  std::string text;
  mode_t mode = 0;  // of its rights
};

// On failure: kConfig with the path, the cause and, where rights are missing, who has them.
Result<SmallFile> read_small_file(const std::string& path);

// Of a file that holds a password: notes in loaded.exposed that others than its owner and its group
// get at it. What systemd hands over in CREDENTIALS_DIRECTORY is as systemd wants it.
void note_exposure(const std::string& path, const SmallFile& file, LoadedConfig& loaded);

}  // namespace stint
