// Which queues the doctor looks at, and the set of their names.
#include "daemon/cli/doctor_run.h"
#include "daemon/cli/queue_names.h"

namespace stint::cli {

// The one that was named; else those that a daemon entered, those that have jobs, and those of the
// configuration.
Result<std::vector<std::string>> DoctorRun::choose_queues() {
  auto entered = read_entered();
  if (!entered) {
    return entered.error();
  }
  in_use_ = !entered->empty();
  auto names =
      session_.queue_was_named() ? std::set<std::string>{session_.keys().queue()} : *entered;
  if (!session_.queue_was_named()) {
    for (const auto& queue : session_.config().queues) {
      names.insert(queue.name);
    }
  }
  auto with_jobs = queues_with_jobs();
  if (!with_jobs) {
    return with_jobs.error();
  }
  if (session_.queue_was_named() && with_jobs->empty()) {
    hint_unknown_queue(session_);
  }
  for (const auto& name : *with_jobs) {
    if (!entered->contains(name)) {
      if (auto said = enter_queue(name); !said) {
        return said.error();
      }
      names.insert(name);
    }
  }
  return std::vector<std::string>(names.begin(), names.end());
}

// The set of queues, mended if it is none.
Result<std::set<std::string>> DoctorRun::read_entered() {
  std::string key = queues_key(session_.config().ns);
  auto replies = ask_for(ask_, {redis::plain({"TYPE", key})});
  if (!replies) {
    return replies.error();
  }
  auto type = replies->front().view().str();
  if (type != "set" && type != "none" && !repair_) {
    say({"wrong-type", key, "", "a " + std::string(type) + ", must be a set"});
    return std::set<std::string>{};
  }
  if (type != "set" && type != "none") {
    const auto& ns = session_.config().ns;
    auto moved = ask_for(ask_, {quarantine_queues(ns)});
    auto repairs = moved ? parse_quarantine(Keys(ns, ""), moved->front().view())
                         : Result<std::vector<Repair>>(moved.error());
    if (!repairs) {
      return repairs.error();
    }
    for (auto& repair : *repairs) {
      repair.key = key;
      say_repaired(repair);
    }
  }
  auto members = ask_for(ask_, {redis::plain({"SMEMBERS", key})});
  if (!members) {
    return members.error();
  }
  auto names = texts_of(members->front().view());
  return std::set<std::string>(names.begin(), names.end());
}

Result<std::set<std::string>> DoctorRun::queues_with_jobs() {
  constexpr std::string_view kEnd = "}:jobs";
  std::string prefix = session_.config().ns + ":{";
  std::set<std::string> names;
  if (session_.queue_was_named()) {
    auto there = ask_for(ask_, {redis::plain({"EXISTS", session_.keys()("jobs")})});
    if (there && there->front().view().integer() == 1) {
      names.insert(session_.keys().queue());
    }
    return there ? Result<std::set<std::string>>(names) : there.error();
  }
  auto pages = ScanPages::of_keys(ask_, prefix);
  while (!pages.at_end()) {
    auto page = pages.next();
    if (!page) {
      return page.error();
    }
    for (const auto& [key, nothing] : *page) {
      if (key.ends_with(kEnd) && key.size() > prefix.size() + kEnd.size()) {
        names.insert(key.substr(prefix.size(), key.size() - prefix.size() - kEnd.size()));
      }
    }
  }
  return names;
}

Result<void> DoctorRun::enter_queue(const std::string& name) {
  std::string key = queues_key(session_.config().ns);
  if (!repair_) {
    say({"queue-missing", key, "", "queue " + name + " has jobs, but is not in the set of queues"});
    return {};
  }
  auto added = ask_for(ask_, {redis::plain({"SADD", key, name})});
  if (!added) {
    return added.error();
  }
  say_repaired({"queue-missing", key, "", "queue " + name + " not in the set of queues -> in it"});
  return {};
}

}  // namespace stint::cli
