// What a worker would say of each plugin by itself, so that one that is refused hides nothing of
// the others.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/plugin_check.h"
#include "daemon/cli/output.h"

namespace stint::cli {

struct PluginVerdicts {
  struct Refused {
    std::string path;  // a file, or what is none
    std::string why;   // one line
  };
  std::vector<CheckedPlugin> good;
  std::vector<Refused> refused;
};

// paths: files and folders. On failure: kConfig if each is good and only together they are refused
// (one takes a name of another); kInternal if they could not be judged.
Result<PluginVerdicts> judge_plugins(std::span<const std::string> paths);

// A line on stderr, and with --json an object on stdout.
void print_refused(const Output& out, const PluginVerdicts::Refused& refused);

}  // namespace stint::cli
