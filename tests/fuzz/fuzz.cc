#include "tests/fuzz/fuzz.h"

#include "common/text/text.h"

namespace stint::fuzz {

void check_error(const Error& error) {
  STINT_CHECK(!error.message.empty());
  STINT_CHECK(is_utf8(error.message));
  STINT_CHECK(!has_control(error.message));
}

}  // namespace stint::fuzz
