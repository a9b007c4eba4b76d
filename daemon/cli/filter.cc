#include "daemon/cli/filter.h"

#include "common/text/text.h"
#include "daemon/cli/output.h"

namespace stint::cli {
namespace {

const std::vector<std::string>& states() {
  static const std::vector<std::string> names{"pending", "active", "scheduled", "blocked",
                                              "failed",  "done",   "cancelled"};
  return names;
}

Error unknown_word(const std::string& option, const std::string& word,
                   const std::vector<std::string>& known) {
  std::string all;
  for (const auto& name : known) {
    all += (all.empty() ? "" : ", ") + name;
  }
  auto name = nearest(word, known);
  return {ErrorCode::kInvalid, option + ": " + word + " is none of " + all +
                                   (name ? "; did you mean " + *name + "?" : "")};
}

Result<int64_t> time_or_ago(const std::string& option, const std::string& text, int64_t now_ms) {
  if (auto duration = parse_duration(text)) {
    return now_ms - duration->count();
  }
  if (auto time = parse_time(text)) {
    return *time;
  }
  return Error{ErrorCode::kInvalid, option + ": " + text +
                                        " is neither a duration (1h30m) nor a time "
                                        "(2026-11-20T18:51:43Z)"};
}

Result<void> take_times(Filter& filter, const FilterWords& words, int64_t now_ms) {
  if (words.since) {
    auto since = time_or_ago("--since", *words.since, now_ms);
    if (!since) {
      return since.error();
    }
    filter.since_ms = *since;
  }
  if (words.until) {
    auto until = time_or_ago("--until", *words.until, now_ms);
    if (!until) {
      return until.error();
    }
    filter.until_ms = *until;
  }
  if (filter.since_ms && filter.until_ms && *filter.since_ms >= *filter.until_ms) {
    return Error{ErrorCode::kInvalid,
                 "--since " + *words.since + " --until " + *words.until +
                     ": nothing is since and before that; the other way round?"};
  }
  return {};
}

bool is_known(const std::vector<std::string>& names, const std::string& name) {
  for (const auto& known : names) {
    if (known == name) {
      return true;
    }
  }
  return false;
}

// "failed"; empty: whatever state.
std::string state_word(const Filter& filter) {
  if (filter.cancelled) {
    return "cancelled ";
  }
  return filter.state ? std::string(to_string(*filter.state)) + " " : "";
}

std::string conditions(const Filter& filter) {
  std::string text;
  auto add = [&text](const char* name, const std::optional<std::string>& value) {
    if (value) {
      text += std::string(text.empty() ? " with " : ", ") + name + " " + *value;
    }
  };
  add("task", filter.task);
  add("resource", filter.resource);
  add("kind", filter.kind);
  add("error", filter.error);
  if (filter.since_ms) {
    text += ", since " + rfc3339(*filter.since_ms);
  }
  if (filter.until_ms) {
    text += ", until " + rfc3339(*filter.until_ms);
  }
  return text;
}

}  // namespace

const std::vector<std::string>& error_kinds() {
  static const std::vector<std::string> names{"error", "crash",        "timeout",
                                              "lost",  "unknown-task", "corrupt"};
  return names;
}

Result<Filter> make_filter(const FilterWords& words, int64_t now_ms) {
  Filter filter;
  if (words.state) {
    if (!is_known(states(), *words.state)) {
      return unknown_word("--state", *words.state, states());
    }
    filter.cancelled = *words.state == "cancelled";
    filter.state = filter.cancelled ? Place::kDone : parse_place(*words.state);
  }
  if (words.kind && !is_known(error_kinds(), *words.kind)) {
    return unknown_word("--kind", *words.kind, error_kinds());
  }
  if (words.limit && *words.limit < 1) {
    return Error{ErrorCode::kInvalid, "--limit: at least 1"};
  }
  if (auto times = take_times(filter, words, now_ms); !times) {
    return times.error();
  }
  filter.task = words.task;
  filter.resource = words.resource;
  filter.kind = words.kind;
  filter.error = words.error;
  if (words.limit) {
    filter.limit = static_cast<size_t>(*words.limit);
  }
  return filter;
}

Result<void> check_ids_alone(const std::vector<std::string>& ids, const Filter& filter, bool all) {
  if (!ids.empty() && (filter.says_anything() || filter.limit || all)) {
    return Error{ErrorCode::kInvalid, "either ids or a filter, not both"};
  }
  return {};
}

bool Filter::matches(const Row& row) const {
  int64_t when = row.place == Place::kFailed ? row.score_ms : row.created_ms;
  return (!state || row.place == *state) && (!cancelled || row.cancelled) &&
         (!task || row.task == *task) && (!resource || row.resource == *resource) &&
         (!kind || row.kind == *kind) && (!error || row.error.find(*error) != std::string::npos) &&
         (!since_ms || when >= *since_ms) && (!until_ms || when < *until_ms);
}

std::string describe(const Filter& filter) {
  return state_word(filter) + "jobs" + conditions(filter);
}

std::string describe(int64_t n, const Filter& filter) {
  return counted(n, state_word(filter) + "job") + conditions(filter);
}

}  // namespace stint::cli
