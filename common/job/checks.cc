// The check_* functions of spec.h: what may be a task, an id, a resource, a name, a JSON value.
#include "common/job/json_scan.h"
#include "common/job/spec.h"
#include "common/text/text.h"

namespace stint {
namespace {

constexpr size_t kMaxTaskBytes = 128;
constexpr size_t kMaxNameBytes = 64;

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

Error refused(std::string_view what, std::string_view text, const std::string& rule) {
  return {ErrorCode::kInvalid, std::string(what) + " '" + escape(text, 80) + "' " + rule};
}

Result<void> check_word(std::string_view what, std::string_view text, std::string_view punctuation,
                        size_t max_bytes) {
  bool good = !text.empty() && is_alnum(text.front()) && text.size() <= max_bytes;
  for (const char c : text) {
    good = good && (is_alnum(c) || punctuation.find(c) != std::string_view::npos);
  }
  if (good) {
    return {};
  }
  return refused(what, text,
                 "must be 1 to " + std::to_string(max_bytes) + " letters, digits and any of " +
                     std::string(punctuation) + ", and begin with a letter or digit");
}

Result<void> check_text(std::string_view what, std::string_view text, size_t max_bytes) {
  if (text.size() > max_bytes) {
    return refused(what, text,
                   "is too long: " + std::to_string(text.size()) + " bytes, the limit is " +
                       std::to_string(max_bytes));
  }
  if (!is_utf8(text)) {
    return refused(what, text, "is not UTF-8");
  }
  if (has_control(text)) {
    return refused(what, text, "holds a control character");
  }
  return {};
}

}  // namespace

Result<void> check_task_id(std::string_view text) {
  return check_word("task", text, "._:-", kMaxTaskBytes);
}

Result<void> check_name(std::string_view text) {
  return check_word("name", text, "._-", kMaxNameBytes);
}

Result<void> check_job_id(std::string_view text) {
  if (text.empty()) {
    return Error{ErrorCode::kInvalid, "id is empty: leave it out to have one made"};
  }
  return check_text("id", text, kMaxIdBytes);
}

Result<void> check_resource(std::string_view text) {
  return check_text("resource", text, kMaxResourceBytes);
}

Result<void> check_json(std::string_view text, size_t max_bytes, int max_depth) {
  if (text.size() > max_bytes) {
    return Error{ErrorCode::kInvalid, "too large: " + std::to_string(text.size()) +
                                          " bytes, the limit is " + std::to_string(max_bytes)};
  }
  return json::scan(text, max_depth);
}

}  // namespace stint
