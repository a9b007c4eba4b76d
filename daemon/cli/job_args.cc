#include <memory>

#include "daemon/cli/args.h"
#include "daemon/cli/look.h"
#include "daemon/cli/wait.h"

namespace stint::cli {
namespace {

using Ids = std::vector<std::string>;

ExitCode missing_ids(const Globals& globals, const char* verb) {
  return Output(globals).fail(
      {ErrorCode::kInvalid, std::string("which jobs? stint job ") + verb + " ID..."});
}

void add_show(CLI::App& job, Globals& globals, Action& action) {
  auto ids = std::make_shared<Ids>();
  CLI::App& verb = *add_verb(job, globals, "show", "all about jobs, and why they do not run",
                             "  stint job show 0193a1c2-...\n  stint job show order-4711 --json");
  ids_argument(verb, *ids);
  verb.callback([&action, &globals, ids] {
    action = [&globals, ids] {
      if (ids->empty()) {
        return missing_ids(globals, "show");
      }
      auto session = Session::open(globals);
      return session ? show_jobs(*session, *ids) : Output(globals).fail(session.error());
    };
  });
}

void add_wait(CLI::App& job, Globals& globals, Action& action) {
  auto options = std::make_shared<WaitOptions>();
  CLI::App& verb =
      *add_verb(job, globals, "wait", "wait until jobs have ended",
                "  stint job wait order-4711 --for 5m   exit 5 if it failed, 6 on time-out");
  ids_argument(verb, options->ids);
  text_option(verb, "--for", options->limit, "at most so long (for ever)", "DUR");
  verb.callback([&action, &globals, options] {
    action = [&globals, options] {
      return options->ids.empty() ? missing_ids(globals, "wait") : run_wait(globals, *options);
    };
  });
}

}  // namespace

void add_job(CLI::App& app, Globals& globals, Action& action) {
  CLI::App& job = *add_group(app, globals, "job", "look at jobs, retry, delete, cancel them");
  add_show(job, globals, action);
  add_wait(job, globals, action);
}

}  // namespace stint::cli
