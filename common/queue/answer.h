// For the files that read scripts' answers: the one error for an answer of another shape than
// docs/protocol.md says.
#pragma once

#include <string>
#include <string_view>

#include "common/error.h"

namespace stint {

inline Error unexpected_answer(std::string_view script) {
  return {ErrorCode::kInternal,
          "Redis gave an answer to " + std::string(script) +
              " that this release does not understand; is another release running?"};
}

}  // namespace stint
