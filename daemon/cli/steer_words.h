// What `retry`, `delete` and `cancel` are called in sentences, and what an answer means for a job.
// Pure.
#pragma once

#include <string>

#include "client/steer.h"
#include "common/exit_code.h"
#include "daemon/cli/steer.h"

namespace stint::cli {

struct VerbWords {
  const char* plain;  // "retry"
  const char* past;   // "retried"
};
VerbWords words_of(Verb verb);

// "is pending again", "is active: --force cancels it first", ...
std::string answer_text(Verb verb, const Steered& answer);
ExitCode answer_code(const Steered& answer);
// For JSON: done, asked, refused, skipped, none.
const char* answer_word(const Steered& answer);

}  // namespace stint::cli
