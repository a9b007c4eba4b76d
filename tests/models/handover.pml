/* A resource and the jobs that want it: claim, finish, release, close, delete, promote (common/queue/lua; lib/lock.lua, lib/take.lua,
   lib/give_back.lua, lib/withdraw.lua). Three jobs of one resource, submitted in the order of their numbers; two workers; a user
   who deletes.

   Shown: at most one of them runs; they start in the order in which they were submitted, whatever is given back or deleted in
   between (one that failed or was delayed has lost its place); the invariant of docs/protocol.md on locks, lines and places
   after every script; in the end all have ended and the lock is free. */
#include "mutant.pml"
#define NO_LOCK 1         /* claim takes a job whose resource another holds (lib/take.lua, lock) */
#define NO_HEIR 2         /* the end of the holder opens the lock and calls nobody (lib/lock.lua, hand_on) */
#define NO_HEIR_LOCK 3    /* the first in line is called, but the lock is not made his (lib/lock.lua, hand_on) */
#define NO_KEEPING 4      /* a job that is given back hands its lock on (lib/give_back.lua) */
#define NO_HOLDER_CHECK 5 /* a lock is handed on also by a job that does not hold it (lib/lock.lua, hand_on) */
#define NO_HANDING_ON 6   /* delete of the next holder leaves its lock as it is (lib/withdraw.lua) */
#define NO_LEAVING 7      /* delete leaves a blocked job in the line, and the line is believed (lib/withdraw.lua, first_in_line) */
#define NO_ORDER 8        /* the last in line is called, not the first (lib/lock.lua, first_in_line) */
#define NO_OWN_LOCK 9     /* claim takes the lock that a job holds itself for another's (lib/take.lua, lock) */
#define NO_COUNTING_OFF 10 /* claim throws a dead copy away and leaves ghosts as it is (lib/take.lua, living) */

#define JOBS 3
#define ROOM 6

bool record[4], in_active[4], in_blocked[4], in_scheduled[4]; /* by job, 1 to JOBS */
byte ghosts[4], copies[4];         /* copies: in the list, for the audit */
byte pending[ROOM], n_pending;     /* [0] is the tail, which is taken first */
byte line[ROOM], n_line;           /* P blocked:<resource>, by its counter */
byte lock;                         /* P locks: the holder, 0 = nobody */
bool flagged[4];                   /* P cancels: delete */
bool lost_place[4];                /* failed or delayed: it starts when it may */
byte running;
byte submitted, deletes = 2, errors = 1, delays = 1, releases = 1, deaths = 1;
byte i, heir;                      /* of the script that runs; 0 between scripts */

#define in_line(j) (n_line > 0 && line[0] == j || n_line > 1 && line[1] == j || n_line > 2 && line[2] == j)
#define ordered (mutant != NO_LOCK && mutant != NO_HOLDER_CHECK) /* without exclusion there is no order to keep */
#define waits(j) (copies[j] - ghosts[j])

inline audit() {
  i = 1;
  do
  :: i <= JOBS && !unaudited ->
      assert(copies[i] >= ghosts[i]);
      assert(waits(i) + in_active[i] + in_blocked[i] + in_scheduled[i] == record[i]);
      assert(!in_active[i] || lock == i);
      assert(!in_blocked[i] || (lock != 0 && in_line(i)));
      i++
  :: else -> break
  od;
  assert(unaudited || lock == 0 || in_active[lock] || waits(lock) == 1);
  assert(unaudited || n_line == in_blocked[1] + in_blocked[2] + in_blocked[3]);
  i = 0
}

inline push_head(j) {
  pending[n_pending] = j; n_pending++; copies[j]++
}

inline push_tail(j) {
  i = n_pending;
  do
  :: i > 0 -> pending[i] = pending[i - 1]; i--
  :: else -> break
  od;
  pending[0] = j; n_pending++; copies[j]++
}

inline pop_tail(j) {
  j = pending[0];
  i = 0;
  do
  :: i + 1 < n_pending -> pending[i] = pending[i + 1]; i++
  :: else -> break
  od;
  n_pending--; pending[n_pending] = 0; copies[j]--
}

inline leave_line(from) {
  i = from;
  do
  :: i + 1 < n_line -> line[i] = line[i + 1]; i++
  :: else -> break
  od;
  n_line--; line[n_line] = 0
}

inline first_in_line() {
  heir = 0;
  do
  :: n_line > 0 && heir == 0 ->
      if
      :: kept(NO_ORDER) -> heir = line[0]; leave_line(0)
      :: else -> n_line--; heir = line[n_line]; line[n_line] = 0
      fi;
      if
      :: !in_blocked[heir] && kept(NO_LEAVING) -> heir = 0
      :: else -> in_blocked[heir] = 0
      fi
  :: else -> break
  od
}

