// What is known of a worker that has died, and what follows from it for each job that it held:
// pure, so that every way to die is tested without dying. Made by WorkerHandle from waitpid and the
// flight recorder, carried out by Settlement. The rule: task code that was running when its process
// died by itself costs that attempt (crash); what we killed ends for the reason we killed it;
// everything else goes back uncounted.
#pragma once

#include <string>
#include <vector>

#include "common/control/flight_recorder.h"
#include "common/queue/finish.h"
#include "common/settlement/exit_status.h"

namespace stint {

struct Obituary {
  // An attempt whose kill_at had passed when we began to kill its process.
  struct Blamed {
    std::string id;
    uint64_t token = 0;
    EndKind kind = EndKind::kTimeout;
    bool interrupted = false;  // Redis was away: goes back, as a loss
  };

  std::string worker;
  std::vector<std::string> queues;  // EntryCopy::queue is an index into these
  std::vector<control::EntryCopy> held;
  ExitStatus exit;
  bool killed = false;   // by us
  bool leaving = false;  // told to: what it held back at its end was not to blame for that
  bool stuck = false;    // because its loop had stopped: all that ran is lost
  std::vector<Blamed> blamed;
  std::string backtrace;
  std::vector<control::Word> words;  // as the recorder has them
  int64_t at_ms = 0;                 // wall clock of the death
};

struct QueuePlan {
  std::string queue;
  struct Free {
    std::string id;
    uint64_t token;
    bool interrupted = false;
  };
  std::vector<Ended> ended;
  std::vector<Free> free;
};

// One plan for each queue of the worker, also where nothing was held: its name there is still to be
// closed.
std::vector<QueuePlan> plan_settlement(const Obituary& dead);

}  // namespace stint
