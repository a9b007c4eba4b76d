// The verbs, one function a group: each adds its subcommands and sets `action` when one of them was
// chosen. Of the command line only this folder knows CLI11; what the verbs do stands in the folder
// above.
#pragma once

#include <string>
#include <vector>

#include "common/exit_code.h"
#include "daemon/cli/globals.h"

namespace CLI {
class App;
}

namespace stint::cli {

void add_global_options(CLI::App& app, Globals& globals);

void add_submit(CLI::App& app, Globals& globals, Action& action);
void add_job(CLI::App& app, Globals& globals, Action& action);
void add_rejected(CLI::App& app, Globals& globals, Action& action);
void add_queue(CLI::App& app, Globals& globals, Action& action);
void add_doctor(CLI::App& app, Globals& globals, Action& action);
void add_tools(CLI::App& app, Globals& globals, Action& action);
void add_completion(CLI::App& app, Globals& globals, Action& action);

// `stint --complete WORD...`, for shells: prints what the last word may become. See completion.h.
ExitCode complete(CLI::App& root, const std::vector<std::string>& words);

}  // namespace stint::cli