inline hand_on(j) {
  if
  :: lock == j || mutant == NO_HOLDER_CHECK ->
      heir = 0;
      if
      :: kept(NO_HEIR) -> first_in_line()
      :: else
      fi;
      if
      :: heir -> push_tail(heir)
      :: else
      fi;
      lock = (mutant == NO_HEIR_LOCK -> 0 : heir);
      heir = 0
  :: else
  fi
}

inline submit() {
  atomic {
    submitted < JOBS -> submitted++;
    record[submitted] = 1; push_head(submitted);
    audit()
  }
}

/* got: the job that it gave, or 0. Of one resource there can be only one. */
inline claim(n, got) {
  atomic {
    n_pending > 0 ->
    got = 0; k = 0;
    do
    :: k < n && n_pending > 0 ->
        k++;
        pop_tail(j);
        if
        :: ghosts[j] > 0 && kept(NO_COUNTING_OFF) -> ghosts[j]--
        :: ghosts[j] > 0 && mutant == NO_COUNTING_OFF
        :: ghosts[j] == 0 && !record[j]
        :: else ->
            if
            :: lock != 0 && (lock != j || mutant == NO_OWN_LOCK) && kept(NO_LOCK) ->
                in_blocked[j] = 1; line[n_line] = j; n_line++
            :: else -> lock = j; in_active[j] = 1; got = j
            fi
        fi
    :: else -> break
    od;
    k = 0; j = 0;
    audit()
  }
}

inline end_flagged(j) {
  flagged[j] = 0; record[j] = 0
}

inline finish_ok(j) {
  atomic {
    in_active[j] = 0; end_flagged(j); hand_on(j);
    audit()
  }
}

/* A failed attempt with budget left and no backoff; or a release with a delay. */
inline put_back_later(j, delayed) {
  atomic {
    in_active[j] = 0; lost_place[j] = 1;
    if
    :: flagged[j] -> end_flagged(j)
    :: !flagged[j] && delayed -> in_scheduled[j] = 1
    :: else -> push_head(j)
    fi;
    hand_on(j);
    audit()
  }
}

/* release without a delay, close */
inline give_back(j) {
  atomic {
    in_active[j] = 0;
    if
    :: flagged[j] -> end_flagged(j); hand_on(j)
    :: else ->
        push_tail(j);
        if
        :: mutant == NO_KEEPING -> hand_on(j)
        :: else
        fi
    fi;
    audit()
  }
}

inline begin_task(j) {
  atomic {
    running++;
    assert(running == 1);
    assert(!ordered || j < 2 || !record[1] || lost_place[1] || lost_place[j]);
    assert(!ordered || j < 3 || !record[2] || lost_place[2] || lost_place[j])
  }
}

proctype Worker() {
  byte got, j, k;
end:
  do
  :: if
     :: claim(1, got)
     :: claim(2, got)
     fi;
     if
     :: got == 0
     :: got && deaths > 0 -> deaths--; give_back(got)
     :: got && releases > 0 -> releases--; give_back(got)
     :: got ->
         begin_task(got);
         running--;
         if
         :: finish_ok(got)
         :: atomic { errors > 0 -> errors-- }; put_back_later(got, 0)
         :: atomic { delays > 0 -> delays-- }; put_back_later(got, 1)
         fi
     fi;
     got = 0
  od
}

inline withdraw_from_line(j) {
  if
  :: line[0] == j -> leave_line(0)
  :: n_line > 1 && line[1] == j -> leave_line(1)
  :: n_line > 2 && line[2] == j -> leave_line(2)
  fi
}

inline delete(j) {
  atomic {
    deletes > 0 && record[j] -> deletes--;
    if
    :: in_active[j] -> flagged[j] = 1
    :: in_scheduled[j] -> in_scheduled[j] = 0; record[j] = 0
    :: in_blocked[j] ->
        in_blocked[j] = 0; record[j] = 0;
        if
        :: kept(NO_LEAVING) -> withdraw_from_line(j)
        :: else
        fi
    :: else ->
        ghosts[j]++; record[j] = 0;
        if
        :: kept(NO_HANDING_ON) -> hand_on(j)
        :: else
        fi
    fi;
    audit()
  }
}

proctype User() {
end:
  do
  :: submit()
  :: delete(1)
  :: delete(2)
  :: delete(3)
  od
}

inline promote(j) {
  atomic { in_scheduled[j] -> in_scheduled[j] = 0; push_head(j); audit() }
}

proctype Upkeep() {
end:
  do
  :: promote(1)
  :: promote(2)
  :: promote(3)
  od
}

proctype End() {
end:
  timeout ->
  assert(!record[1] && !record[2] && !record[3]);
  assert(lock == 0 && n_pending == 0 && n_line == 0 && ghosts[1] + ghosts[2] + ghosts[3] == 0)
}

init {
  choose_mutant();
  atomic { run Worker(); run Worker(); run User(); run Upkeep(); run End() }
}
