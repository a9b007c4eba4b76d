#include "daemon/cli/steer_bulk.h"

#include <map>

#include "client/json_object.h"
#include "common/interrupt.h"
#include "daemon/cli/job_scan.h"
#include "daemon/cli/progress_bar.h"
#include "daemon/cli/steer_words.h"

namespace stint::cli {
namespace {

// A job costs cancel.lua and retry.lua 15 to 25 us, more on a slow machine; nothing holds Redis for
// 5 ms.
constexpr size_t kSteeredAtOnce = 50;

using ByPlace = std::map<Place, std::vector<std::string>>;

std::vector<Place> places_for(const SteerOptions& options) {
  switch (options.verb) {
    case Verb::kRetry:
      return {Place::kFailed};
    case Verb::kDelete:
      return options.waiting ? std::vector{Place::kPending, Place::kScheduled, Place::kBlocked}
                             : all_places();
    case Verb::kCancel:
      return {Place::kPending, Place::kActive, Place::kScheduled, Place::kBlocked};
  }
  return {};
}

const char* why_refused(Verb verb) {
  switch (verb) {
    case Verb::kRetry:
      return "not failed any more";
    case Verb::kDelete:
      return "active; --force cancels them first";
    case Verb::kCancel:
      break;
  }
  return "ended";
}

struct Sums {
  int64_t matched = 0, done = 0, asked = 0, refused = 0, skipped = 0;

  void add(const Steered& answer) {
    switch (answer.status) {
      case Steered::Status::kDone:
        ++done;
        break;
      case Steered::Status::kFlagged:
        ++asked;
        break;
      case Steered::Status::kRefused:
        ++refused;
        break;
      case Steered::Status::kSkipped:
      case Steered::Status::kNone:
        ++skipped;
        break;
    }
  }
};

class BulkSteer {
 public:
  BulkSteer(Session& session, const SteerOptions& options, const Filter& filter,
            const Steering& steering, size_t round)
      : session_(session),
        options_(options),
        filter_(filter),
        steering_(steering),
        round_(round),
        scan_(session, filter, places_for(options)) {}

  ExitCode run() {
    const Output& out = session_.out();
    InterruptScope scope;
    if (options_.dry_run) {
      return dry_run();
    }
    bool asked = false;
    while (true) {
      ByPlace ids;
      auto found = list(ids);
      if (!found) {
        return out.fail(found.error());
      }
      if (*found == 0 || interrupted()) {
        return finish();
      }
      if (!asked) {
        ExitCode agreed = confirm(out, {question(*found)}, options_.yes);
        if (agreed != ExitCode::kOk) {
          return agreed;
        }
        asked = true;
      }
      sums_.matched += static_cast<int64_t>(*found);
      int64_t changed_before = sums_.done + sums_.asked;
      if (auto steered = steer(ids, *found); !steered) {
        out.complain("stopped: " + steered.error().message + "; " + done_text() +
                     ", of the last batch nothing is known: run it again");
        return exit_code_of(steered.error().code);
      }
      bool last = filter_.limit || sums_.done + sums_.asked == changed_before;
      if (*found < round_ || (last && !goes_on()) || interrupted()) {
        return finish();
      }
      if (!goes_on()) {
        scan_ = JobScan(session_, filter_, places_for(options_));
      }
    }
  }

 private:
  // Whether the next round goes on behind what the last one listed. Failed and done jobs stand
  // there newest first: one that was retried and has ended again stands in front, and is not
  // retried again and again. The other places change behind what was listed, since what stood there
  // is gone.
  bool goes_on() const { return options_.verb == Verb::kRetry; }

  Result<size_t> list(ByPlace& ids) {
    ProgressBar bar(session_.out(), "job");
    size_t found = 0;
    while (found < round_ && !interrupted()) {
      auto rows = scan_.next();
      if (!rows) {
        return rows.error();
      }
      if (rows->empty()) {
        break;
      }
      for (auto& row : *rows) {
        ids[row.place].push_back(std::move(row.id));
      }
      found += rows->size();
      bar.show(scan_.looked_at(), -1);
    }
    return found;
  }

