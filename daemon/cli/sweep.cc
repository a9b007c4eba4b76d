#include "daemon/cli/sweep.h"

#include <cstdlib>
#include <vector>

#include "common/queue/upkeep.h"
#include "daemon/cli/json_object.h"
#include "daemon/cli/session.h"

namespace stint::cli {
namespace {

class SweepRun {
 public:
  explicit SweepRun(Session& session) : session_(session) {}

  ExitCode run() {
    std::string cursor = "0";
    do {
      auto next = page(cursor);
      if (!next) {
        return session_.out().fail(next.error());
      }
      cursor = *next;
    } while (cursor != "0");
    if (!session_.out().json()) {
      session_.out().note(counted(swept_, "attempt") + " settled of " + grouped(seen_) + " active");
    }
    return ExitCode::kOk;
  }

 private:
  Result<std::string> page(const std::string& cursor) {
    auto replies = session_.ask_all(
        {redis::plain({"TIME"}),
         redis::plain({"HSCAN", session_.keys()("active"), cursor, "COUNT", "100"})});
    if (!replies[0] || !replies[1]) {
      return replies[0] ? replies[1].error() : replies[0].error();
    }
    auto time = replies[0]->view();
    auto scanned = replies[1]->view();
    if (time.size() != 2 || scanned.size() != 2) {
      return Error{ErrorCode::kInternal, "sweep: unexpected answer from Redis"};
    }
    int64_t now_ms = time[0].integer() * 1000 + time[1].integer() / 1000;
    auto suspects = suspects_of(scanned[1], now_ms);
    if (!suspects) {
      return suspects.error();
    }
    for (size_t from = 0; from < suspects->size(); from += kBatchJobs) {
      size_t size = std::min(kBatchJobs, suspects->size() - from);
      if (auto settled = settle(std::span(*suspects).subspan(from, size)); !settled) {
        return settled.error();
      }
    }
    return std::string(scanned[0].str());
  }

  Result<std::vector<Suspect>> suspects_of(redis::ReplyView flat, int64_t now_ms) {
    redis::Command marks = redis::plain({"ZMSCORE", session_.keys()("leases")});
    for (size_t i = 0; i + 1 < flat.size(); i += 2) {
      marks.args.emplace_back(flat[i].str());
    }
    std::vector<Suspect> suspects;
    if (marks.args.size() == 2) {
      return suspects;
    }
    auto reply = session_.ask(marks);
    if (!reply) {
      return reply.error();
    }
    for (size_t i = 0; i + 1 < flat.size(); i += 2) {
      ++seen_;
      std::string mark(reply->view()[i / 2].str());
      std::string value(flat[i + 1].str());
      if (is_past_lease(value, mark, now_ms)) {
        suspects.push_back({std::string(flat[i].str()), value, mark});
      }
    }
    return suspects;
  }

  Result<void> settle(std::span<const Suspect> suspects) {
    milliseconds keep = queue_limits(session_.queue_config()).keep;
    // Sent again after a lost reply it settles nothing twice: the script compares what was seen.
    auto reply = session_.ask(sweep(session_.keys(), keep, suspects));
    if (!reply) {
      return reply.error();
    }
    auto swept = parse_sweep(reply->view());
    if (!swept) {
      return swept.error();
    }
    for (const auto& job : *swept) {
      ++swept_;
      const Output& out = session_.out();
      out.line(out.json() ? JsonObject()
                                .text("id", std::string_view(job.id))
                                .text("state", to_string(job.place))
                                .str()
                          : shown(job.id) + ": is " + std::string(to_string(job.place)));
    }
    return {};
  }

  Session& session_;
  int64_t seen_ = 0;
  int64_t swept_ = 0;
};

}  // namespace

bool is_past_lease(const std::string& active, const std::string& mark, int64_t now_ms) {
  auto entry = parse_active(active);
  if (!entry) {
    return true;
  }
  int64_t renewed =
      mark.empty() ? entry->claimed_ms : static_cast<int64_t>(std::strtod(mark.c_str(), nullptr));
  return now_ms > renewed + entry->lease.count();
}

ExitCode run_sweep(const Globals& globals) {
  auto session = Session::open(globals);
  if (!session) {
    return Output(globals).fail(session.error());
  }
  return SweepRun(*session).run();
}

}  // namespace stint::cli
