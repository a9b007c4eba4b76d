#include <memory>

#include "daemon/cli/args.h"
#include "daemon/cli/queue_stats.h"

namespace stint::cli {
namespace {

void add_stats(CLI::App& app, Globals& globals, Action& action) {
  auto watch = std::make_shared<bool>(false);
  CLI::App& verb = *add_verb(app, globals, "stats", "how many jobs of a queue are where",
                             "  stint stats --queue video --watch");
  verb.add_flag("--watch", *watch, "again every second");
  verb.callback([&action, &globals, watch] {
    action = [&globals, watch] { return run_stats(globals, *watch); };
  });
}

}  // namespace

void add_queue(CLI::App& app, Globals& globals, Action& action) {
  add_stats(app, globals, action);
}

}  // namespace stint::cli
