// Any bytes as an inbox entry. The scanner takes exactly the JSON that nlohmann/json takes, and
// sees the same members; a job that is accepted is well formed and keeps its bytes in the record.
#include <map>

#include <nlohmann/json.hpp>

#include "common/job/json_scan.h"
#include "common/job/record.h"
#include "common/job/spec.h"
#include "common/text/text.h"
#include "tests/fuzz/fuzz.h"

namespace stint {
namespace {

using Json = nlohmann::json;

enum class Taken { kYes, kNo, kOtherLimits };

Taken taken_by_nlohmann(std::string_view text, Json& out) {
  if (text.find('\0') != std::string_view::npos) {
    return Taken::kNo;  // it takes a NUL for the end
  }
  try {
    out = Json::parse(text);
    return Taken::kYes;
  } catch (const Json::out_of_range&) {
    return Taken::kOtherLimits;  // a number beyond a double's range: syntax allows it
  } catch (const Json::parse_error&) {
    return Taken::kNo;
  }
}

bool has_other_limits(const Error& error) {
  return error.message.starts_with("nested deeper") ||
         error.message.find("byte order mark") != std::string::npos;
}

void check_members(std::string_view text, const Json& object) {
  std::map<std::string, std::string> seen;
  auto scanned = json::scan(text, kMaxParamsDepth, [&](auto key, auto value) -> Result<void> {
    seen[json::unescape(key)] = std::string(value);
    return {};
  });
  if (!scanned) {
    STINT_CHECK(has_other_limits(scanned.error()));
    return;
  }
  STINT_CHECK(seen.size() == (object.is_object() ? object.size() : 0));
  for (const auto& [key, value] : seen) {
    STINT_CHECK(object.contains(key));
    STINT_CHECK(Json::parse(value) == object.at(key));
  }
}

void check_scanner(std::string_view text) {
  Json parsed;
  Taken taken = taken_by_nlohmann(text, parsed);
  auto scanned = json::scan(text, kMaxParamsDepth);
  if (!scanned) {
    fuzz::check_error(scanned.error());
    STINT_CHECK(taken != Taken::kYes || has_other_limits(scanned.error()));
    return;
  }
  STINT_CHECK(taken != Taken::kNo);
  if (taken == Taken::kYes) {
    check_members(text, parsed);
  }
  if (taken == Taken::kYes && parsed.is_string()) {
    size_t begin = text.find('"');
    std::string_view literal = text.substr(begin + 1, text.rfind('"') - begin - 1);
    STINT_CHECK(json::unescape(literal) == parsed.get<std::string>());
    STINT_CHECK(Json::parse(json_string(parsed.get<std::string>())) == parsed);
  }
}

void check_accepted(const JobSpec& spec) {
  STINT_CHECK(check_task_id(spec.task).ok() && check_job_id(spec.id).ok());
  STINT_CHECK(check_resource(spec.resource).ok() && fuzz::in_bounds(spec.limits));
  STINT_CHECK(check_json(spec.params, kMaxParams, kMaxParamsDepth).ok());
  STINT_CHECK(!spec.limits.grace && !(spec.delay && spec.at_ms));
}

void check_in_record(const JobSpec& spec) {
  std::string text = make_record(spec, "nonce", 1763661387123);
  auto record = parse_record(text);
  STINT_CHECK(record.ok());
  STINT_CHECK(record->task == spec.task && record->resource == spec.resource);
  STINT_CHECK(record->created_ms == 1763661387123 && record->nonce == "nonce");
  STINT_CHECK(fuzz::same(record->limits, spec.limits));
  STINT_CHECK(record->params.has_value() != params_apart(spec));
  STINT_CHECK(!record->params || *record->params == spec.params);
}

void check_spec(std::string_view text) {
  auto spec = parse_spec(text);
  auto id = peek_id(text);
  STINT_CHECK(!id || check_job_id(*id).ok());
  if (!spec) {
    STINT_CHECK(spec.error().code == ErrorCode::kInvalid);
    fuzz::check_error(spec.error());
    return;
  }
  STINT_CHECK(!id || *id == spec->id);
  check_accepted(*spec);
  check_in_record(*spec);
}

}  // namespace
}  // namespace stint

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text = stint::fuzz::Input(data, size).rest();
  stint::check_scanner(text);
  stint::check_spec(text);
  return 0;
}
