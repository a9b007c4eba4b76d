// Apart from log.cc: whoever only reads a configuration links no logger.
#include <optional>
#include <string>

#include "common/log/log.h"
#include "common/text/text.h"

namespace stint::log {

Result<Level> parse_level(std::string_view text) {
  static const std::string names[] = {"debug", "info", "warning", "error"};
  for (int i = 0; i < 4; ++i) {
    if (text == names[i]) {
      return static_cast<Level>(i);
    }
  }
  const std::optional<std::string> near = nearest(text, names);
  return Error{ErrorCode::kInvalid, "log level '" + escape(text, 64) +
                                        "' is not one of debug, info, warning, error" +
                                        (near ? ": did you mean '" + *near + "'?" : "")};
}

Result<Format> parse_format(std::string_view text) {
  if (text == "text" || text == "json") {
    return text == "json" ? Format::kJson : Format::kText;
  }
  return Error{ErrorCode::kInvalid,
               "log format '" + escape(text, 64) + "' is neither text nor json"};
}

}  // namespace stint::log
