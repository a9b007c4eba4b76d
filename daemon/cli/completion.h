// `stint completion bash|zsh|fish` prints a script by which the shell asks `stint --complete
// WORD...` for each word that is begun: verbs and options out of the same tree that parses them,
// queues, tasks and ids out of Redis.
#pragma once

#include <string>
#include <vector>

#include "common/exit_code.h"
#include "daemon/cli/globals.h"

namespace stint::cli {

ExitCode print_completion(const Globals& globals, const std::string& shell);

// What a word may be, where the tree of verbs does not list it.
enum class WordKind {
  kNothing,
  kFile,
  kQueue,
  kTask,
  kJob,
  kState,
  kErrorKind,
  kGroup,
  kBackoff,
  kShell
};

WordKind kind_of_value(const std::string& option);        // "--task" -> kTask
WordKind kind_of_argument(const std::string& verb_path);  // "stint job show" -> kJob

// The words of that kind, live ones as far as Redis answers: at most 50 jobs, the newest.
std::vector<std::string> words_of_kind(const Globals& globals, WordKind kind);

}  // namespace stint::cli
