// A file of JSON lines, a job each, read line by line: never the whole of it in memory. Bad lines
// come out as such, with their number; empty ones are passed over. Pure but for the stream. One
// thread.
#pragma once

#include <array>
#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <variant>

#include "common/job/spec.h"

namespace stint::cli {

struct BulkLine {
  int64_t number = 0;                      // from 1
  std::variant<JobSpec, std::string> job;  // or why it is none
};

class BulkFile {
 public:
  explicit BulkFile(std::istream& in) : in_(in) {}
  std::optional<BulkLine> next();  // empty: the end
  int64_t bytes_read() const { return bytes_; }
  int64_t lines_read() const { return number_; }

 private:
  enum class Got { kLine, kTooLong, kEnd };
  Got read_line();
  std::istream& in_;
  std::string line_;
  std::array<char, 65536> part_;
  int64_t number_ = 0;
  int64_t bytes_ = 0;
};

// Longer lines cannot hold a job that is allowed: parameters of 1 MiB and a resource of 4 KiB, all
// escaped.
inline constexpr size_t kLongestLine = size_t{8} << 20;

}  // namespace stint::cli
