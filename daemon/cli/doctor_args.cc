#include <memory>

#include "daemon/cli/args.h"
#include "daemon/cli/doctor.h"

namespace stint::cli {

void add_doctor(CLI::App& app, Globals& globals, Action& action) {
  CLI::App& verb = *add_verb(
      app, globals, "doctor", "is everything where it should be?",
      "  stint doctor                  all queues\n"
      "  stint doctor -q video --json  one queue, one object a finding; exit 1 if there is any\n"
      "  stint doctor --repair         mends what it finds, while jobs run; exit 1 if anything is "
      "left");
  auto repair = std::make_shared<bool>(false);
  verb.add_flag("--repair", *repair, "mend what is wrong and say what was done; else only look");
  verb.callback([&action, &globals, repair] {
    action = [&globals, repair] { return run_doctor(globals, *repair); };
  });
}

}  // namespace stint::cli
