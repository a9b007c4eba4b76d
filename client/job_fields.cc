#include "client/job_fields.h"

#include <array>
#include <utility>

#include "client/json_object.h"
#include "common/job/limits.h"
#include "common/text/text.h"

namespace stint {
namespace {

// Of task, id and resource together: within the limit on an entry, however they are escaped.
constexpr size_t kShort = 8192;

struct Text {
  const char* name;
  const std::string* value;  // null: not said
};

std::array<Text, 9> texts_of(const JobFields& fields) {
  auto said = [](const std::optional<std::string>& value) { return value ? &*value : nullptr; };
  return {{{"task", &fields.task},
           {"id", said(fields.id)},
           {"resource", said(fields.resource)},
           {"backoff", said(fields.backoff)},
           {"delay", said(fields.delay)},
           {"at", said(fields.at)},
           {"lease", said(fields.lease)},
           {"timeout", said(fields.timeout)},
           {"keep", said(fields.keep)}}};
}

std::string without_space_around(std::string json) {
  const char* space = " \t\r\n";
  json.erase(json.find_last_not_of(space) + 1);
  json.erase(0, json.find_first_not_of(space));
  return json;
}

bool says_little(const JobFields& fields) {
  const bool more = fields.backoff || fields.delay || fields.at || fields.lease || fields.timeout ||
                    fields.keep || fields.retries || fields.crash_limit;
  const size_t bytes = fields.task.size() + (fields.id ? fields.id->size() : 0) +
                       (fields.resource ? fields.resource->size() : 0);
  return !more && bytes <= kShort;
}

// Most jobs say a task, an id, a resource: judged by the same rules in the same order, without a
// detour over JSON.
Result<JobSpec> short_spec(JobFields& fields) {
  if (auto good = check_task_id(fields.task); !good) {
    return with_context("field 'task'", good.error());
  }
  if (auto good = fields.id ? check_job_id(*fields.id) : Result<void>(); !good) {
    return with_context("field 'id'", good.error());
  }
  if (auto good = fields.resource ? check_resource(*fields.resource) : Result<void>(); !good) {
    return with_context("field 'resource'", good.error());
  }
  JobSpec spec;
  spec.task = std::move(fields.task);
  spec.id = fields.id ? std::move(*fields.id) : new_job_id();
  spec.resource = fields.resource ? std::move(*fields.resource) : "";
  return spec;
}

std::string entry_of(const JobFields& fields) {
  JsonObject entry;
  for (const auto& [name, value] : texts_of(fields)) {
    if (value != nullptr) {
      entry.text(name, std::string_view(*value));
    }
  }
  if (fields.retries) {
    entry.number("retries", int64_t{*fields.retries});
  }
  if (fields.crash_limit) {
    entry.number("crash_limit", int64_t{*fields.crash_limit});
  }
  return entry.str();
}

}  // namespace

Result<JobSpec> spec_of(JobFields fields) {
  if (fields.delay && fields.at) {
    return Error{ErrorCode::kInvalid, "either delay or at, not both"};
  }
  if (auto good = check_json(fields.params, kMaxParams, kMaxParamsDepth); !good) {
    return with_context("field 'params'", good.error());
  }
  for (const auto& [name, value] : texts_of(fields)) {
    if (value != nullptr && !is_utf8(*value)) {
      return Error{ErrorCode::kInvalid, "field '" + std::string(name) + "': not UTF-8"};
    }
  }
  auto spec = says_little(fields) ? short_spec(fields) : parse_spec(entry_of(fields));
  if (spec) {
    // Checked above, and not read once more.
    spec->params = without_space_around(std::move(fields.params));
  }
  return spec;
}

}  // namespace stint
