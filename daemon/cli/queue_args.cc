#include <memory>

#include "daemon/cli/args.h"
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

void add_named(CLI::App& parent, Globals& globals, Action& action, const char* name,
               const char* about, ExitCode (*run)(const Globals&, const std::string&)) {
  auto queue = std::make_shared<std::string>();
  CLI::App& verb =
      *add_verb(parent, globals, name, about,
                std::string("  stint queue ") + name + "\n  stint queue " + name + " video");
  verb.add_option("NAME", *queue, "the queue; the same as --queue")->type_name("");
  verb.callback([&action, &globals, queue, run] {
    action = [&globals, queue, run] { return run(globals, *queue); };
  });
}

// Verbs that ask before they delete.
template <class Options>
void add_deleting(CLI::App& parent, Globals& globals, Action& action, const char* name,
                  const char* about, const char* examples,
                  ExitCode (*run)(const Globals&, const Options&)) {
  auto options = std::make_shared<Options>();
  CLI::App& verb = *add_verb(parent, globals, name, about, examples);
  verb.add_option("NAME", options->queue, "the queue; the same as --queue")->type_name("");
  verb.add_flag("--dry-run", options->dry_run, "say what would be deleted, do nothing");
  verb.add_flag("-y,--yes", options->yes, "do not ask; needed where there is no terminal");
  verb.callback([&action, &globals, options, run] {
    action = [&globals, options, run] { return run(globals, *options); };
  });
}

void add_rejected_verb(CLI::App& parent, Globals& globals, Action& action, const char* name,
                       const char* about, const char* examples, bool steers,
                       ExitCode (*run)(const Globals&, const RejectedOptions&)) {
  auto options = std::make_shared<RejectedOptions>();
  CLI::App& verb = *add_verb(parent, globals, name, about, examples);
  ids_argument(verb, options->ids, "ids that the entries gave");
  text_option(verb, "--error", options->error, "the reason holds this text");
  number_option(verb, "--limit", options->limit, "at most so many");
  verb.add_flag("--all", options->all, "all of them");
  if (steers) {
    verb.add_flag("--dry-run", options->dry_run, "say how many, do nothing");
    verb.add_flag("-y,--yes", options->yes, "do not ask; needed where there is no terminal");
  } else {
    text_option(verb, "--after", options->after, "go on where the last list ended", "CURSOR");
  }
  verb.callback([&action, &globals, options, run] {
    action = [&globals, options, run] { return run(globals, *options); };
  });
}

}  // namespace

void add_rejected(CLI::App& app, Globals& globals, Action& action) {
  CLI::App& group =
      *add_group(app, globals, "rejected", "inbox entries that could not be accepted");
  add_rejected_verb(group, globals, action, "list", "the newest, with their reasons, 50 at a time",
                    "  stint rejected list --limit 10", false, run_rejected_list);
  add_rejected_verb(group, globals, action, "retry", "back into the inbox",
                    "  stint rejected retry --error 'unknown field' --yes", true,
                    run_rejected_retry);
  add_rejected_verb(group, globals, action, "delete", "forget them",
                    "  stint rejected delete --all --yes", true, run_rejected_delete);
}

void add_queue(CLI::App& app, Globals& globals, Action& action) {
  auto watch = std::make_shared<bool>(false);
  CLI::App& stats = *add_verb(app, globals, "stats", "how many jobs of a queue are where",
                              "  stint stats --queue video --watch");
  stats.add_flag("--watch", *watch, "again every second");
  stats.callback([&action, &globals, watch] {
    action = [&globals, watch] { return run_stats(globals, *watch); };
  });
  CLI::App& queue =
      *add_group(app, globals, "queue", "look at queues, pause, resume, purge and delete them");
  add_named(queue, globals, action, "list", "all queues, or one, with their counts",
            run_queue_list);
  add_named(queue, globals, action, "pause", "start no more of its jobs", run_queue_pause);
  add_named(queue, globals, action, "resume", "go on with a paused queue", run_queue_resume);
  add_deleting(queue, globals, action, "purge", "delete every job that waits; those that run go on",
               "  stint queue purge video --dry-run\n  stint queue purge video --yes",
               run_queue_purge);
  add_deleting(queue, globals, action, "delete",
               "take a queue off the list that holds nothing and that nobody serves",
               "  stint queue delete vdieo\n  stint queue delete vdieo --yes", run_queue_delete);
  CLI::App& resource = *add_group(app, globals, "resource", "look at resources");
  auto which = std::make_shared<ResourceOptions>();
  CLI::App& held =
      *add_verb(resource, globals, "list", "who holds what, and who waits for it, 50 at a time",
                "  stint resource list --json");
  number_option(held, "--limit", which->limit, "at most so many");
  text_option(held, "--after", which->after, "go on where the last list ended", "CURSOR");
  held.callback([&action, &globals, which] {
    action = [&globals, which] { return run_resource_list(globals, *which); };
  });
  CLI::App& worker = *add_group(app, globals, "worker", "look at the workers");
  add_plain(worker, globals, action, "list", "the live workers", "  stint worker list --json",
            run_worker_list);
  add_plain(app, globals, action, "sweep", kSweepAbout, "  stint sweep --queue video", run_sweep);
}

}  // namespace stint::cli
