/* Requests without a reply: done, done later, or never; sent again as they were (docs/protocol.md, "Repeats, delays and lost
   replies"; worker/claimer.cc, worker/reporter.cc, daemon/intake.cc). A connection may be lost at any time; what was sent on it may
   still be done, in any order, long after it was sent again on the next.

   Three scenes: two workers with two jobs, one of which may die with a claim on its way; a client that submits; a daemon that takes
   two identical entries from an inbox. A job that has expired meanwhile is left out: a late copy of its submit makes it anew.

   Shown: every job runs once and ends; nobody whose lease is valid is told lost_lease; who submitted is told created. */
#include "mutant.pml"
#define NO_CLAIM_MEMORY 1 /* a claim of the same seq takes anew (claim.lua, claimed_before) */
#define NO_CLAIM_ORDER 2  /* a claim of an older seq takes jobs (claim.lua) */
#define NO_CLOSED 3       /* close does not refuse later claims of the dead worker (close.lua) */
#define NO_GIVING_BACK 4  /* close does not give back what the last claim gave (close.lua) */
#define NO_FIN_MEMORY 5   /* a finish of the same seq is judged anew (lib/ours.lua, remembered) */
#define NO_FIN_ORDER 6    /* a finish of an older seq is judged and remembered (lib/ours.lua, remembered) */
#define NO_KNOWN 7        /* submit does not look whether the id is known (submit.lua) */
#define NO_NONCE 8        /* submit does not know its own job by the nonce (submit.lua) */
#define NO_BATCH_NONCE 9  /* intake does not know its own batch by the nonce (intake.lua) */

#define JOBS 4
#define PARTIES 3 /* worker 0, worker 1; 2: client, daemon */
#define CLIENT 2

mtype = { CLAIM, FINISH, SUBMIT, INTAKE };
mtype = { NOTHING, GIVEN, OK, LOST_LEASE, CREATED, KNOWN, TAKEN, MOVED };

/* kind, who, on which of his connections, seq, job, token */
chan net = [4] of { mtype, byte, byte, byte, byte, byte };
chan reply[PARTIES] = [1] of { mtype, byte, byte };
byte connection[PARTIES];
byte losses = 3;

/* Redis */
bool record[JOBS], in_active[JOBS], in_done[JOBS];
byte pending[JOBS], token[JOBS], fence, inbox;
byte claim_seq[2], claim_job[2], claim_token[2]; /* P claims; claim_job JOBS: none */
bool closed[2];
byte fin_seq[2];                                 /* P fins */
mtype fin_answer[2] = NOTHING;

byte runs[JOBS];
byte next_id;    /* of the daemon */
bool worker_may_die;

inline take(w) {
  job = 0;
  do
  :: job < JOBS && pending[job] == 0 -> job++
  :: else -> break
  od;
  if
  :: job < JOBS ->
      pending[job]--; fence++; token[job] = fence; in_active[job] = 1; answer = GIVEN
  :: else -> answer = NOTHING
  fi;
  claim_job[w] = job; claim_token[w] = fence
}

/* In: who, seq. Out: answer, job, number (its token). */
inline do_claim() {
  if
  :: closed[who] && kept(NO_CLOSED) -> answer = NOTHING
  :: else ->
      if
      :: seq == claim_seq[who] && kept(NO_CLAIM_MEMORY) ->
          job = claim_job[who]; number = claim_token[who];
          answer = NOTHING;
          if
          :: job < JOBS -> answer = (in_active[job] && token[job] == number -> GIVEN : NOTHING)
          :: else
          fi
      :: seq < claim_seq[who] && kept(NO_CLAIM_ORDER) -> answer = NOTHING
      :: else -> take(who); number = fence; claim_seq[who] = seq
      fi
  fi
}

inline do_finish() {
  if
  :: seq == fin_seq[who] && kept(NO_FIN_MEMORY) -> answer = fin_answer[who]
  :: seq < fin_seq[who] && kept(NO_FIN_ORDER) -> answer = LOST_LEASE
  :: else ->
      if
      :: in_active[job] && token[job] == number -> in_active[job] = 0; in_done[job] = 1; answer = OK
      :: else -> answer = LOST_LEASE
      fi;
      fin_seq[who] = seq; fin_answer[who] = answer
  fi
}

inline do_submit() {
  if
  :: record[job] && kept(NO_KNOWN) -> answer = (mutant == NO_NONCE -> KNOWN : CREATED)
  :: else -> record[job] = 1; pending[job]++; answer = CREATED
  fi
}

