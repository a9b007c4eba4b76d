// For the files that read scripts' answers: the one error for an answer of another shape than
// docs/protocol.md says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/error.h"
#include "common/redis/reply.h"

namespace stint {

inline Error unexpected_answer(std::string_view script) {
  return {ErrorCode::kInternal,
          "Redis gave an answer to " + std::string(script) +
              " that this release does not understand; is another release running?"};
}

// An answer a job, flat: a word and how many jobs in a row have it. Each job's word is handed to
// `take`, until that says no; answers whether there were so many jobs, and `take` said yes to each.
template <typename Take>
bool read_rows(redis::ReplyView reply, size_t count, Take&& take) {
  if (!reply.is_array() || reply.size() % 2 != 0) {
    return false;
  }
  size_t left = count;
  for (size_t i = 0; i < reply.size(); i += 2) {
    const int64_t in_a_row = reply[i + 1].integer();
    if (in_a_row <= 0 || static_cast<uint64_t>(in_a_row) > left) {
      return false;
    }
    left -= static_cast<size_t>(in_a_row);
    for (int64_t k = 0; k < in_a_row; ++k) {
      if (!take(reply[i].str())) {
        return false;
      }
    }
  }
  return left == 0;
}

}  // namespace stint
