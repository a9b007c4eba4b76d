// The cursor of `job list` as text: base64 of a JSON array, for each place null or the members of
// its mark.
#include <nlohmann/json.hpp>

#include "common/job/limits.h"
#include "daemon/cli/base64.h"
#include "daemon/cli/job_list.h"

namespace stint::cli {
namespace {

constexpr size_t kMostBytes = 16'384;  // six ids of 256 bytes, each byte as six, as base64

std::optional<PlaceMark> parse_mark(const nlohmann::json& json) {
  if (json.is_null()) {
    return PlaceMark{};
  }
  bool fits = json.is_array() && json.size() == 4 && json[0].is_string() &&
              json[1].is_number_integer() && json[2].is_number_integer() && json[3].is_boolean();
  if (!fits) {
    return std::nullopt;
  }
  PlaceMark mark{json[0].get<std::string>(), json[1].get<int64_t>(), json[2].get<int64_t>(),
                 json[3].get<bool>()};
  bool in_bounds = mark.id.size() <= kMaxIdBytes && mark.score >= 0 && mark.plus >= 0;
  return in_bounds ? std::optional(mark) : std::nullopt;
}

std::optional<Cursor> parse(std::string_view text) {
  auto bytes = text.size() <= kMostBytes ? from_base64(text) : std::nullopt;
  if (!bytes) {
    return std::nullopt;
  }
  auto json = nlohmann::json::parse(*bytes, nullptr, false);
  Cursor cursor;
  if (!json.is_array() || json.size() != cursor.size()) {
    return std::nullopt;
  }
  for (size_t i = 0; i < cursor.size(); ++i) {
    auto mark = parse_mark(json[i]);
    if (!mark) {
      return std::nullopt;
    }
    cursor[i] = std::move(*mark);
  }
  return cursor;
}

}  // namespace

std::string cursor_text(const Cursor& cursor) {
  auto json = nlohmann::json::array();
  for (const PlaceMark& mark : cursor) {
    bool empty = mark == PlaceMark{};
    json.push_back(empty ? nlohmann::json()
                         : nlohmann::json::array({mark.id, mark.score, mark.plus, mark.reserved}));
  }
  return to_base64(json.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
}

Result<Cursor> parse_cursor(std::string_view text) {
  auto cursor = parse(text);
  return cursor ? Result<Cursor>(std::move(*cursor))
                : Error{ErrorCode::kInvalid,
                        "--after: not a cursor of job list: give the word that it ended with"};
}

}  // namespace stint::cli
