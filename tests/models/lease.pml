/* An attempt, its lease, and everybody who may be stopped or cut off: worker A (worker/lease_keeper.cc, worker/kill_time.cc), its
   supervisor (daemon/worker_handle.cc), a sweeper on another host (common/queue/sweep_memory.cc, common/queue/lua/sweep.lua), and worker B, which
   gets the job when it has been swept. Time is in ticks that all monotonic clocks share; the wall clock of Redis may step.

   A heartbeat may be done late or never, and its answer may be lost. In each run one thing may go wrong with A's host, see trouble.

   Shown: A's and B's task code never run at once, unless the whole host was paused, and then the token still tells A from B, to
   Redis and to a system that compares tokens; no attempt is swept that was renewed within a lease; when the host dies the job
   is settled within a lease, two sweeps and a tick. */
#include "mutant.pml"
#define NO_KILL 1        /* the supervisor does not enforce kill_at (daemon/worker_handle.cc) */
#define NO_FENCE 2       /* the worker does not stop its task when nothing is answered (worker/lease_keeper.cc, check) */
#define NO_SEND_TIME 3   /* a renewal counts from its answer, not from its sending (worker/lease_keeper.cc, renew) */
#define NO_COMPARE 4     /* sweep does not compare value and mark again (sweep.lua) */
#define NO_OWN_CLOCK 5   /* the sweeper believes the wall clock of Redis (common/queue/sweep_memory.cc, observe) */
#define NO_TOKEN 6       /* finish does not compare the token (lib/ours.lua) */
#define NO_MEMORY 7      /* the sweeper forgets what it saw before every look (common/queue/sweep_memory.cc) */
#define NO_OUTER_TOKEN 8 /* another system that the task writes to does not compare the token (docs/architecture.md) */

#define LEASE 5
#define FENCE 3 /* 0.6 of it */
#define KILL 4  /* 0.85 of it */
#define SWEEP 2 /* at most between two looks */

mtype = { NONE, WORKER_STOPS, SUPERVISOR_STOPS, TASK_IGNORES, HOST_PAUSES, HOST_DIES };
mtype trouble;

/* Ages, in ticks, of what happened: none is counted beyond the point at which it makes no more difference, so that time has
   no end and the states have. */
byte renewed;             /* since the last answered renewal was sent; the recorder's kill_at follows from it */
byte sent;                /* since the heartbeat on its way was sent */
byte executed;            /* since Redis did the last renewal, or the claim */
byte observed;            /* since the sweeper first saw what it still sees */
byte looked;              /* since its last look */
byte dead;                /* since the host died */

/* Redis */
bool in_active = 1;
byte token = 1;           /* of the attempt in active */
bool swept;               /* back in pending */
bool stepped;             /* the wall clock */
/* worker A, its heartbeat, its supervisor */
bool a_runs = 1, a_stopped, supervisor_stopped, paused_once, host_dead;
mtype = { IDLE, SENT, DONE_OURS, DONE_LOST };
mtype beat = IDLE;
/* the sweeper: whether value and mark are still those that it saw, and those that the sweep on its way names */
bool unchanged, sweeping, sweep_unchanged;
/* worker B; another system that both write to: the highest token that it has met */
bool b_runs;
byte highest;

#define heeds (trouble != TASK_IGNORES)
#define must_stop (a_runs && !a_stopped && renewed >= FENCE && heeds && kept(NO_FENCE))
#define must_kill (a_runs && !supervisor_stopped && renewed >= KILL && kept(NO_KILL))
#define must_look (in_active && token == 1 && !sweeping && looked >= SWEEP)
#define must_sweep (sweeping && host_dead && looked >= 1)

inline older(age, most) {
  if
  :: age < most -> age++
  :: else
  fi
}

proctype Clock() {
end:
  do
  :: atomic {
       !must_stop && !must_kill && !must_look && !must_sweep && !b_runs ->
       older(renewed, LEASE); older(executed, LEASE); older(observed, LEASE); older(looked, SWEEP);
       if
       :: beat != IDLE -> older(sent, LEASE)
       :: else
       fi;
       if
       :: host_dead -> dead++
       :: else
       fi;
       assert(!host_dead || !in_active || token != 1 || dead <= LEASE + 2 * SWEEP + 1)
     }
  od
}

