// Which files are plugins, and whether a file may be loaded into a process that holds jobs. Looks,
// never loads.
#pragma once

#include <sys/types.h>

#include <span>
#include <string>
#include <vector>

#include "common/error.h"

namespace stint {

// The plugin files that the configured paths name: a file is itself, a directory all its *.so,
// sorted by name. A file that is named twice is there once. On failure: kConfig naming the path.
Result<std::vector<std::string>> find_plugin_files(std::span<const std::string> paths);

// Refuses, with kConfig: what is no regular ELF file of this machine, and what somebody else could
// have written: not owned by root or by our own user, or writable by group or others; the same for
// the folder it lies in. Folders further up are not judged.
Result<void> check_plugin_file(const std::string& path);
// The same for a daemon that runs as that user.
Result<void> check_plugin_file(const std::string& path, uid_t user);

}  // namespace stint
