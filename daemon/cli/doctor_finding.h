// How the doctor says what it found: one JSON object, or one line for people.
#pragma once

#include <string>

#include "common/queue/judge.h"

namespace stint::cli {

std::string finding_json(const Finding& finding, bool repaired = false);
std::string finding_line(const Finding& finding, bool repaired = false);

}  // namespace stint::cli
