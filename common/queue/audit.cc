#include "common/queue/audit.h"

#include <string_view>

#include "common/queue/answer.h"
#include "lua/audit.lua.h"

namespace stint {
namespace {

constexpr size_t kAuditFields = 8;

struct AuditWord {
  std::string_view word;
  bool Audited::*flag;
};
constexpr AuditWord kAuditWords[] = {
    {"known", &Audited::known},
    {"scheduled", &Audited::scheduled},
    {"blocked", &Audited::blocked},
    {"failed", &Audited::failed},
    {"done", &Audited::done},
    {"leases", &Audited::lease},
    {"cancels", &Audited::cancel},
    {"params", &Audited::params},
    {"errors", &Audited::errors},
    {"outcomes", &Audited::outcome},
    {"logs", &Audited::logs},
    {"log", &Audited::log_list},
    {"rejected", &Audited::rejected},
    {"inline", &Audited::params_inline},
    {"apart", &Audited::params_apart},
    {"waits", &Audited::waits},
    {"far", &Audited::far},
};

void note_word(Audited& job, std::string_view word) {
  if (word == "unreadable") {
    job.line_readable = false;
  }
  for (const auto& known : kAuditWords) {
    if (known.word == word) {
      job.*known.flag = true;
    }
  }
}

Audited read_audited(redis::ReplyView line) {
  Audited job;
  for (std::string_view words = line[0].str(); !words.empty();) {
    size_t stop = words.find(' ');
    note_word(job, words.substr(0, stop));
    words.remove_prefix(stop == std::string_view::npos ? words.size() : stop + 1);
  }
  job.active = line[1].str();
  job.resource = line[2].str();
  job.ghosts = line[3].integer();
  job.log_bytes = line[4].integer();
  job.holder = line[5].str();
  if (line[6].is_integer()) {
    job.copies = line[6].integer();
  }
  job.weight = line[7].integer();
  return job;
}

}  // namespace

redis::Command audit(const Keys& keys, int64_t longest, std::span<const std::string> ids) {
  std::vector<std::string> args;
  args.reserve(ids.size() + 1);
  args.push_back(std::to_string(longest));
  args.insert(args.end(), ids.begin(), ids.end());
  return redis::call(lua::k_audit, keys.prefix(), std::move(args));
}

Result<std::vector<Audited>> parse_audit(redis::ReplyView reply, size_t count) {
  if (!reply.is_array() || reply.size() != count) {
    return unexpected_answer("audit");
  }
  std::vector<Audited> jobs;
  jobs.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    if (reply[i].size() != kAuditFields) {
      return unexpected_answer("audit");
    }
    jobs.push_back(read_audited(reply[i]));
  }
  return jobs;
}

}  // namespace stint
