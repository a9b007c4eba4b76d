#include "daemon/cli/queue_stats.h"

#include <algorithm>

#include "client/json_object.h"
#include "common/interrupt.h"
#include "daemon/cli/first_in_line.h"
#include "daemon/cli/queue_names.h"
#include "daemon/cli/show_text.h"
#include "daemon/cli/table.h"

namespace stint::cli {
namespace {

constexpr milliseconds kWatchPause{1'000};

std::string row(std::string_view name, int64_t n, std::string_view what = "") {
  std::string number = grouped(n);
  number.insert(0, number.size() < 14 ? 14 - number.size() : 0, ' ');
  std::string label(name);
  label.resize(11, ' ');
  return label + number + (what.empty() ? "" : "  " + std::string(what));
}

void print_stats(const Output& out, const std::string& queue, const Totals& t,
                 std::optional<int64_t> next) {
  std::string head = "queue " + queue + (t.paused ? " (paused)" : "");
  out.line(out.paint(t.paused ? Color::kYellow : Color::kBold, head));
  out.line(row("pending", pending_of(t),
               next ? "the next was submitted " + time_from(*next, now_wall_ms()) : ""));
  out.line(row("active", t.active, "leased: running, or about to"));
  out.line(row("scheduled", t.scheduled, "wait for their time"));
  out.line(row("blocked", t.blocked, "wait for their resource"));
  out.line(row("failed", t.failed));
  out.line(row("done", t.done, "kept for a time"));
  out.line(row("known", t.known, "all of these"));
  out.line(row("inbox", t.inbox, "not yet taken in"));
  out.line(row("rejected", t.rejected));
  out.line(out.paint(Color::kBold, "since the queue was created"));
  out.line(row("submitted", t.submitted));
  out.line(row("succeeded", t.succeeded));
  out.line(row("failures", t.failures, "jobs that failed for good"));
  out.line(row("attempts", t.attempts));
  out.line(row("retried", t.retried, "of these"));
  out.line(row("crashed", t.crashed, "of these"));
  out.line(row("lost", t.lost, "of these: worker or host was gone"));
  out.line(row("trimmed", t.trimmed, "done jobs, more than are kept"));
}

// The totals, and what waits longest.
Result<void> print_now(Session& session, bool clears) {
  const Output& out = session.out();
  const std::string& queue = session.keys().queue();
  auto totals = read_totals(session);
  if (!totals) {
    return totals.error();
  }
  auto next = first_in_line(session, {queue});
  if (!next) {
    return next.error();
  }
  if (out.may_clear() && !out.json() && clears) {
    (void)std::fputs("\033[H\033[2J", stdout);
  }
  if (out.json()) {
    out.line(stats_json(queue, *totals, next->front()));
  } else {
    print_stats(out, queue, *totals, next->front());
  }
  return {};
}

ExitCode watch_stats(Session& session) {
  InterruptScope scope;
  while (!interrupted()) {
    if (auto printed = print_now(session, true); !printed) {
      return session.out().fail(printed.error());
    }
    (void)std::fflush(stdout);
    pause_for(kWatchPause);
  }
  return ExitCode::kInterrupted;
}

}  // namespace

int64_t pending_of(const Totals& t) {
  return t.pending + t.reserved - t.ghosts;
}

std::string stats_json(const std::string& queue, const Totals& t, std::optional<int64_t> next) {
  return JsonObject()
      .text("queue", std::string_view(queue))
      .boolean("paused", t.paused)
      .number("known", t.known)
      .number("pending", pending_of(t))
      .number("active", t.active)
      .number("scheduled", t.scheduled)
      .number("blocked", t.blocked)
      .number("failed", t.failed)
      .number("done", t.done)
      .number("inbox", t.inbox)
      .number("rejected", t.rejected)
      .number("submitted", t.submitted)
      .number("succeeded", t.succeeded)
      .number("failures", t.failures)
      .number("attempts", t.attempts)
      .number("retried", t.retried)
      .number("crashed", t.crashed)
      .number("lost", t.lost)
      .number("trimmed", t.trimmed)
      .time("next_created_at", next)
      .str();
}

Result<Totals> read_totals(Session& session) {
  auto reply = session.ask(totals(session.keys()));
  return reply ? parse_totals(reply->view()) : Result<Totals>(reply.error());
}

Result<std::vector<Totals>> read_all_totals(Session& session,
                                            const std::vector<std::string>& queues) {
  std::vector<redis::Command> asked;
  asked.reserve(queues.size());
  for (const auto& queue : queues) {
    asked.push_back(totals(Keys(session.config().ns, queue)));
  }
  std::vector<Totals> all;
  for (auto& reply : session.ask_all(asked)) {
    if (!reply) {
      return reply.error();
    }
    auto parsed = parse_totals(reply->view());
    if (!parsed) {
      return parsed.error();
    }
    all.push_back(*parsed);
  }
  return all;
}

Result<std::vector<std::string>> known_queues(Session& session) {
  if (session.queue_was_named()) {
    return std::vector<std::string>{session.keys().queue()};
  }
  auto reply = session.ask(redis::plain({"SMEMBERS", queues_key(session.config().ns)}));
  if (!reply) {
    return reply.error();
  }
  auto names = texts_of(reply->view());
  if (names.empty()) {
    names.push_back(session.keys().queue());
  }
  std::sort(names.begin(), names.end());
  return names;
}

ExitCode run_stats(const Globals& globals, bool watch) {
  auto session = Session::open(globals);
  if (!session) {
    return Output(globals).fail(session.error());
  }
  if (session->queue_was_named()) {
    hint_unknown_queue(*session);
  }
  if (watch) {
    return watch_stats(*session);
  }
  auto printed = print_now(*session, false);
  return printed ? ExitCode::kOk : session->out().fail(printed.error());
}

}  // namespace stint::cli
