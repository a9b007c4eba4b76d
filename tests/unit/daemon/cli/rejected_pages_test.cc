#include "daemon/cli/rejected_pages.h"

#include <catch2/catch.hpp>

using namespace stint::cli;

namespace {

std::string entry(const std::string& at, const std::string& raw) {
  return "\n{\"at\":\"" + at + "\",\"from\":\"inbox\",\"reason\":\"no\"}\n" + raw;
}

}  // namespace

TEST_CASE("rejected pages: no entry comes twice where others were refused between two pages") {
  const std::string last = entry("2026-11-20T10:00:05.000Z", "last");
  const std::string newer = entry("2026-11-20T10:00:06.000Z", "newer");
  const std::string older = entry("2026-11-20T10:00:04.000Z", "older");
  CHECK(count_seen({last, older}, last) == 1);
  CHECK(count_seen({newer, last, older}, last) == 2);
  CHECK(count_seen({last, last, older}, last) == 1);  // two alike are two
  CHECK(count_seen({newer, newer}, last) == 2);       // moved by more than a page
  CHECK(count_seen({newer, older}, last) == 1);       // somebody took it away
  CHECK(count_seen({older}, last) == 0);
  CHECK(count_seen({}, last) == 0);
}
