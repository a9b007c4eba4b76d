/* Workers that wait for the next job on an empty queue (worker/claimer.cc): BLMOVE from pending to reserved, which Redis answers as soon as
   something is pushed, to whoever has waited longest; and after every wait that was served or broke, or timed out while there is something in
   reserved, a claim, which takes reserved first (common/queue/lua/lib/take.lua); a daemon gives what is in reserved back to pending now and then
   (common/queue/lua/promote.lua). Jobs are pushed at any time; a worker may have become busy while it waited; a
   connection may break, a worker leave, a worker die.

   Shown: while anybody waits idly, nothing is in pending, and nothing in reserved, unless who was served has died before
   its claim (then the next look of a daemon, or the next to time out, takes it); each job is in exactly one place; all are taken in the end, with
   one worker alive. */
#include "mutant.pml"
#define NO_LOOK 1           /* the wait does not look at the list, it is only woken by what comes later (BLMOVE does) */
#define NO_CLAIM_AFTER 2    /* a wait that timed out is followed by the next wait, not by a look at reserved (worker/claimer.cc, look_at_reserved) */
#define NO_CLAIM_BROKEN 3   /* a wait that broke is followed by the next wait (worker/claimer.cc, on_wait_over) */
#define NO_RESERVED_FIRST 4 /* claim does not look into reserved (lib/take.lua, take) */
#define NO_CLAIM_OF_NONE 5  /* a worker that has become busy does not give back what its wait moved (claim.lua, n = 0) */
#define NO_LAST_CLAIM 6     /* a worker that leaves does not wait for the claim that it owes (worker/claimer.cc, settled) */
#define NO_TAKE_OUT 7       /* claim reads the end of reserved and leaves it there (lib/take.lua, take) */

mtype = { SERVED, TIMED_OUT, BROKEN, LEAVES };

#define JOBS 3
#define WORKERS 2
#define NOBODY 9

/* Where each job is: a bit a place. The lists are ordered; a model of order is handover.pml. */
bool in_pending[JOBS], in_reserved[JOBS], taken[JOBS], pushed[JOBS];
byte n_pending, n_reserved, first;  /* first: the next job to be pushed */
byte waiting[WORKERS] = NOBODY;     /* who is blocked in BLMOVE, the longest first */
bool served[WORKERS];               /* the wait has been answered */
bool busy[WORKERS];                 /* no room for a job of this queue */
byte goes = 1, breaks = 1, looks = 2, live = WORKERS; /* goes: one of them dies or leaves */
bool excused;                       /* who was served has died */
byte k;

#define idle (waiting[0] != NOBODY)
#define all_wait (idle && (waiting[0] != NOBODY) + (waiting[1] != NOBODY) + busy[0] + busy[1] == live)

inline audit() {
  k = 0;
  do
  :: k < JOBS -> assert(in_pending[k] + in_reserved[k] + taken[k] == pushed[k]); k++
  :: else -> break
  od;
  k = 0;
  assert(!all_wait || (n_pending == 0 && (n_reserved == 0 || excused)))
}

inline move_one(w) {
  k = 0;
  do
  :: !in_pending[k] -> k++
  :: else -> break
  od;
  in_pending[k] = 0; n_pending--; in_reserved[k] = 1; n_reserved++; k = 0;
  served[w] = 1
}

/* What Redis does after every command and script: blocked clients are served in the order in which they came. */
inline serve() {
  do
  :: n_pending > 0 && waiting[0] != NOBODY ->
      move_one(waiting[0]);
      waiting[0] = waiting[1]; waiting[1] = NOBODY
  :: else -> break
  od;
  audit()
}

inline push() {
  atomic {
    first < JOBS ->
    in_pending[first] = 1; pushed[first] = 1; n_pending++; first++;
    serve()
  }
}

inline begin_wait(w) {
  atomic {
    if
    :: n_pending > 0 && kept(NO_LOOK) -> move_one(w)
    :: else ->
        if
        :: waiting[0] == NOBODY -> waiting[0] = w
        :: else -> waiting[1] = w
        fi
    fi;
    audit()
  }
}

