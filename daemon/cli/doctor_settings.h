// Whether this Redis is set up to keep what was promised. Pure: from the text of INFO.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/queue/judge.h"

namespace stint::cli {

struct SettingsFinding {
  Finding finding;       // key: the setting's name; detail ends with what to do
  bool warning = false;  // else it breaks a promise: jobs can be lost, or nothing works
};

// format: of `<namespace>:meta`, empty if it is not there. in_use: a daemon has entered a queue.
std::vector<SettingsFinding> judge_settings(std::string_view info, const std::string& meta,
                                            const std::optional<std::string>& format, bool in_use);

}  // namespace stint::cli
