#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

#include "daemon/cli/submit.h"

namespace stint::cli {
namespace {

Error unreadable(const std::string& path) {
  return {ErrorCode::kInternal,
          "cannot read " + path + ": " + std::generic_category().message(errno)};
}

}  // namespace

Result<std::string> read_input(const std::string& path, size_t max_bytes) {
  std::ifstream file;
  if (path != "-") {
    errno = 0;
    file.open(path, std::ios::binary);
    if (!file) {
      return unreadable(path);
    }
  }
  std::istream& in = path == "-" ? std::cin : file;
  std::string text(max_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(in.gcount()));
  if (in.bad() || (text.empty() && path != "-" && errno == EISDIR)) {
    return unreadable(path);
  }
  if (text.size() > max_bytes) {
    return Error{ErrorCode::kInvalid,
                 path + ": longer than " + std::to_string(max_bytes) + " bytes"};
  }
  return text;
}

}  // namespace stint::cli