/* A's loop, with one slot. It may do each of these at any moment; the clock waits for those that it must. */
proctype WorkerA() {
end:
  do
  :: atomic { a_runs && !a_stopped && beat == IDLE -> beat = SENT; sent = 0 }
  :: atomic {
       a_runs && !a_stopped && beat == DONE_OURS ->
       renewed = (kept(NO_SEND_TIME) -> sent : 0);
       beat = IDLE; sent = 0
     }
  :: atomic { a_runs && !a_stopped && beat == DONE_LOST && heeds -> a_runs = 0; beat = IDLE; sent = 0 }
  :: atomic { !a_stopped && (beat == DONE_OURS || beat == DONE_LOST) -> beat = IDLE; sent = 0 } /* the answer is lost */
  :: atomic { must_stop -> a_runs = 0 }
  :: atomic { /* the task writes elsewhere */
       a_runs && !a_stopped && (highest == 0 || (highest == 2 && mutant == NO_OUTER_TOKEN)) ->
       assert(highest == 0);
       highest = 1
     }
  :: atomic { /* the task ends: finish */
       a_runs && !a_stopped -> a_runs = 0;
       if
       :: in_active && (token == 1 || mutant == NO_TOKEN) -> assert(token == 1); in_active = 0
       :: else
       fi
     }
  od
}

proctype Supervisor() {
end:
  do
  :: atomic { must_kill -> a_runs = 0; a_stopped = 0 }
  od
}

/* What becomes of a request: it is done, at some time, or never. */
proctype Network() {
end:
  do
  :: atomic {
       beat == SENT ->
       if
       :: in_active && token == 1 -> executed = 0; unchanged = 0; sweep_unchanged = 0; beat = DONE_OURS
       :: else -> beat = DONE_LOST
       fi
     }
  :: atomic { beat == SENT -> beat = IDLE; sent = 0 }
  od
}

proctype Sweeper() {
end:
  do
  :: atomic { /* a look */
       in_active && token == 1 && !sweeping && looked > 0 ->
       looked = 0;
       if
       :: mutant == NO_OWN_CLOCK -> sweeping = (stepped || executed >= LEASE)
       :: kept(NO_OWN_CLOCK) && (!unchanged || mutant == NO_MEMORY) -> unchanged = 1; observed = 0
       :: else -> sweeping = (observed >= LEASE)
       fi;
       sweep_unchanged = sweeping
     }
  :: atomic { /* sweep.lua is done */
       sweeping -> sweeping = 0;
       if
       :: in_active && ((token == 1 && sweep_unchanged) || mutant == NO_COMPARE) ->
           assert(executed >= LEASE);
           in_active = 0; swept = 1
       :: else
       fi
     }
  od
}

/* The job is pending again; B claims it. */
proctype WorkerB() {
end:
  atomic {
    swept ->
    swept = 0; token = 2; in_active = 1; executed = 0; b_runs = 1;
    assert(!a_runs || (trouble == HOST_PAUSES && paused_once))
  };
  highest = 2
}

proctype Trouble() {
end:
  do
  :: atomic { trouble == WORKER_STOPS && a_runs && !a_stopped -> a_stopped = 1 }
  :: atomic { trouble == SUPERVISOR_STOPS && !supervisor_stopped -> supervisor_stopped = 1 }
  :: atomic { trouble == HOST_PAUSES && !paused_once -> paused_once = 1; a_stopped = 1; supervisor_stopped = 1 }
  :: atomic { a_stopped && (trouble == WORKER_STOPS || supervisor_stopped) -> a_stopped = 0; supervisor_stopped = 0 }
  :: atomic { trouble == HOST_DIES && a_runs -> host_dead = 1; a_runs = 0; beat = IDLE; sent = 0; supervisor_stopped = 1 }
  :: atomic { !stepped -> stepped = 1 }
  od
}

init {
  choose_mutant();
  if
  :: trouble = NONE
  :: trouble = WORKER_STOPS
  :: trouble = SUPERVISOR_STOPS
  :: trouble = TASK_IGNORES
  :: trouble = HOST_PAUSES
  :: trouble = HOST_DIES
  fi;
  atomic {
    run Clock(); run WorkerA(); run Supervisor(); run Network(); run Sweeper(); run WorkerB(); run Trouble()
  }
}
