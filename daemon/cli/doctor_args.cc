#include "daemon/cli/args.h"
#include "daemon/cli/doctor.h"

namespace stint::cli {

void add_doctor(CLI::App& app, Globals& globals, Action& action) {
  CLI::App& verb = *add_verb(
      app, globals, "doctor", "is everything where it should be? Looks, changes nothing",
      "  stint doctor                  all queues\n"
      "  stint doctor -q video --json  one queue, one object a finding; exit 1 if there is any");
  verb.callback([&action, &globals] { action = [&globals] { return run_doctor(globals); }; });
}

}  // namespace stint::cli
