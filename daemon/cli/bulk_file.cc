#include "daemon/cli/bulk_file.h"

#include <string_view>

namespace stint::cli {
namespace {

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

BulkFile::Got BulkFile::read_line() {
  line_.clear();
  std::streambuf& buffer = *in_.rdbuf();
  int c = buffer.sbumpc();
  if (c == std::char_traits<char>::eof()) {
    return Got::kEnd;
  }
  ++number_;
  bool too_long = false;
  for (; c != std::char_traits<char>::eof(); c = buffer.sbumpc()) {
    ++bytes_;
    if (c == '\n') {
      break;
    }
    too_long = too_long || line_.size() >= kLongestLine;
    if (!too_long) {
      line_ += static_cast<char>(c);
    }
  }
  return too_long ? Got::kTooLong : Got::kLine;
}

std::optional<BulkLine> BulkFile::next() {
  while (true) {
    Got got = read_line();
    if (got == Got::kEnd) {
      return std::nullopt;
    }
    if (got == Got::kTooLong) {
      return BulkLine{number_, "the line is longer than 8 MiB"};
    }
    if (is_blank(line_)) {
      continue;
    }
    auto spec = parse_spec(line_);
    if (!spec) {
      return BulkLine{number_, spec.error().message};
    }
    return BulkLine{number_, std::move(*spec)};
  }
}

}  // namespace stint::cli
