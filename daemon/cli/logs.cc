#include "daemon/cli/logs.h"

#include <charconv>

#include "client/json_object.h"
#include "common/queue/repair.h"
#include "common/queue/steer.h"
#include "daemon/cli/no_such_job.h"

namespace stint::cli {
namespace {

// A number and the space behind it.
bool take_number(std::string_view& text, int64_t& n) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  size_t size = static_cast<size_t>(end - text.data());
  if (error != std::errc() || size >= text.size() || text[size] != ' ') {
    return false;
  }
  text.remove_prefix(size + 1);
  return true;
}

}  // namespace

std::optional<LogLine> parse_log_line(std::string_view text) {
  LogLine line;
  if (!take_number(text, line.number) || !take_number(text, line.at_ms) ||
      !take_number(text, line.attempt)) {
    return std::nullopt;
  }
  line.text = std::string(text);
  return line;
}

void print_log_line(const Output& out, const std::string& id, bool several, const LogLine& line) {
  if (out.json()) {
    out.line(JsonObject()
                 .text("id", std::string_view(id))
                 .number("number", line.number)
                 .text("at", std::string_view(rfc3339(line.at_ms)))
                 .number("attempt", line.attempt)
                 .text("text", std::string_view(line.text))
                 .str());
    return;
  }
  std::string head = (several ? shown(id) + "  " : "") + rfc3339(line.at_ms) + "  " +
                     std::to_string(line.attempt) + "  ";
  out.line(out.paint(Color::kDim, head) + shown(line.text, 65'536));
}

namespace {

ExitCode print_logs(Session& session, const std::vector<std::string>& ids) {
  const Output& out = session.out();
  ExitCode worst = ExitCode::kOk;
  for (const auto& id : ids) {
    auto replies = session.ask_all({redis::plain({"HEXISTS", session.keys()("jobs"), id}),
                                    redis::plain({"LRANGE", session.keys().log(id), "0", "-1"})});
    bool bad_log = replies[0] && !replies[1] && is_wrong_type(replies[1].error());
    if (!replies[0] || (!replies[1] && !bad_log)) {
      return out.fail(replies[0] ? replies[1].error() : replies[0].error());
    }
    if (replies[0]->view().integer() == 0) {
      worst = worse(worst, say_no_such_job(session, id));
      continue;
    }
    if (bad_log) {  // nobody else's
      out.complain(id + ": " + replies[1].error().message);
      worst = worse(worst, ExitCode::kFailed);
      continue;
    }
    auto lines = replies[1]->view();
    for (size_t i = 0; i < lines.size(); ++i) {
      if (auto line = parse_log_line(lines[i].str())) {
        print_log_line(out, id, ids.size() > 1, *line);
      }
    }
    if (lines.size() == 0) {
      out.note(id + " has written nothing to its log");
    }
  }
  return worst;
}

}  // namespace

ExitCode run_logs(const Globals& globals, const LogsOptions& options) {
  auto session = Session::open(globals);
  if (!session) {
    return Output(globals).fail(session.error());
  }
  return options.follow ? follow_logs(*session, options.ids) : print_logs(*session, options.ids);
}

}  // namespace stint::cli
