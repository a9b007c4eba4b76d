#include <memory>

#include "daemon/cli/args/words.h"
#include "daemon/cli/doctor.h"

namespace stint::cli {
namespace {

void fill_doctor(CLI::App& verb, Globals& globals, Action& action) {
  auto repair = std::make_shared<bool>(false);
  verb.add_flag("--repair", *repair, "mend what is wrong and say what was done; else only look");
  action = [&globals, repair] { return run_doctor(globals, *repair); };
}

}  // namespace

void add_doctor(CLI::App& app, Globals& globals, Action& action) {
  add_verb(
      app, globals, action, "doctor", "is everything where it should be?",
      "  stint doctor                  all queues\n"
      "  stint doctor -q video --json  one queue, one object a finding; exit 1 if there is any\n"
      "  stint doctor --repair         mends what it finds, while jobs run; exit 1 if anything is "
      "left",
      fill_doctor);
}

}  // namespace stint::cli
