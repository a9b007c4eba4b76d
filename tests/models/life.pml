/* The life of one job id: submit, claim, finish, release, close, retry, cancel, delete, expire (common/queue/lua). Each container is a
   fact of its own, so that "in two places" and "in none" can be reached; resources are handover.pml's.

   Two workers, each of which may die at any point; then its supervisor settles (daemon/settlement.cc), and may have to send that
   twice, because a reply was lost and seq 0 is not remembered. A user cancels, deletes, retries and submits the id again.

   Shown: the invariant of docs/protocol.md after every script; task code runs at most once at a time; in the end, the job has
   ended and nothing of it is left in a list. */
#include "mutant.pml"
#define NO_GHOST 1      /* delete of a pending job leaves its copy in the list uncounted (lib/withdraw.lua) */
#define NO_SKIP 2       /* claim takes the copies that ghosts counts (lib/take.lua, living) */
#define NO_TOKEN 3      /* finish does not compare the token (lib/ours.lua) */
#define NO_FLAG 4       /* cancel and delete end an active job at once instead of flagging it (lib/withdraw.lua, will_flag) */
#define NO_TAKE_OUT 5   /* retry leaves the job in failed (retry.lua) */
#define NO_WAY_BACK 6   /* a failed attempt with budget left is put nowhere (lib/settle.lua, will_retry) */
#define NO_KNOWN 7      /* submit does not look whether the id is known (submit.lua) */
#define NO_CLOSE 8      /* a supervisor settles only what the worker had noted, not what its last claim gave (close.lua) */
#define NO_UNFLAGGING 9 /* a finish that succeeds leaves what was asked of the job in cancels (finish.lua) */

#define RETRIES 1

bool record;                    /* P jobs */
byte pending, reserved, ghosts; /* copies of the id in the lists, and how many of them are dead */
bool in_active, in_scheduled, in_failed, in_done;
byte token, fence;              /* of the attempt in active; the last one given */
byte cancels;                   /* 0 none, CANCEL, DELETE */
byte attempts;
byte running;                   /* processes that run its task code now */

#define CANCEL 1
#define DELETE 2
#define waiting (pending + reserved - ghosts)

byte submits = 2, deaths = 2, acts = 2, releases = 1;

/* docs/protocol.md, "The invariant" */
inline audit() {
  assert(unaudited || pending + reserved >= ghosts);
  assert(unaudited || waiting + in_active + in_scheduled + in_failed + in_done == record);
  assert(unaudited || cancels == 0 || in_active)
}

inline submit() {
  atomic {
    submits > 0 -> submits--;
    if
    :: record && kept(NO_KNOWN)
    :: else ->
        record = 1; attempts = 0;
        if
        :: pending++
        :: in_scheduled = 1
        fi
    fi;
    audit()
  }
}

/* took: whether this worker got the job. A claim of nothing changes nothing and is left out. */
inline claim(n, took, mine) {
  atomic {
    pending + reserved > 0 ->
    took = 0; k = 0;
    do /* lib/dead.lua: dead copies in front are not counted, as many as its steps are long */
    :: ghosts > 0 && kept(NO_SKIP) ->
        ghosts--;
        if
        :: reserved > 0 -> reserved--
        :: else -> pending--
        fi
    :: break
    od;
    do
    :: k < n && pending + reserved > 0 ->
        k++;
        if
        :: reserved > 0 -> reserved--
        :: else -> pending--
        fi;
        if
        :: ghosts > 0 && kept(NO_SKIP) -> ghosts--
        :: else ->
            if
            :: record -> took = 1
            :: else
            fi
        fi
    :: else -> break
    od;
    if
    :: took -> fence++; token = fence; mine = fence; in_active = 1
    :: else
    fi;
    k = 0;
    audit()
  }
}

inline end_as_cancelled() {
  if
  :: cancels == DELETE -> record = 0
  :: else -> in_done = 1
  fi;
  cancels = 0
}

/* An end that is no success and counts: lib/settle.lua. */
inline settle() {
  attempts++;
  if
  :: cancels -> end_as_cancelled()
  :: !cancels && attempts > RETRIES -> in_failed = 1
  :: !cancels && attempts <= RETRIES ->
      if
      :: mutant == NO_WAY_BACK
      :: kept(NO_WAY_BACK) -> pending++
      :: kept(NO_WAY_BACK) -> in_scheduled = 1
      fi
  fi
}

