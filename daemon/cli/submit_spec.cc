#include <algorithm>
#include <array>
#include <string_view>

#include "client/json_object.h"
#include "common/text/text.h"
#include "daemon/cli/submit.h"

namespace stint::cli {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  size_t first = text.find_first_not_of(kSpace);
  return first == std::string_view::npos
             ? ""
             : text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// The parameters, byte for byte but for space around them.
Result<std::string> params_of(const SubmitOptions& o) {
  if (o.params && o.params_file) {
    return Error{ErrorCode::kInvalid, "either -p or --params-file, not both"};
  }
  std::string text = o.params.value_or("null");
  std::string where = "-p";
  if (o.params_file) {
    auto read = read_input(*o.params_file, kMaxParams + 4096);
    if (!read) {
      return read.error();
    }
    text = std::move(*read);
    where = *o.params_file;
  }
  text = std::string(trimmed(text));
  if (auto good = check_json(text, kMaxParams, kMaxParamsDepth); !good) {
    return with_context(where, good.error());
  }
  return text;
}

struct TextField {
  const char* name;
  const char* option;
  const std::optional<std::string>& value;
};

// "field 'crash_limit': ..." -> "--crash-limit: ...": here it was an option.
Error as_option(const Error& error) {
  constexpr std::string_view kField = "field '";
  size_t end = error.message.find("': ");
  if (!error.message.starts_with(kField) || end == std::string::npos) {
    return error;
  }
  std::string name = error.message.substr(kField.size(), end - kField.size());
  std::replace(name.begin(), name.end(), '_', '-');
  std::string option = name == "task" ? "TASK" : name == "params" ? "-p" : "--" + name;
  return {error.code, option + error.message.substr(end + 1)};
}

}  // namespace

Result<JobSpec> spec_of(const SubmitOptions& o) {
  if (o.delay && o.at) {
    return Error{ErrorCode::kInvalid, "either --delay or --at, not both"};
  }
  auto params = params_of(o);
  if (!params) {
    return params.error();
  }
  JsonObject entry;
  entry.text("task", std::string_view(o.task));
  const std::array<TextField, 8> texts{{{"id", "--id", o.id},
                                        {"resource", "--resource", o.resource},
                                        {"backoff", "--backoff", o.backoff},
                                        {"delay", "--delay", o.delay},
                                        {"at", "--at", o.at},
                                        {"lease", "--lease", o.lease},
                                        {"timeout", "--timeout", o.timeout},
                                        {"keep", "--keep", o.keep}}};
  for (const auto& field : texts) {
    if (field.value && !is_utf8(*field.value)) {
      return Error{ErrorCode::kInvalid, std::string(field.option) + ": not UTF-8"};
    }
    if (field.value) {
      entry.text(field.name, std::string_view(*field.value));
    }
  }
  if (o.retries) {
    entry.number("retries", int64_t{*o.retries});
  }
  if (o.crash_limit) {
    entry.number("crash_limit", int64_t{*o.crash_limit});
  }
  entry.raw("params", *params);
  auto spec = parse_spec(entry.str());
  return spec ? std::move(spec) : Result<JobSpec>(as_option(spec.error()));
}

}  // namespace stint::cli
