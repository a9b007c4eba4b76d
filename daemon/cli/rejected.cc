#include "daemon/cli/rejected.h"

#include <algorithm>
#include <set>

#include "client/json_object.h"
#include "common/job/json_scan.h"
#include "common/text/text.h"
#include "daemon/cli/base64.h"
#include "daemon/cli/rejected_pages.h"
#include "daemon/cli/session.h"
#include "daemon/cli/steer.h"
#include "daemon/cli/table.h"

namespace stint::cli {
namespace {

constexpr size_t kEntriesListed = 50;

Result<void> check_limit(const RejectedOptions& options) {
  return options.limit && *options.limit < 1
             ? Result<void>(Error{ErrorCode::kInvalid, "--limit: at least 1"})
             : Result<void>();
}

Result<void> check_which(const RejectedOptions& options, const char* verb) {
  if (options.ids.empty() && !options.error && !options.limit && !options.all) {
    return Error{ErrorCode::kInvalid,
                 std::string(verb) + " which entries? Say ids, --error, --limit or --all"};
  }
  return check_limit(options);
}

// Of which ids nothing was found; unknown where a limit ended the search before.
ExitCode say_missing(const Session& session, const RejectedOptions& options,
                     const std::vector<std::string>& entries) {
  std::set<std::string> missing(options.ids.begin(), options.ids.end());
  if (options.limit && entries.size() >= static_cast<size_t>(*options.limit)) {
    missing.clear();
  }
  for (const auto& stored : entries) {
    if (auto entry = parse_rejected(stored)) {
      missing.erase(entry->id);
    }
  }
  for (const auto& id : missing) {
    session.out().complain("no such entry in " + session.keys()("rejected") + ": " + id);
  }
  return missing.empty() ? ExitCode::kOk : ExitCode::kNoSuchJob;
}

void say_moved(const Output& out, int64_t matched, int64_t done, const std::string& text) {
  out.line(out.json() ? JsonObject().number("matched", matched).number("done", done).str() : text);
}

ExitCode steer_rejected(const Globals& globals, const RejectedOptions& options, bool retry) {
  Output out(globals);
  const char* verb = retry ? "retry" : "delete";
  if (auto good = check_which(options, verb); !good) {
    return out.fail(good.error());
  }
  auto session = Session::open(globals);
  if (!session) {
    return out.fail(session.error());
  }
  auto entries = find_rejected(*session, options,
                               options.limit ? static_cast<size_t>(*options.limit) : SIZE_MAX);
  if (!entries) {
    return out.fail(entries.error());
  }
  ExitCode code = say_missing(*session, options, *entries);
  auto n = static_cast<int64_t>(entries->size());
  std::string entries_text = grouped(n) + " rejected " + (n == 1 ? "entry" : "entries");
  if (n == 0 && !out.json()) {
    if (options.ids.empty()) {
      out.note("no such entry in " + session->keys()("rejected"));
    }
    return code;
  }
  if (options.dry_run || n == 0) {
    say_moved(out, n, 0, "would " + std::string(verb) + " " + entries_text);
    return code;
  }
  if (options.ids.empty()) {
    std::string text =
        std::string(verb) + " " + entries_text + " of queue " + session->keys().queue() + "?";
    ExitCode agreed = confirm(out, {text, "stint rejected list"}, options.yes);
    if (agreed != ExitCode::kOk) {
      return agreed;
    }
  }
  auto moved = move_rejected(*session, *entries, retry);
  if (!moved) {
    return out.fail(moved.error());
  }
  say_moved(out, n, *moved, grouped(*moved) + (retry ? " put back into the inbox" : " deleted"));
  return code;
}

size_t list_limit(const RejectedOptions& options) {
  if (options.limit) {
    return static_cast<size_t>(*options.limit);
  }
  return options.all ? SIZE_MAX : kEntriesListed;
}

void print_page(const Output& out, const RejectedPage& page) {
  using Kind = Column::Kind;
  Table table({{"AT", Kind::kTime},
               {"FROM", Kind::kText, 2},
               {"ID"},
               {"REASON", Kind::kText},
               {"ENTRY", Kind::kText, 1}});
  for (const auto& stored : page.entries) {
    auto entry = parse_rejected(stored);
    if (!entry) {
      continue;
    }
    if (out.json()) {
      out.line(rejected_json(*entry));
      continue;
    }
    auto header = parse_rejected_header(entry->header);
    table.add({header.at, header.from, entry->id, header.reason, entry->raw});
  }
  table.print(out);
  if (page.after && out.json()) {
    out.line(JsonObject().text("after", std::string_view(mark_text(*page.after))).str());
  } else if (page.after) {
    out.note("there are more: --after " + mark_text(*page.after));
  }
}

}  // namespace

RejectedHeader parse_rejected_header(const std::string& json) {
  RejectedHeader header;
  auto text = [](std::string_view value) {
    return json::kind_of(value) == json::Kind::kString
               ? json::unescape(value.substr(1, value.size() - 2))
               : std::string();
  };
  auto scanned = json::scan(json, 4, [&](auto key, auto value) -> Result<void> {
    if (key == "at") {
      header.at = text(value);
    } else if (key == "from") {
      header.from = text(value);
    } else if (key == "reason") {
      header.reason = text(value);
    }
    return {};
  });
  return scanned ? header : RejectedHeader{"", "", json};
}

bool matches(const RejectedOptions& options, const Rejected& entry) {
  bool id_fits = options.ids.empty() ||
                 (!entry.id.empty() &&
                  std::find(options.ids.begin(), options.ids.end(), entry.id) != options.ids.end());
  return id_fits &&
         (!options.error ||
          parse_rejected_header(entry.header).reason.find(*options.error) != std::string::npos);
}

std::string rejected_json(const Rejected& entry) {
  auto header = parse_rejected_header(entry.header);
  return JsonObject()
      .text("id", entry.id.empty() ? std::nullopt : std::optional(entry.id))
      .text("at", std::string_view(header.at))
      .text("from", std::string_view(header.from))
      .text("reason", std::string_view(header.reason))
      .text("entry", std::string_view(entry.raw))
      .text("entry_base64", is_utf8(entry.raw) ? std::nullopt : std::optional(to_base64(entry.raw)))
      .str();
}

ExitCode run_rejected_list(const Globals& globals, const RejectedOptions& options) {
  if (auto good = check_limit(options); !good) {
    return Output(globals).fail(good.error());
  }
  std::optional<RejectedMark> from;
  if (options.after) {
    auto mark = parse_rejected_mark(*options.after);
    if (!mark) {
      return Output(globals).fail(mark.error());
    }
    from = *mark;
  }
  auto session = Session::open(globals);
  if (!session) {
    return Output(globals).fail(session.error());
  }
  auto page = page_of_rejected(*session, options, list_limit(options), from);
  if (!page) {
    return session->out().fail(page.error());
  }
  print_page(session->out(), *page);
  return ExitCode::kOk;
}

ExitCode run_rejected_retry(const Globals& globals, const RejectedOptions& options) {
  return steer_rejected(globals, options, true);
}

ExitCode run_rejected_delete(const Globals& globals, const RejectedOptions& options) {
  return steer_rejected(globals, options, false);
}

}  // namespace stint::cli
