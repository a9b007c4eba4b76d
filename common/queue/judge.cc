#include "common/queue/judge.h"

#include "common/queue/upkeep.h"
#include "common/text/text.h"

namespace stint {
namespace {

constexpr size_t kShown = 256;

// Gathers the findings about one id.
class JobJudge {
 public:
  JobJudge(const Keys& keys, const std::string& id, const Audited& job)
      : keys_(keys), id_(id), job_(job) {}

  std::vector<Finding> judge();

 private:
  void say(std::string check, std::string key, std::string detail) {
    Finding finding{std::move(check), std::move(key), id_, std::move(detail)};
    finding.resource = job_.resource;
    found_.push_back(std::move(finding));
  }
  void judge_unknown(const std::vector<std::string>& places);
  void judge_place();
  void judge_active();
  void judge_blocked();
  void judge_ended(bool ended);
  void judge_params();
  void judge_log();

  const Keys& keys_;
  const std::string& id_;
  const Audited& job_;
  std::vector<Finding> found_;
};

// Without pending, which is no table.
std::vector<std::string> tables_with(const Audited& job) {
  std::vector<std::string> places;
  auto add = [&places](bool is_there, const char* name) {
    if (is_there) {
      places.emplace_back(name);
    }
  };
  add(!job.active.empty(), "active");
  add(job.scheduled, "scheduled");
  add(job.blocked, "blocked");
  add(job.failed, "failed");
  add(job.done, "done");
  return places;
}

std::string place_name(const Audited& job) {
  auto places = tables_with(job);
  return places.empty() ? "pending" : places.front();
}

std::string resource_text(std::string_view resource) {
  return "resource " + escape(resource, kShown);
}

std::vector<Finding> JobJudge::judge() {
  auto places = tables_with(job_);
  if (job_.lease && job_.active.empty()) {
    say("lease-leak", keys_("leases"), "a lease, but the job is not active");
  }
  if (job_.cancel && job_.active.empty()) {
    say("cancel-leak", keys_("cancels"), "asked to stop, but the job is not active");
  }
  if (!job_.known) {
    judge_unknown(places);
  } else if (places.size() > 1) {
    say("id-twice", keys_(places[1]), "in " + places[0] + " and in " + places[1]);
  } else {
    judge_place();
  }
  judge_params();
  judge_log();
  return std::move(found_);
}

void JobJudge::judge_unknown(const std::vector<std::string>& places) {
  for (const auto& place : places) {
    say("id-unknown", keys_(place), "in " + place + ", but there is no such job");
  }
  if (job_.errors) {
    say("errors-leak", keys_("errors"), "errors of a job that does not exist");
  }
  if (job_.outcome && !job_.rejected) {
    say("outcome-leak", keys_("outcomes"), "an outcome, but there is no such job");
  }
}

void JobJudge::judge_place() {
  bool ended = job_.failed || job_.done;
  if (job_.far && (job_.scheduled || job_.done)) {
    say("due-garbage", keys_(place_name(job_)), "due or kept for longer than any job may be");
  }
  if (!job_.active.empty()) {
    judge_active();
  } else if (job_.blocked) {
    judge_blocked();
  }
  judge_ended(ended);
}

void JobJudge::judge_active() {
  auto entry = parse_active(job_.active);
  if (!entry) {
    say("active-corrupt", keys_("active"), "its value cannot be read");
    return;
  }
  if (entry->resource != job_.resource) {
    say("active-corrupt", keys_("active"),
        "it names " + resource_text(entry->resource) + ", the job says " +
            resource_text(job_.resource));
    return;
  }
  if (!job_.resource.empty() && job_.holder != id_) {
    say("lock-missing", keys_("locks"),
        "active, but " + resource_text(job_.resource) + " is " +
            (job_.holder.empty() ? "not locked" : "held by " + escape(job_.holder, kShown)));
  }
}

void JobJudge::judge_blocked() {
  if (job_.resource.empty()) {
    say("waiter-missing", keys_("blocked"), "blocked, but it needs no resource");
    return;
  }
  if (!job_.waits && job_.line_readable) {
    say("waiter-missing", keys_.blocked(job_.resource),
        "blocked, but not in the line of its resource");
  }
  if (job_.holder.empty()) {
    say("waiter-unlocked", keys_("locks"),
        "it waits for " + resource_text(job_.resource) + ", which nobody holds");
  }
}

void JobJudge::judge_ended(bool ended) {
  if (job_.outcome && !ended) {
    say("outcome-leak", keys_("outcomes"), "an outcome, but the job is " + place_name(job_));
  }
  if (!job_.outcome && ended) {
    say("outcome-missing", keys_("outcomes"), place_name(job_) + ", but without an outcome");
  }
  if (job_.errors && ended) {
    say("errors-leak", keys_("errors"),
        "errors between attempts, but the job is " + place_name(job_));
  }
}

void JobJudge::judge_params() {
  if (job_.params && (!job_.known || job_.params_inline)) {
    say("params-leak", keys_("params"),
        job_.known ? "parameters beside a record that has its own"
                   : "parameters of a job that does not exist");
  }
  if (job_.params_apart && !job_.params && !job_.failed && !job_.done) {
    say("params-missing", keys_("params"), "its parameters should be here");
  }
}

void JobJudge::judge_log() {
  if (job_.logs && !job_.known) {
    say("log-leak", keys_("logs"), "log of a job that does not exist");
  }
  if (job_.log_list && !job_.logs) {
    say("log-leak", keys_.log(id_), "log lines that " + keys_("logs") + " does not know");
  }
  if (job_.logs && !job_.log_list && job_.log_bytes > 0) {
    say("log-missing", keys_.log(id_),
        keys_("logs") + " says " + std::to_string(job_.log_bytes) + " bytes, the lines are gone");
  }
}

}  // namespace

std::vector<Finding> judge_job(const Keys& keys, const std::string& id, const Audited& job) {
  return JobJudge(keys, id, job).judge();
}

int64_t expected_copies(const Audited& job) {
  return job.ghosts + (job.known && tables_with(job).empty() ? 1 : 0);
}

Finding judge_copies(const Keys& keys, const std::string& id, const Audited& job, int64_t copies) {
  auto places = tables_with(job);
  int64_t living = copies - job.ghosts;
  std::string counts = std::to_string(copies) + " in pending and reserved, of which " +
                       std::to_string(job.ghosts) + " dead by ghosts";
  if (job.known && places.empty() && living == 0) {
    return {"id-nowhere", keys("jobs"), id, "it is in no place: no worker will ever take it",
            {},           copies};
  }
  if (job.known && !places.empty() && living > 0) {
    return {"id-twice", keys(places.front()),
            id,         "in " + places.front() + " and in pending: " + counts,
            {},         copies};
  }
  std::string why = job.known ? "the job is " + place_name(job) : "there is no such job";
  return {"copies", keys(living > 0 ? "pending" : "ghosts"), id, counts + ", but " + why, {},
          copies};
}

// As relock.lua judges.
std::string lock_flaw(const Audited& holder, std::string_view resource) {
  if (!holder.active.empty()) {
    auto entry = parse_active(holder.active);
    if (!entry || entry->resource == resource) {
      return "";
    }
  }
  if (!holder.known) {
    return "does not exist";
  }
  if (holder.resource != resource) {
    return "needs another resource";
  }
  std::string place = place_name(holder);
  return place == "active" || place == "pending" ? "" : "is " + place;
}

std::string waiter_flaw(const Audited& waiter, std::string_view resource) {
  if (!waiter.known) {
    return "there is no such job";
  }
  if (waiter.resource != resource) {
    return "the job needs another resource";
  }
  return waiter.blocked ? "" : "the job is " + place_name(waiter);
}

int64_t imbalance(const Totals& t) {
  return t.known + t.ghosts - t.pending - t.reserved - t.active - t.scheduled - t.blocked -
         t.failed - t.done;
}

Finding totals_finding(const Keys& keys, const Totals& t) {
  auto n = [](int64_t number) { return std::to_string(number); };
  return {"totals", keys("jobs"), "",
          n(t.known) + " known and " + n(t.ghosts) + " ghosts, but " + n(t.pending) +
              " entries in pending, " + n(t.reserved) + " reserved, " + n(t.active) + " active, " +
              n(t.scheduled) + " scheduled, " + n(t.blocked) + " blocked, " + n(t.failed) +
              " failed, " + n(t.done) + " done"};
}

}  // namespace stint
