// The part of a QueueExam that looks at the counters.
#include <cstdlib>

#include "common/job/limits.h"
#include "common/text/text.h"
#include "daemon/cli/doctor_queue.h"

namespace stint::cli {
namespace {

bool is_number(std::string_view text) {
  std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  return !digits.empty() && digits.size() < 19 &&
         digits.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Result<QueueExam::Stats> QueueExam::read_stats() {
  auto replies = ask_for(
      ask_, {redis::plain({"HGETALL", keys_("stats")}), redis::plain({"ZCARD", keys_("done")})});
  if (!replies) {
    return replies.error();
  }
  Stats stats;
  auto flat = replies->front().view();
  for (size_t i = 0; i + 1 < flat.size(); i += 2) {
    stats.emplace(flat[i].str(), flat[i + 1].str());
  }
  stats.emplace("", std::to_string((*replies)[1].view().integer()));  // no field: `done`
  return stats;
}

// A sum says something only where nothing moved while all was seen, and nothing else is wrong.
Result<void> QueueExam::check_stats(const Stats& before) {
  auto now = read_stats();
  if (!now) {
    return now.error();
  }
  for (const auto& [field, value] : *now) {
    if (!field.empty() && !is_number(value)) {
      Finding finding{"counter-garbage", keys_("stats"), "",
                      "the field " + escape(field, kMaxIdBytes) + " is no number"};
      finding.recount = Recount{field, value, 0};
      report(std::move(finding));
    }
  }
  auto kept = now->find("kept_bytes");
  std::string said = kept == now->end() ? "" : kept->second;
  if (!said_.empty() || *now != before || weight_ == std::atoll(said.c_str())) {
    return {};
  }
  Finding finding{"kept-bytes", keys_("stats"), "",
                  "finished jobs have " + std::to_string(weight_) +
                      " bytes, the field kept_bytes says " + (said.empty() ? "none" : said)};
  finding.recount = Recount{"kept_bytes", said, weight_};
  report(std::move(finding));
  return {};
}

}  // namespace stint::cli
