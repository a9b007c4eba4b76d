#include "daemon/cli/doctor_settings.h"

#include <cstdint>

#include "common/queue/keys.h"
#include "common/redis/info.h"
#include "common/text/text.h"
#include "daemon/cli/output.h"

namespace stint::cli {
namespace {

constexpr int64_t kOldestMajor = 7;
constexpr int64_t kPressurePercent = 80;

class SettingsJudge {
 public:
  explicit SettingsJudge(std::string_view info) : info_(info) {}

  void judge_version() {
    std::string version(redis::info_field(info_, "redis_version"));
    if (!version.empty() && redis::info_number(info_, "redis_version") < kOldestMajor) {
      broken("redis-version", "redis_version",
             "Redis is version " + version + "; stint needs 7.0 or newer: upgrade Redis");
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
    if (most > 0 && used > most / 100 * kPressurePercent) {
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