#define is_mine(mine) (in_active && (token == mine || mutant == NO_TOKEN))

inline finish(mine, ok) {
  atomic {
    if
    :: is_mine(mine) ->
        in_active = 0;
        if
        :: ok ->
            if
            :: cancels != DELETE -> in_done = 1
            :: record = 0 /* keep 0, or a delete was asked */
            fi;
            if
            :: kept(NO_UNFLAGGING) -> cancels = 0
            :: else
            fi
        :: else -> settle()
        fi
    :: else /* lost_lease */
    fi;
    audit()
  }
}

/* release and close: lib/give_back.lua */
inline give_back(mine) {
  atomic {
    if
    :: is_mine(mine) ->
        in_active = 0;
        if
        :: cancels -> end_as_cancelled()
        :: else -> pending++
        fi
    :: else
    fi;
    audit()
  }
}

inline begin_task() {
  atomic {
    running++;
    assert(running == 1)
  }
}

inline end_task() {
  running--
}

/* The supervisor of a dead worker whose task code had begun, by the flight recorder. */
inline bury_started(mine) {
  finish(mine, 0);
  if
  :: finish(mine, 0) /* the reply was lost */
  :: skip
  fi
}

/* And of one that had not heard what its claim gave. */
inline bury_claimed(mine) {
  if
  :: kept(NO_CLOSE) -> give_back(mine)
  :: else
  fi
}

proctype Worker() {
  byte mine, k;
  bool took;
end:
  do
  :: atomic { pending > 0 -> pending--; reserved++ } /* BLMOVE */
  :: if
     :: claim(1, took, mine)
     :: claim(2, took, mine)
     fi;
     if
     :: !took
     :: took && deaths > 0 -> deaths--; bury_claimed(mine)
     :: took && releases > 0 -> releases--; give_back(mine)
     :: took ->
         begin_task();
         if
         :: atomic { deaths > 0 -> deaths--; end_task() }; bury_started(mine)
         :: end_task(); finish(mine, 1)
         :: end_task(); finish(mine, 0)
         fi
     fi;
     took = 0; mine = 0
  od
}

proctype Upkeep() {
end:
  do
  :: atomic { in_scheduled -> in_scheduled = 0; pending++; audit() }
  :: atomic { in_done -> in_done = 0; record = 0; audit() }
  od
}

/* Of a job that has not begun: its copy in the list stays behind. */
inline withdraw() {
  if
  :: in_scheduled -> in_scheduled = 0
  :: in_failed -> in_failed = 0
  :: in_done -> in_done = 0
  :: else ->
      if
      :: kept(NO_GHOST) -> ghosts++
      :: else
      fi
  fi
}

inline cancel() {
  if
  :: in_active && kept(NO_FLAG) ->
      if
      :: cancels == 0 -> cancels = CANCEL
      :: else
      fi
  :: in_active && mutant == NO_FLAG -> in_active = 0; in_done = 1
  :: !in_active && !in_failed && !in_done -> withdraw(); in_done = 1
  :: else
  fi
}

inline delete() {
  if
  :: in_active && kept(NO_FLAG) -> cancels = DELETE
  :: in_active && mutant == NO_FLAG -> in_active = 0; record = 0
  :: !in_active -> withdraw(); record = 0
  fi
}

inline retry() {
  if
  :: in_failed || in_done ->
      attempts = 0; /* since = attempts */
      if
      :: kept(NO_TAKE_OUT) -> in_failed = 0; in_done = 0
      :: else
      fi;
      pending++
  :: else
  fi
}

proctype User() {
end:
  do
  :: submit()
  :: atomic { acts > 0 && record -> acts--; cancel(); audit() }
  :: atomic { acts > 0 && record -> acts--; delete(); audit() }
  :: atomic { acts > 0 && (in_failed || in_done) -> acts--; retry(); audit() }
  od
}

/* When nothing can happen any more. */
proctype End() {
end:
  timeout ->
  assert(in_failed == record && !in_active && !in_scheduled && !in_done);
  assert(pending + reserved == 0 && ghosts == 0 && cancels == 0 && running == 0)
}

init {
  choose_mutant();
  atomic { run Worker(); run Worker(); run Upkeep(); run User(); run End() }
}