  Result<void> steer(const ByPlace& by_place, size_t found) {
    ProgressBar bar(session_.out(), "job");
    size_t tried = 0;
    for (const auto& [place, all] : by_place) {
      std::span<const std::string> ids(all);
      // Listed newest first; the oldest are steered first, so that retried jobs keep their order.
      for (size_t end = ids.size(); end > 0 && !interrupted();) {
        size_t size = std::min(kSteeredAtOnce, end);
        std::vector<std::string> some(
            ids.rbegin() + static_cast<std::ptrdiff_t>(ids.size() - end),
            ids.rbegin() + static_cast<std::ptrdiff_t>(ids.size() - end + size));
        auto answers = steer_batch(session_, steering_, place, some);
        if (!answers) {
          return answers.error();
        }
        for (const auto& answer : *answers) {
          sums_.add(answer);
        }
        end -= size;
        tried += size;
        bar.show(static_cast<int64_t>(tried),
                 static_cast<double>(tried) / static_cast<double>(found));
      }
    }
    return {};
  }

  std::string question(size_t found) const {
    return std::string(words_of(options_.verb).plain) + " " +
           describe(static_cast<int64_t>(found), filter_) + (options_.waiting ? " that wait" : "") +
           (found >= round_ ? ", and more," : "") + " of queue " + session_.keys().queue() + "?";
  }

  std::string done_text() const {
    std::string text = counted(sums_.done, "job") + " " + words_of(options_.verb).past;
    text += sums_.asked > 0 ? ", " + grouped(sums_.asked) + " active told to stop" : "";
    text += sums_.skipped > 0 ? ", " + grouped(sums_.skipped) + " had moved meanwhile" : "";
    return text;
  }

  ExitCode finish() {
    const Output& out = session_.out();
    if (out.json()) {
      out.line(JsonObject()
                   .number("matched", sums_.matched)
                   .number("done", sums_.done)
                   .number("asked", sums_.asked)
                   .number("skipped", sums_.skipped)
                   .number("refused", sums_.refused)
                   .str());
    } else {
      out.line(done_text());
    }
    complain_refused(sums_.refused, " refused");
    if (interrupted()) {
      out.complain("interrupted: " + done_text() + " of " + grouped(sums_.matched));
      return ExitCode::kInterrupted;
    }
    return sums_.refused > 0 ? ExitCode::kFailed : ExitCode::kOk;
  }

  // Says what the run would say, also of what would be refused. Nothing changes, so that one scan
  // goes through all.
  ExitCode dry_run() {
    const Output& out = session_.out();
    size_t found = 0;
    size_t refused = 0;
    for (bool more = true; more;) {
      ByPlace ids;
      auto listed = list(ids);
      if (!listed) {
        return out.fail(listed.error());
      }
      refused += print_listed(ids);
      found += *listed;
      more = *listed >= round_ && !interrupted();
    }
    out.note("would " + std::string(words_of(options_.verb).plain) + " " +
             describe(static_cast<int64_t>(found - refused), filter_));
    complain_refused(static_cast<int64_t>(refused), " would be refused");
    if (interrupted()) {
      out.complain("interrupted: not all jobs were looked at");
      return ExitCode::kInterrupted;
    }
    return refused > 0 ? ExitCode::kFailed : ExitCode::kOk;
  }

  // Returns how many would be refused.
  size_t print_listed(const ByPlace& by_place) const {
    size_t refused = 0;
    for (const auto& [place, ids] : by_place) {
      if (answer_code(foreseen(steering_, place)) != ExitCode::kOk) {
        refused += ids.size();
        continue;
      }
      for (const auto& id : ids) {
        print_foreseen(session_.out(), id, place);
      }
    }
    return refused;
  }

  void complain_refused(int64_t n, const char* what) const {
    if (n > 0) {
      session_.out().complain(counted(n, "job") + what + ": " + why_refused(options_.verb));
    }
  }

  Session& session_;
  const SteerOptions& options_;
  const Filter& filter_;
  const Steering& steering_;
  size_t round_;
  JobScan scan_;
  Sums sums_;
};

}  // namespace

void print_foreseen(const Output& out, const std::string& id, Place place) {
  out.line(out.json()
               ? JsonObject().text("id", std::string_view(id)).text("state", to_string(place)).str()
               : shown(id));
}

ExitCode steer_all(Session& session, const SteerOptions& options, const Filter& filter,
                   const Steering& steering, size_t round) {
  return BulkSteer(session, options, filter, steering, round).run();
}

}  // namespace stint::cli
