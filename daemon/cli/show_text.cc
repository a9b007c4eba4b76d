#include "daemon/cli/show_text.h"

#include "common/text/text.h"

namespace stint::cli {
namespace {

constexpr size_t kShownJson = 2000;
constexpr size_t kLabel = 11;

class Lines {
 public:
  explicit Lines(const Output& out) : out_(out) {}
  void add(std::string_view name, const std::string& value, Color color = Color::kPlain) {
    if (!value.empty()) {
      std::string label(name);
      label.resize(kLabel, ' ');
      out_.line(out_.paint(Color::kDim, label) + out_.paint(color, shown(value)));
    }
  }
  // Of several lines: a backtrace.
  void add_lines(std::string_view name, const std::string& value, Color color) {
    std::string label(name);
    label.resize(kLabel, ' ');
    out_.line(out_.paint(Color::kDim, label) + out_.paint(color, shown_lines(value, kLabel)));
  }

 private:
  const Output& out_;
};

std::string cut(const std::string& json) {
  return json.size() <= kShownJson ? json : to_utf8(json, kShownJson) + " (--json shows all)";
}

Color color_of(const JobView& job) {
  if (job.state == "failed") {
    return Color::kRed;
  }
  return job.state == "done" ? Color::kGreen : Color::kYellow;
}

std::string state_text(const JobView& job) {
  std::string text = job.state;
  if (job.state == "done" && !job.outcome.empty()) {
    text += " (" + job.outcome + ")";
  }
  if (!job.cancel.empty()) {
    text += ", asked to " + std::string(job.cancel == "delete" ? "stop and be deleted" : "stop");
  }
  return text;
}

std::string error_text(const AttemptError& error) {
  std::string text = error.kind;
  text += error.signal ? " " + *error.signal : "";
  return text + ": " + error.message;
}

void add_times(Lines& lines, const JobView& job, int64_t now) {
  if (job.created_ms) {
    lines.add("created", rfc3339(*job.created_ms) + ", " + time_from(*job.created_ms, now));
  }
  if (job.due_ms) {
    lines.add("due", rfc3339(*job.due_ms) + ", " + time_from(*job.due_ms, now));
  }
  lines.add("started", job.started_at.value_or(""));
  lines.add("finished", job.finished_at.value_or(""));
}

}  // namespace

std::string time_from(int64_t at_ms, int64_t now_ms) {
  milliseconds away(at_ms > now_ms ? at_ms - now_ms : now_ms - at_ms);
  // Whole seconds are enough for a reader, but not near zero.
  milliseconds shown_away = away >= milliseconds{1000} ? away / 1000 * 1000 : away;
  std::string text = format_duration(shown_away);
  return at_ms > now_ms ? "in " + text : text + " ago";
}

void show_text(Session& session, const JobView& job, bool gap) {
  const Output& out = session.out();
  Lines lines(out);
  if (gap) {
    out.line("");
  }
  int64_t now = now_wall_ms();
  lines.add("id", job.id, Color::kBold);
  lines.add("queue", job.queue);
  lines.add("state", state_text(job), color_of(job));
  lines.add("task", job.task);
  lines.add("resource", job.resource);
  lines.add("params", cut(job.params));
  std::string attempt = std::to_string(job.attempt) + ", retries " + std::to_string(job.retries);
  lines.add("attempt", attempt);
  add_times(lines, job, now);
  lines.add("worker", job.worker.value_or(""));
  lines.add("token", job.token ? std::to_string(*job.token) : "");
  lines.add("progress", cut(job.progress));
  lines.add("result", job.outcome == "succeeded" ? cut(job.result) : "");
  for (const auto& error : job.errors) {
    std::string attempt_of = error.attempt ? " " + std::to_string(*error.attempt) : "";
    lines.add_lines("error" + attempt_of, error_text(error), Color::kRed);
  }
  if (job.log_lines > 0) {
    lines.add("log",
              counted(job.log_lines, "line") + ": " + job_command(session, "job logs", job.id));
  }
  lines.add("record", job.damage, Color::kRed);
  lines.add("why", why_text(session, job), Color::kBold);
}

}  // namespace stint::cli
