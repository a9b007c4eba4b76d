#include "daemon/cli/sweep.h"

#include "client/door.h"
#include "client/json_object.h"
#include "common/interrupt.h"
#include "common/queue/hand_sweep.h"
#include "daemon/cli/session.h"

namespace stint::cli {
namespace {

void print(const Output& out, const Swept& job) {
  out.line(out.json() ? JsonObject()
                            .text("id", std::string_view(job.id))
                            .text("state", to_string(job.place))
                            .str()
                      : shown(job.id) + ": is " + std::string(to_string(job.place)));
}

}  // namespace

ExitCode run_sweep(const Globals& globals) {
  auto session = Session::open(globals);
  if (!session) {
    return Output(globals).fail(session.error());
  }
  if (auto enough = check_rights(*session); !enough) {
    return session->out().fail(enough.error());
  }
  InterruptScope scope;
  const Output& out = session->out();
  StatusLine line(out.may_animate());
  int64_t settled = 0;
  HandSweep sweep(
      {{session->keys(), queue_limits(session->queue_config()).keep}},
      [&session](const redis::Command& command) { return session->ask(command); },
      [&](size_t, const Swept& job) {
        ++settled;
        print(out, job);
      },
      line);
  auto swept = sweep.run();
  line.wipe();
  std::string done =
      counted(settled, "attempt") + " settled of " + grouped(sweep.seen()) + " active";
  if (!swept) {
    out.complain(done);
    return out.fail(swept.error());
  }
  if (interrupted()) {
    out.complain("interrupted: " + done + ", " + grouped(static_cast<int64_t>(sweep.undecided())) +
                 " not watched for a whole lease yet (a daemon settles what is dead)");
    return ExitCode::kInterrupted;
  }
  if (!out.json()) {
    out.note(done);
  }
  return ExitCode::kOk;
}

}  // namespace stint::cli
