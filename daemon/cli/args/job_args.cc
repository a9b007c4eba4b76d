#include <memory>

#include "daemon/cli/args/words.h"
#include "daemon/cli/job_count.h"
#include "daemon/cli/job_list.h"
#include "daemon/cli/logs.h"
#include "daemon/cli/look.h"
#include "daemon/cli/steer.h"
#include "daemon/cli/wait.h"

namespace stint::cli {
namespace {

using Ids = std::vector<std::string>;

ExitCode missing_ids(const Globals& globals, const char* verb) {
  return Output(globals).fail(
      {ErrorCode::kInvalid, std::string("which jobs? stint job ") + verb + " ID..."});
}

void add_filter(CLI::App& verb, FilterWords& f) {
  text_option(verb, "--state", f.state,
              "pending, active, scheduled, blocked, failed, done; cancelled: done by a cancel",
              "S");
  text_option(verb, "--task", f.task, "with this task", "T");
  text_option(verb, "--resource", f.resource, "with this resource", "R");
  text_option(verb, "--kind", f.kind,
              "last error: error, crash, timeout, lost, unknown-task, corrupt", "K");
  text_option(verb, "--error", f.error, "last error holds this text");
  text_option(verb, "--since", f.since,
              "submitted since (failed jobs: failed since) that time, or so long ago", "TIME|DUR");
  text_option(verb, "--until", f.until, "the same, before", "TIME|DUR");
  number_option(verb, "--limit", f.limit, "at most so many");
}

void fill_show(CLI::App& verb, Globals& globals, Action& action) {
  auto ids = std::make_shared<Ids>();
  ids_argument(verb, *ids);
  action = [&globals, ids] {
    if (ids->empty()) {
      return missing_ids(globals, "show");
    }
    auto session = Session::open(globals);
    return session ? show_jobs(*session, *ids) : Output(globals).fail(session.error());
  };
}

void fill_logs(CLI::App& verb, Globals& globals, Action& action) {
  auto options = std::make_shared<LogsOptions>();
  ids_argument(verb, options->ids);
  verb.add_flag("-f,--follow", options->follow,
                "also what comes, until they have ended; then 0, 5 if one failed, as job wait");
  action = [&globals, options] {
    return options->ids.empty() ? missing_ids(globals, "logs") : run_logs(globals, *options);
  };
}

void fill_wait(CLI::App& verb, Globals& globals, Action& action) {
  auto options = std::make_shared<WaitOptions>();
  ids_argument(verb, options->ids);
  text_option(verb, "--for", options->limit, "at most so long (for ever)", "DUR");
  action = [&globals, options] {
    return options->ids.empty() ? missing_ids(globals, "wait") : run_wait(globals, *options);
  };
}

void fill_list(CLI::App& verb, Globals& globals, Action& action) {
  auto& options = chosen(globals, action, run_list);
  ids_argument(verb, options.ids);
  add_filter(verb, options.filter);
  verb.add_flag("--all", options.all, "whatever state they are in (so it is without a filter)");
  text_option(verb, "--after", options.after, "go on where the last list ended", "CURSOR");
}

void fill_count(CLI::App& verb, Globals& globals, Action& action) {
  auto& options = chosen(globals, action, run_count);
  ids_argument(verb, options.ids);
  add_filter(verb, options.filter);
  verb.add_flag("--all", options.all, "whatever state they are in (so it is without a filter)");
  text_option(verb, "--by", options.by, "grouped by state, task, resource, kind, error", "F,F..");
}

SteerOptions& fill_steer(CLI::App& verb, Globals& globals, Action& action, Verb kind) {
  auto& options = chosen(globals, action, run_steer);
  options.verb = kind;
  ids_argument(verb, options.ids);
  add_filter(verb, options.filter);
  verb.add_flag("--all", options.all, "all jobs of the queue to which it applies");
  verb.add_flag("--dry-run", options.dry_run,
                "print which, do nothing; the exit code is that of the run");
  verb.add_flag("-y,--yes", options.yes, "do not ask; needed where there is no terminal");
  return options;
}

void fill_retry(CLI::App& verb, Globals& globals, Action& action) {
  auto& options = fill_steer(verb, globals, action, Verb::kRetry);
  text_option(verb, "--spread", options.spread, "not all at once: over this time", "DUR");
}

void fill_delete(CLI::App& verb, Globals& globals, Action& action) {
  auto& options = fill_steer(verb, globals, action, Verb::kDelete);
  verb.add_flag("--force", options.force, "active ones too: they are cancelled first");
}

void fill_cancel(CLI::App& verb, Globals& globals, Action& action) {
  fill_steer(verb, globals, action, Verb::kCancel);
}

void fill_job(CLI::App& job, Globals& globals, Action& action) {
  add_verb(job, globals, action, "show", "all about jobs, and why they do not run",
           "  stint job show 0193a1c2-...\n  stint job show order-4711 --json", fill_show);
  add_verb(job, globals, action, "wait", "wait until jobs have ended",
           "  stint job wait order-4711 --for 5m   exit 5 if it failed, 6 on time-out", fill_wait);
  add_verb(job, globals, action, "logs", "what jobs wrote to their logs",
           "  stint job logs order-4711\n"
           "  stint job logs -f order-4711   until it has ended; exit codes of job wait",
           fill_logs);
  add_verb(job, globals, action, "list", "the newest jobs, 50 at a time",
           "  stint job list --state failed --since 1h\n"
           "  stint job list --task resize --json --limit 1000",
           fill_list);
  add_verb(job, globals, action, "count", "how many jobs",
           "  stint job count --state failed --by task,kind,error   what failed\n"
           "  stint job count --state pending",
           fill_count);
  add_verb(job, globals, action, "retry", "put failed jobs back, with full budgets",
           "  stint job retry order-4711\n"
           "  stint job retry --task resize --kind timeout --since 2h --spread 10m",
           fill_retry);
  add_verb(job, globals, action, "delete", "forget jobs",
           "  stint job delete order-4711 --force\n"
           "  stint job delete --state failed --until 30d --yes",
           fill_delete);
  add_verb(job, globals, action, "cancel",
           "end jobs that wait, stop those that run; they are not retried",
           "  stint job cancel order-4711\n  stint job cancel --task report --dry-run",
           fill_cancel);
}

}  // namespace

void add_job(CLI::App& app, Globals& globals, Action& action) {
  add_group(app, globals, action, "job", "look at jobs, retry, delete, cancel them", fill_job);
}

}  // namespace stint::cli
