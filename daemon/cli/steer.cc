#include "daemon/cli/steer.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <span>
#include <string_view>

#include "client/json_object.h"
#include "client/look.h"
#include "client/steer.h"
#include "common/text/text.h"
#include "daemon/cli/no_such_job.h"
#include "daemon/cli/steer_bulk.h"
#include "daemon/cli/steer_words.h"

namespace stint::cli {
namespace {

ExitCode say_answer(Session& session, Verb verb, const std::string& id, const Steered& answer) {
  const Output& out = session.out();
  ExitCode code = answer_code(answer);
  if (out.json()) {
    bool has_place =
        answer.status != Steered::Status::kNone && answer.status != Steered::Status::kSkipped;
    out.line(JsonObject()
                 .text("id", std::string_view(id))
                 .text("answer", std::string_view(answer_word(answer)))
                 .text("state", has_place ? std::optional(std::string(to_string(answer.place)))
                                          : std::nullopt)
                 .str());
  }
  if (code == ExitCode::kNoSuchJob) {
    return say_no_such_job(session, id);
  }
  if (code != ExitCode::kOk) {
    out.complain(id + ": " + answer_text(verb, answer));
  } else if (!out.json()) {
    out.line(shown(id) + ": " + answer_text(verb, answer));
  }
  return code;
}

// The second answer about an id would be about what the first has done.
std::vector<std::string> each_once(const std::vector<std::string>& ids) {
  std::vector<std::string> once;
  std::set<std::string_view> seen;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(once),
               [&seen](const auto& id) { return seen.insert(id).second; });
  return once;
}

ExitCode steer_ids(Session& session, std::span<const std::string> ids, const Steering& steering) {
  ExitCode worst = ExitCode::kOk;
  for (size_t from = 0; from < ids.size(); from += kBatchJobs) {
    auto some = ids.subspan(from, std::min(kBatchJobs, ids.size() - from));
    auto answers = steer_batch(session, steering, std::nullopt, some);
    if (!answers) {
      session.out().complain(answers.error().message + "; of the ids from " + ids[from] +
                             " on nothing is known: look with stint job list");
      return exit_code_of(answers.error().code);
    }
    for (size_t i = 0; i < some.size(); ++i) {
      worst = worse(worst, say_answer(session, steering.verb, some[i], (*answers)[i]));
    }
  }
  return worst;
}

ExitCode dry_run_ids(Session& session, std::span<const std::string> ids, const Steering& steering) {
  ExitCode worst = ExitCode::kOk;
  for (size_t from = 0; from < ids.size(); from += kBatchJobs) {
    auto some = ids.subspan(from, std::min(kBatchJobs, ids.size() - from));
    auto places = places_of(session, some);
    if (!places) {
      return session.out().fail(places.error());
    }
    for (size_t i = 0; i < some.size(); ++i) {
      Steered answer = foreseen(steering, (*places)[i]);
      ExitCode code = answer_code(answer);
      if (code == ExitCode::kOk) {
        print_foreseen(session.out(), some[i], answer.place);
      } else {
        session.out().complain(some[i] + ": " + answer_text(steering.verb, answer));
      }
      worst = worse(worst, code);
    }
  }
  return worst;
}

Result<void> check_choice(const SteerOptions& options, const Filter& filter) {
  bool says_filter = filter.says_anything() || filter.limit.has_value();
  bool only_state = filter.state && !filter.looks_inside() && !filter.limit;
  bool fits_ids = !says_filter || (options.verb == Verb::kRetry && only_state);
  if (!options.ids.empty() && (!fits_ids || options.all)) {
    return Error{ErrorCode::kInvalid, "either ids or a filter, not both"};
  }
  if (options.ids.empty() && !says_filter && !options.all) {
    std::string verb = words_of(options.verb).plain;
    return Error{ErrorCode::kInvalid,
                 verb + " which jobs? Say ids, a filter (--state, --task, ...) or --all"};
  }
  if (options.verb == Verb::kRetry && filter.state && *filter.state != Place::kFailed &&
      *filter.state != Place::kDone) {
    return Error{ErrorCode::kInvalid, "--state: only failed and done jobs can be retried"};
  }
  return {};
}

Result<Steering> steering_of(const SteerOptions& options, const Filter& filter) {
  Steering steering;
  steering.verb = options.verb;
  steering.force = options.force;
  steering.also_done = filter.state == Place::kDone;
  if (options.spread) {
    auto spread = parse_duration(*options.spread);
    if (!spread) {
      return with_context("--spread", spread.error());
    }
    steering.spread = *spread;
  }
  return steering;
}

}  // namespace

ExitCode run_steer(const Globals& globals, const SteerOptions& options) {
  Output out(globals);
  auto filter = make_filter(options.filter, now_wall_ms());
  if (!filter) {
    return out.fail(filter.error());
  }
  if (auto good = check_choice(options, *filter); !good) {
    return out.fail(good.error());
  }
  auto steering = steering_of(options, *filter);
  if (!steering) {
    return out.fail(steering.error());
  }
  auto session = Session::open(globals);
  if (!session) {
    return out.fail(session.error());
  }
  if (options.ids.empty()) {
    return steer_all(*session, options, *filter, *steering);
  }
  auto ids = each_once(options.ids);
  return options.dry_run ? dry_run_ids(*session, ids, *steering)
                         : steer_ids(*session, ids, *steering);
}

}  // namespace stint::cli
