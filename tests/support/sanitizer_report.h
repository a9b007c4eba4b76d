// A sanitizer's report on what a process of ours wrote. A worker's report ends neither it nor its
// test: somebody has to read it.
#pragma once

#include <string>

#include <catch2/catch.hpp>

namespace stint::test {

// Reports are not what tasks of tests are made for: they end by signals that ours handle.
inline void expect_no_report(const std::string& text) {
  for (const char* mark : {"Sanitizer: ", "runtime error: "}) {
    if (size_t at = text.find(mark); at != std::string::npos) {
      size_t line = text.rfind('\n', at);
      FAIL_CHECK(text.substr(line == std::string::npos ? 0 : line, 8'000));
      return;
    }
  }
}

}  // namespace stint::test