inline leave_wait(w) {
  if
  :: waiting[0] == w -> waiting[0] = waiting[1]; waiting[1] = NOBODY
  :: waiting[1] == w -> waiting[1] = NOBODY
  :: else
  fi
}

/* Of one job; got: whether there was one. */
inline claim(got) {
  atomic {
    got = 0; k = 0;
    if
    :: n_reserved > 0 && kept(NO_RESERVED_FIRST) ->
        do
        :: !in_reserved[k] -> k++
        :: else -> break
        od;
        taken[k] = 1; got = 1;
        if
        :: kept(NO_TAKE_OUT) -> in_reserved[k] = 0; n_reserved--
        :: else
        fi
    :: else ->
        if
        :: n_pending > 0 ->
            do
            :: !in_pending[k] -> k++
            :: else -> break
            od;
            in_pending[k] = 0; n_pending--; taken[k] = 1; got = 1
        :: else
        fi
    fi;
    k = 0;
    audit()
  }
}

/* Gives what is in reserved back to pending, and so to who waits. */
inline claim_none() {
  atomic {
    k = 0;
    do
    :: k < JOBS && in_reserved[k] -> in_reserved[k] = 0; n_reserved--; in_pending[k] = 1; n_pending++; k++
    :: k < JOBS && !in_reserved[k] -> k++
    :: else -> break
    od;
    k = 0;
    serve()
  }
}

inline lose(w) {
  leave_wait(w);
  served[w] = 0
}

proctype Worker(byte w) {
  bool got;
  mtype over;
ask:
  claim(got);
  if
  :: got -> goto ask /* the job is run, and the next asked for */
  :: else
  fi;
wait:
  begin_wait(w);
end:
  if
  :: atomic { served[w] -> served[w] = 0; over = SERVED }
  :: atomic { n_pending + n_reserved > 0 && !served[w] -> leave_wait(w); over = TIMED_OUT } /* else it would only wait again */
  :: atomic { breaks > 0 -> breaks--; lose(w); over = BROKEN }
  :: atomic { goes > 0 -> goes--; leave_wait(w); served[w] = 0; over = LEAVES }
  :: atomic { goes > 0 -> goes--; excused = excused || served[w]; lose(w); live--; audit() }; goto gone
  fi;
  if
  :: over == LEAVES ->
      if
      :: kept(NO_LAST_CLAIM) -> claim_none()
      :: else
      fi;
      atomic { live--; audit() };
      goto gone
  :: over == TIMED_OUT && (mutant == NO_CLAIM_AFTER || n_reserved == 0) -> goto wait
  :: over == BROKEN && mutant == NO_CLAIM_BROKEN -> goto wait
  :: over == SERVED -> /* a job of another queue has come meanwhile */
      if
      :: kept(NO_CLAIM_OF_NONE) -> claim_none()
      :: else
      fi;
      atomic { busy[w] = 1; audit() };
      busy[w] = 0;
      goto ask
  :: over != LEAVES && !(over == TIMED_OUT && (mutant == NO_CLAIM_AFTER || n_reserved == 0)) && !(over == BROKEN && mutant == NO_CLAIM_BROKEN) ->
      goto ask
  :: atomic { goes > 0 && over != LEAVES -> goes--; excused = 1; live--; audit() } /* before its claim */
  fi;
gone:
  skip
}

proctype Producer() {
end:
  do
  :: push()
  od
}

/* A daemon's. Not for ever: who waits is what is to be shown to need nobody. */
proctype Promoter() {
end:
  do
  :: atomic { looks > 0 && n_reserved > 0 -> looks--; claim_none() }
  od
}

init {
  choose_mutant();
  atomic { run Worker(0); run Worker(1); run Producer(); run Promoter() }
}

ltl all_are_taken { [] <> (n_pending == 0 && n_reserved == 0) }
