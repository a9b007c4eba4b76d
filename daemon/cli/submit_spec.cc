#include <algorithm>
#include <string_view>

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

// "field 'crash_limit': ..." -> "--crash-limit: ...": here it was an option, and params stood
// there.
Error as_option(const Error& error, const std::string& params) {
  constexpr std::string_view kField = "field '";
  size_t end = error.message.find("': ");
  if (!error.message.starts_with(kField) || end == std::string::npos) {
    return error;
  }
  std::string name = error.message.substr(kField.size(), end - kField.size());
  std::replace(name.begin(), name.end(), '_', '-');
  std::string option = name == "task" ? "TASK" : name == "params" ? params : "--" + name;
  return {error.code, option + error.message.substr(end + 1)};
}

}  // namespace

Result<JobSpec> spec_of(const SubmitOptions& o) {
  if (o.job.delay && o.job.at) {
    return Error{ErrorCode::kInvalid, "either --delay or --at, not both"};
  }
  if (o.params && o.params_file) {
    return Error{ErrorCode::kInvalid, "either -p or --params-file, not both"};
  }
  std::string params = o.params.value_or("null");
  if (o.params_file) {
    auto read = read_input(*o.params_file, kMaxParams + 4096);
    if (!read) {
      return read.error();
    }
    params = std::move(*read);
  }
  JobFields fields = o.job;
  fields.params = trimmed(params);  // byte for byte but for space around them
  auto spec = stint::spec_of(fields);
  return spec ? std::move(spec)
              : Result<JobSpec>(as_option(spec.error(), o.params_file.value_or("-p")));
}

}  // namespace stint::cli