/* All entries have the same bytes: comparing them with the list's tail tells nothing. */
inline do_intake() {
  if
  :: record[job] && kept(NO_BATCH_NONCE) -> answer = MOVED
  :: else ->
      if
      :: inbox == 0 -> answer = MOVED
      :: inbox > 0 ->
          inbox--; answer = TAKEN;
          if
          :: !record[job] -> record[job] = 1; pending[job]++
          :: else /* a known id with the same content: taken, and nothing is queued */
          fi
      fi
  fi
}

proctype Redis() {
  mtype kind, answer;
  byte who, on, seq, job, number;
end:
  do
  :: atomic {
       net?kind, who, on, seq, job, number ->
       if
       :: on != connection[who] -> net!kind, who, on, seq, job, number /* it is delayed */
       :: on != connection[who]                                       /* it never arrives */
       :: true ->
           answer = NOTHING;
           if
           :: kind == CLAIM -> do_claim()
           :: kind == FINISH -> do_finish()
           :: kind == SUBMIT -> do_submit()
           :: kind == INTAKE -> do_intake()
           fi;
           if
           :: on == connection[who] -> reply[who]!answer, job, number
           :: else
           fi
       fi;
       kind = 0; answer = 0; who = 0; on = 0; seq = 0; job = 0; number = 0
     }
  od
}

inline lose_connection(w) {
  losses > 0 -> losses--; connection[w]++;
  do
  :: reply[w]?_, _, _
  :: empty(reply[w]) -> break
  od
}

/* Sends until it is answered. */
inline ask(w, what, s, j, t, said, said_job, said_number) {
  net!what, w, connection[w], s, j, t;
  do
  :: atomic { reply[w]?said, said_job, said_number -> break }
  :: atomic { lose_connection(w); net!what, w, connection[w], s, j, t }
  od
}

/* The worker is dead; its supervisor closes its name. What it had sent may still arrive. */
inline bury(w) {
  atomic { connection[w] = 99; do :: reply[w]?_, _, _ :: empty(reply[w]) -> break od };
  atomic {
    closed[w] = 1;
    if
    :: claim_job[w] < JOBS && kept(NO_GIVING_BACK) ->
        if
        :: in_active[claim_job[w]] && token[claim_job[w]] == claim_token[w] ->
            in_active[claim_job[w]] = 0; pending[claim_job[w]]++
        :: else
        fi
    :: else
    fi
  }
}

#define something_waits (pending[0] + pending[1] + pending[2] + pending[3] > 0)

proctype Worker(byte w) {
  byte seq, ended, job, number;
  mtype said;
end:
  do
  :: something_waits ->
      seq++;
      if
      :: atomic { w == 0 && worker_may_die -> net!CLAIM, w, connection[w], seq, 0, 0 }; bury(w); break
      :: ask(w, CLAIM, seq, 0, 0, said, job, number)
      fi;
      if
      :: said == GIVEN ->
          runs[job]++;
          assert(runs[job] == 1);
          ended++;
          ask(w, FINISH, ended, job, number, said, job, number);
          assert(said == OK)
      :: else
      fi;
      said = 0; job = 0; number = 0
  od
}

proctype Client() {
  byte job, number;
  mtype said;
  ask(CLIENT, SUBMIT, 0, 0, 0, said, job, number);
  assert(said == CREATED)
}

/* Each batch has an id of its own. Without a reply it is sent again, or the list is read again. */
proctype Daemon() {
  byte job, number, id;
  mtype said;
end:
  do
  :: inbox > 0 && next_id < JOBS ->
      id = next_id; next_id++;
      if
      :: ask(CLIENT, INTAKE, 0, id, 0, said, job, number)
      :: atomic { losses > 0 -> net!INTAKE, CLIENT, connection[CLIENT], 0, id, 0; lose_connection(CLIENT) }
      fi
  od
}

proctype End() {
  byte job;
end:
  timeout ->
  do
  :: job < JOBS ->
      assert(record[job] == in_done[job] && runs[job] == record[job]);
      assert(pending[job] == 0 && !in_active[job]);
      job++
  :: else -> break
  od;
  assert(record[0] + record[1] + record[2] + record[3] == 2 - inbox && (inbox == 0 || next_id == JOBS))
}

init {
  choose_mutant();
  claim_job[0] = JOBS; claim_job[1] = JOBS;
  atomic {
    run Redis(); run Worker(1); run End();
    if
    :: record[0] = 1; record[1] = 1; pending[0] = 1; pending[1] = 1; worker_may_die = 1; run Worker(0)
    :: record[1] = 1; pending[1] = 1; run Client()
    :: inbox = 2; run Daemon()
    fi
  }
}
