#include <memory>

#include "daemon/cli/args/words.h"
#include "daemon/cli/queue_stats.h"
#include "daemon/cli/rejected.h"
#include "daemon/cli/resource_list.h"
#include "daemon/cli/sweep.h"
#include "daemon/cli/worker_list.h"

namespace stint::cli {
namespace {

constexpr const char* kSweepAbout =
    "settle attempts whose worker is gone, and say which\n\n"
    "It watches every active attempt: what is not renewed for the whole lease that it names (30 s\n"
    "unless its task says otherwise) is settled, as daemons do it every few seconds. So it takes "
    "up to\n"
    "the longest of those leases, and no time if nothing is active. Ctrl-C ends it, nothing half "
    "done.";

void add_named(CLI::App& group, Globals& globals, Action& action, const std::string& name,
               const char* about, ExitCode (*run)(const Globals&, const std::string&)) {
  add_verb(group, globals, action, name, about,
           "  stint queue " + name + "\n  stint queue " + name + " video",
           [run](CLI::App& verb, const Globals& all, Action& to) {
             text_argument(verb, "NAME", chosen(all, to, run), "the queue; the same as --queue");
           });
}

// Verbs that ask before they delete.
template <class Options>
void fill_deleting(CLI::App& verb, Globals& globals, Action& action,
                   ExitCode (*run)(const Globals&, const Options&)) {
  auto& options = chosen(globals, action, run);
  text_argument(verb, "NAME", options.queue, "the queue; the same as --queue");
  verb.add_flag("--dry-run", options.dry_run, "say what would be deleted, do nothing");
  verb.add_flag("-y,--yes", options.yes, "do not ask; needed where there is no terminal");
}

void fill_queue_purge(CLI::App& verb, Globals& globals, Action& action) {
  fill_deleting(verb, globals, action, run_queue_purge);
}

void fill_queue_delete(CLI::App& verb, Globals& globals, Action& action) {
  fill_deleting(verb, globals, action, run_queue_delete);
}

void fill_queue(CLI::App& queue, Globals& globals, Action& action) {
  add_named(queue, globals, action, "list", "all queues, or one, with their counts",
            run_queue_list);
  add_named(queue, globals, action, "pause", "start no more of its jobs", run_queue_pause);
  add_named(queue, globals, action, "resume", "go on with a paused queue", run_queue_resume);
  add_verb(queue, globals, action, "purge", "delete every job that waits; those that run go on",
           "  stint queue purge video --dry-run\n  stint queue purge video --yes",
           fill_queue_purge);
  add_verb(queue, globals, action, "delete",
           "take a queue off the list that holds nothing and that nobody serves",
           "  stint queue delete vdieo\n  stint queue delete vdieo --yes", fill_queue_delete);
}

void fill_rejected_verb(CLI::App& verb, Globals& globals, Action& action, bool steers,
                        ExitCode (*run)(const Globals&, const RejectedOptions&)) {
  auto& options = chosen(globals, action, run);
  ids_argument(verb, options.ids, "ids that the entries gave");
  text_option(verb, "--error", options.error, "the reason holds this text");
  number_option(verb, "--limit", options.limit, "at most so many");
  verb.add_flag("--all", options.all, "all of them");
  if (steers) {
    verb.add_flag("--dry-run", options.dry_run, "say how many, do nothing");
    verb.add_flag("-y,--yes", options.yes, "do not ask; needed where there is no terminal");
  } else {
    text_option(verb, "--after", options.after, "go on where the last list ended", "CURSOR");
  }
}

void fill_rejected_list(CLI::App& verb, Globals& globals, Action& action) {
  fill_rejected_verb(verb, globals, action, false, run_rejected_list);
}

void fill_rejected_retry(CLI::App& verb, Globals& globals, Action& action) {
  fill_rejected_verb(verb, globals, action, true, run_rejected_retry);
}

void fill_rejected_delete(CLI::App& verb, Globals& globals, Action& action) {
  fill_rejected_verb(verb, globals, action, true, run_rejected_delete);
}

void fill_rejected(CLI::App& rejected, Globals& globals, Action& action) {
  add_verb(rejected, globals, action, "list", "the newest, with their reasons, 50 at a time",
           "  stint rejected list --limit 10", fill_rejected_list);
  add_verb(rejected, globals, action, "retry", "back into the inbox",
           "  stint rejected retry --error 'unknown field' --yes", fill_rejected_retry);
  add_verb(rejected, globals, action, "delete", "forget them",
           "  stint rejected delete --all --yes", fill_rejected_delete);
}

void fill_stats(CLI::App& verb, Globals& globals, Action& action) {
  auto watch = std::make_shared<bool>(false);
  verb.add_flag("--watch", *watch, "again every second");
  action = [&globals, watch] { return run_stats(globals, *watch); };
}

void fill_resource_list(CLI::App& verb, Globals& globals, Action& action) {
  auto& options = chosen(globals, action, run_resource_list);
  number_option(verb, "--limit", options.limit, "at most so many");
  text_option(verb, "--after", options.after, "go on where the last list ended", "CURSOR");
}

void fill_resource(CLI::App& resource, Globals& globals, Action& action) {
  add_verb(resource, globals, action, "list", "who holds what, and who waits for it, 50 at a time",
           "  stint resource list --json", fill_resource_list);
}

void fill_worker(CLI::App& worker, Globals& globals, Action& action) {
  add_plain(worker, globals, action, "list", "the live workers", "  stint worker list --json",
            run_worker_list);
}

}  // namespace

void add_rejected(CLI::App& app, Globals& globals, Action& action) {
  add_group(app, globals, action, "rejected", "inbox entries that could not be accepted",
            fill_rejected);
}

void add_queue(CLI::App& app, Globals& globals, Action& action) {
  add_verb(app, globals, action, "stats", "how many jobs of a queue are where",
           "  stint stats --queue video --watch", fill_stats);
  add_group(app, globals, action, "queue", "look at queues, pause, resume, purge and delete them",
            fill_queue);
  add_group(app, globals, action, "resource", "look at resources", fill_resource);
  add_group(app, globals, action, "worker", "look at the workers", fill_worker);
  add_plain(app, globals, action, "sweep", kSweepAbout, "  stint sweep --queue video", run_sweep);
}

}  // namespace stint::cli
