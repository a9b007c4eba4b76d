#include "client/job_fields.h"

#include <array>
#include <utility>

#include "client/json_object.h"
#include "common/job/limits.h"
#include "common/text/text.h"

namespace stint {
namespace {

std::string without_space_around(const std::string& json) {
  const char* space = " \t\r\n";
  const size_t begin = json.find_first_not_of(space);
  return json.substr(begin, json.find_last_not_of(space) + 1 - begin);
}

}  // namespace

Result<JobSpec> spec_of(const JobFields& fields) {
  if (fields.delay && fields.at) {
    return Error{ErrorCode::kInvalid, "either delay or at, not both"};
  }
  if (auto good = check_json(fields.params, kMaxParams, kMaxParamsDepth); !good) {
    return with_context("field 'params'", good.error());
  }
  const std::optional<std::string> task(fields.task);
  const std::array<std::pair<const char*, const std::optional<std::string>&>, 9> texts{
      {{"task", task},
       {"id", fields.id},
       {"resource", fields.resource},
       {"backoff", fields.backoff},
       {"delay", fields.delay},
       {"at", fields.at},
       {"lease", fields.lease},
       {"timeout", fields.timeout},
       {"keep", fields.keep}}};
  JsonObject entry;
  for (const auto& [name, value] : texts) {
    if (value && !is_utf8(*value)) {
      return Error{ErrorCode::kInvalid, "field '" + std::string(name) + "': not UTF-8"};
    }
    if (value) {
      entry.text(name, value);
    }
  }
  if (fields.retries) {
    entry.number("retries", int64_t{*fields.retries});
  }
  if (fields.crash_limit) {
    entry.number("crash_limit", int64_t{*fields.crash_limit});
  }
  auto spec = parse_spec(entry.str());
  if (spec) {
    spec->params = without_space_around(fields.params);  // checked above, and not read once more
  }
  return spec;
}

}  // namespace stint
