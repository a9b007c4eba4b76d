#include "common/job/spec.h"

#include <array>
#include <charconv>

#include "common/job/json_scan.h"
#include "common/text/text.h"

namespace stint {
namespace {

// Garbage is looked through for an id no further than this, and nesting does not matter there.
constexpr size_t kPeekBytes = size_t{16} << 20;
constexpr int kPeekDepth = 1 << 20;

const std::array<std::string, 13>& spec_fields() {
  static const std::array<std::string, 13> fields = {
      "task",  "id", "resource", "params",  "retries", "crash_limit", "backoff",
      "delay", "at", "lease",    "timeout", "keep",    "type"};
  return fields;
}

// In the order of spec_fields().
enum class SpecField : size_t {
  kTask,
  kId,
  kResource,
  kParams,
  kRetries,
  kCrashLimit,
  kBackoff,
  kDelay,
  kAt,
  kLease,
  kTimeout,
  kKeep,
  kType
};

Error invalid(std::string message) {
  return {ErrorCode::kInvalid, std::move(message)};
}

// A value as it is shown in a message: short, on one line.
std::string shown(std::string_view value) {
  return escape(value, 48);
}

Result<std::string> string_of(std::string_view value) {
  const json::Kind kind = json::kind_of(value);
  if (kind != json::Kind::kString) {
    return invalid("must be a string, is " + std::string(json::to_string(kind)));
  }
  return json::unescape(value.substr(1, value.size() - 2));
}

Result<int> integer_of(std::string_view value, int min, int max) {
  int number = 0;
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (failure != std::errc() || end != value.data() + value.size() || number < min ||
      number > max) {
    return invalid("must be an integer from " + std::to_string(min) + " to " + std::to_string(max) +
                   ", is " + shown(value));
  }
  return number;
}

// A string; a bare number is handed on, so that it is refused (or, as 0, taken) like everywhere
// else.
Result<milliseconds> duration_of(std::string_view value, milliseconds min) {
  Result<milliseconds> duration = milliseconds(0);
  if (json::kind_of(value) == json::Kind::kNumber) {
    duration = parse_duration(value);
  } else {
    const Result<std::string> text = string_of(value);
    if (!text) {
      return text.error();
    }
    duration = parse_duration(*text);
  }
  if (duration && *duration < min) {
    return invalid("must be at least " + format_duration(min) + ", is " + shown(value));
  }
  return duration;
}

template <typename T, typename U>
Result<void> assign(U& target, Result<T> value) {
  if (!value) {
    return value.error();
  }
  target = std::move(*value);
  return {};
}

// Collects the members of one job; each may come once, and null is as good as absent.
class SpecReader {
 public:
  Result<void> take(std::string_view key, std::string_view value);
  Result<JobSpec> finish();

 private:
  Result<void> read(SpecField field, std::string_view value);
  Result<void> read_text(SpecField field, std::string_view value);
  Result<void> read_time(std::string_view value);
  Result<void> read_params(std::string_view value);

