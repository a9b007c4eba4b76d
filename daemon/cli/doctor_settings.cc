#include "daemon/cli/doctor_settings.h"

#include <charconv>
#include <cstdint>

#include "common/queue/keys.h"
#include "common/redis/info.h"
#include "common/text/text.h"
#include "daemon/cli/output.h"

namespace stint::cli {
namespace {

constexpr int64_t kOldestMajor = 7;
constexpr int64_t kPressurePercent = 80;
constexpr int64_t kFullPercent =
    99;  // what is refused gives its room back: it looks not quite full

struct Release {
  int64_t major = 0, minor = 0, patch = 0;
};

Release release_of(std::string_view version) {
  Release release;
  int64_t* parts[] = {&release.major, &release.minor, &release.patch};
  for (auto* part : parts) {
    size_t dot = version.find('.');
    auto digits = version.substr(0, dot);
    (void)std::from_chars(digits.data(), digits.data() + digits.size(), *part);
    version.remove_prefix(dot == std::string_view::npos ? version.size() : dot + 1);
  }
  return release;
}

// The first patch of each line without known holes that a client can use: CVE-2025-49844 (any user
// who may run scripts takes the server over) in the lines that were mended upstream,
// CVE-2023-41056 in 7.0, whose later holes distributions have mended without another number.
std::optional<int64_t> first_sound_patch(const Release& release) {
  struct Line {
    int64_t major, minor, patch;
  };
  constexpr Line kLines[] = {{7, 0, 15}, {7, 2, 11}, {7, 4, 6}, {8, 0, 4}, {8, 2, 2}};
  for (const auto& line : kLines) {
    if (line.major == release.major && line.minor == release.minor) {
      return line.patch;
    }
  }
  return std::nullopt;
}

class SettingsJudge {
 public:
  explicit SettingsJudge(std::string_view info) : info_(info) {}

  void judge_version() {
    std::string version(redis::info_field(info_, "redis_version"));
    if (!version.empty() && redis::info_number(info_, "redis_version") < kOldestMajor) {
      broken("redis-version", "redis_version",
             "Redis is version " + version + "; stint needs 7.0 or newer: upgrade Redis");
      return;
    }
    Release release = release_of(version);
    if (auto sound = first_sound_patch(release); sound && release.patch < *sound) {
      warn("redis-holes", "redis_version",
           "Redis " + version + " has known security holes: upgrade it to " +
               std::to_string(release.major) + "." + std::to_string(release.minor) + "." +
               std::to_string(*sound) + " or newer");
    }
  }
  void judge_eviction() {
    std::string policy(redis::info_field(info_, "maxmemory_policy"));
    if (!policy.empty() && policy != "noeviction") {
      broken("maxmemory-policy", "maxmemory-policy",
             "Redis throws jobs away when it is full (" + policy +
                 "): set maxmemory-policy noeviction");
    }
  }
  void judge_saving() {
    if (redis::info_field(info_, "aof_enabled") == "0") {
      warn("append-only", "appendonly",
           "Redis has no append-only file: if it dies, jobs since its last snapshot are lost; set "
           "appendonly yes");
    }
    if (redis::info_field(info_, "aof_enabled") == "1" &&
        redis::info_field(info_, "aof_last_write_status") == "err") {
      broken("append-only", "appendonly",
             "Redis cannot write its append-only file and refuses writes: look at its disk");
    }
  }
  void judge_memory() {
    int64_t most = redis::info_number(info_, "maxmemory");
    int64_t used = redis::info_number(info_, "used_memory");
    if (most > 0 && used >= most / 100 * kFullPercent) {
      broken("memory", "maxmemory",
             format_size(used) + " of " + format_size(most) +
                 " used: Redis is at its limit and takes no new jobs; delete failed jobs, raise "
                 "maxmemory, or let the queues drain");
    } else if (most > 0 && used > most / 100 * kPressurePercent) {
      warn("memory", "maxmemory",
           format_size(used) + " of " + format_size(most) +
               " used: finished jobs are no longer kept, and soon none can be submitted; raise "
               "maxmemory or delete failed jobs");
    }
  }
  void judge_format(const std::string& meta, const std::optional<std::string>& format,
                    bool in_use) {
    if (format && *format != kFormat) {
      broken("format", meta,
             "the data have format " + shown(*format, 64) + ", this stint knows format " +
                 std::string(kFormat) + ": use the matching release");
    } else if (!format && in_use) {
      warn("format", meta, "it does not say the format of the data: start stintd, which enters it");
    }
  }
  std::vector<SettingsFinding> take() { return std::move(found_); }

 private:
  void broken(std::string check, std::string key, std::string detail) {
    found_.push_back({{std::move(check), std::move(key), "", std::move(detail)}, false});
  }
  void warn(std::string check, std::string key, std::string detail) {
    found_.push_back({{std::move(check), std::move(key), "", std::move(detail)}, true});
  }

  std::string_view info_;
  std::vector<SettingsFinding> found_;
};

}  // namespace

std::vector<SettingsFinding> judge_settings(std::string_view info, const std::string& meta,
                                            const std::optional<std::string>& format, bool in_use) {
  SettingsJudge judge(info);
  judge.judge_version();
  judge.judge_eviction();
  judge.judge_saving();
  judge.judge_memory();
  judge.judge_format(meta, format, in_use);
  return judge.take();
}

}  // namespace stint::cli