  JobSpec spec_;
  std::array<bool, 13> seen_{};
};

Result<SpecField> find_field(const std::string& name) {
  for (size_t i = 0; i < spec_fields().size(); ++i) {
    if (spec_fields().at(i) == name) {
      return static_cast<SpecField>(i);
    }
  }
  const std::optional<std::string> near = nearest(name, spec_fields());
  return invalid("unknown field '" + shown(name) + "'" +
                 (near ? ": did you mean '" + *near + "'?" : ""));
}

Result<void> SpecReader::take(std::string_view key, std::string_view value) {
  const std::string name = json::unescape(key);
  const Result<SpecField> field = find_field(name);
  if (!field) {
    return field.error();
  }
  bool& seen = seen_.at(static_cast<size_t>(*field));
  if (seen) {
    return invalid("field '" + name + "' is there twice");
  }
  seen = true;
  if (json::kind_of(value) == json::Kind::kNull) {
    return {};
  }
  const Result<void> read_it = read(*field, value);
  return read_it ? read_it : with_context("field '" + name + "'", read_it.error());
}

Result<void> SpecReader::read(SpecField field, std::string_view value) {
  switch (field) {
    case SpecField::kTask:
    case SpecField::kType:
    case SpecField::kId:
    case SpecField::kResource:
    case SpecField::kBackoff:
      return read_text(field, value);
    case SpecField::kParams:
      return read_params(value);
    case SpecField::kRetries:
      return assign(spec_.limits.retries, integer_of(value, 0, kMaxRetries));
    case SpecField::kCrashLimit:
      return assign(spec_.limits.crash_limit, integer_of(value, 1, kMaxRetries));
    case SpecField::kDelay:
      return assign(spec_.delay, duration_of(value, milliseconds(0)));
    case SpecField::kAt:
      return read_time(value);
    case SpecField::kLease:
      return assign(spec_.limits.lease, duration_of(value, kMinLease));
    case SpecField::kTimeout:
      return assign(spec_.limits.timeout, duration_of(value, milliseconds(0)));
    case SpecField::kKeep:
      return assign(spec_.limits.keep, duration_of(value, milliseconds(0)));
  }
  return {};
}

Result<void> SpecReader::read_text(SpecField field, std::string_view value) {
  Result<std::string> text = string_of(value);
  if (!text) {
    return text.error();
  }
  if (field == SpecField::kBackoff) {
    return assign(spec_.limits.backoff, parse_backoff(*text));
  }
  if (field == SpecField::kId) {
    spec_.id = std::move(*text);
    return check_job_id(spec_.id);
  }
  if (field == SpecField::kResource) {
    spec_.resource = std::move(*text);
    return check_resource(spec_.resource);
  }
  if (!spec_.task.empty()) {
    return invalid("'task' and 'type' are the same: give one of them");
  }
  spec_.task = std::move(*text);
  return check_task_id(spec_.task);
}

Result<void> SpecReader::read_time(std::string_view value) {
  const Result<std::string> text = string_of(value);
  auto at = text ? parse_time(*text) : Result<int64_t>(text.error());
  if (at && *at - now_wall_ms() > kMaxDuration.count()) {
    return invalid("time '" + shown(*text) + "' is out of range: at most 10 years (3650d) ahead");
  }
  return assign(spec_.at_ms, at);
}

Result<void> SpecReader::read_params(std::string_view value) {
  if (value.size() > kMaxParams) {
    return invalid("too large: " + std::to_string(value.size()) + " bytes, the limit is " +
                   std::to_string(kMaxParams));
  }
  spec_.params = value;
  return {};
}

Result<JobSpec> SpecReader::finish() {
  if (spec_.task.empty()) {
    return invalid("field 'task' is missing");
  }
  if (spec_.delay && spec_.at_ms) {
    return invalid("'delay' and 'at' exclude each other");
  }
  if (spec_.id.empty()) {
    spec_.id = new_job_id();
  }
  return std::move(spec_);
}

}  // namespace

Error spec_too_large(size_t bytes) {
  return invalid("too large: " + std::to_string(bytes) + " bytes, the limit is " +
                 std::to_string(kMaxParams) + " of params and 65536 of the rest");
}

Result<JobSpec> parse_spec(std::string_view json) {
  if (json.size() > kMaxSpecBytes) {
    return spec_too_large(json.size());
  }
  SpecReader reader;
  const Result<void> scanned = json::scan(
      json, kMaxParamsDepth,
      [&reader](std::string_view key, std::string_view value) { return reader.take(key, value); });
  if (!scanned) {
    return scanned.error();
  }
  const std::string_view value = json.substr(json.find_first_not_of(" \t\r\n"));
  if (value.front() != '{') {
    return invalid("a job must be a JSON object, is " +
                   std::string(json::to_string(json::kind_of(value))));
  }
  return reader.finish();
}

std::optional<std::string> peek_id(std::string_view json) {
  std::optional<std::string> id;
  // Only what stands before the first error counts; the error itself is parse_spec()'s to tell.
  (void)json::scan(json.substr(0, kPeekBytes), kPeekDepth,
                   [&id](std::string_view key, std::string_view value) -> Result<void> {
                     if (!id && json::unescape(key) == "id") {
                       const Result<std::string> text = string_of(value);
                       id = text ? *text : "";
                     }
                     return {};
                   });
  return id && check_job_id(*id) ? id : std::nullopt;
}

}  // namespace stint
