"""Looks at the whole queue every 100 ms, in one snapshot: the invariant by the simulator's rules, and every acknowledged job:
it must be there until it was deleted, has expired, or was not kept because Redis was full."""
import json
import os
import sys
import threading
import time

import redis

from hosts import PREFIX, now
from load import RESOURCES, Job

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../simulator'))
import audit  # noqa: E402  the simulator's rules
import records  # noqa: E402
import scripts  # noqa: E402

IDLE = '''#!lua flags=no-writes
local P, n = KEYS[1], 0
for _, list in ipairs({'pending', 'reserved', 'inbox'}) do n = n + redis.call('LLEN', P .. list) end
return n + redis.call('HLEN', P .. 'active') + redis.call('ZCARD', P .. 'scheduled')'''

PERIOD = 0.1  # of snapshots, from one's begin to the next's; Redis may be away for longer

PROBE_LIMITS = {'retries': 100, 'crash_limit': 1000, 'backoff': 0}


class Auditor:
    def __init__(self, world, load, attempts, keep_s):
        self.keep_s = keep_s
        self.world, self.load, self.attempts, self.wrong, self.snapshots = world, load, attempts, [], 0
        self.client, self.submit = world.redis.client(5), scripts.assemble('submit', scripts.sources())
        self.state, self.full_at, self.stop, self.probes = None, 0, threading.Event(), {}
        self.asked_enough, self.looked, self.longest = threading.Event(), now(), 0
        self.threads = [threading.Thread(target=t, daemon=True) for t in (self.watch, self.probe)]
        for thread in self.threads:
            thread.start()

    def violate(self, what, detail):
        if len(self.wrong) < 50:
            self.wrong.append((what, detail, now()))
            name = f'violation-{len(self.wrong)}.txt'
            (self.world.folder / name).write_text(f'{what}: {detail}\nat {now():.3f}\n\n' + (self.state.text if self.state else ''))

    def watch(self):
        due = now()
        while not self.stop.wait(max(due - now(), 0)):
            due = max(due + PERIOD, now())
            try:
                self.look()
            except redis.RedisError:
                pass
            except Exception as error:
                self.violate('the auditor failed', repr(error))
                raise

    def look(self):
        self.attempts.read()
        known = [j for j in list(self.load.jobs.values()) if j.acked and not j.gone]
        text = self.client.eval(audit.DUMP, 1, PREFIX, *RESOURCES)
        self.state = s = audit.State(text, RESOURCES)
        self.snapshots += 1
        self.longest, self.looked = max(self.longest, now() - self.looked), now()
        if s.pressure:
            self.full_at = now()
        for rule in (audit.structure, audit.locks, audit.side_tables):
            for what, detail in rule(s):
                self.violate(what, detail)
        waiting = {json.loads(entry).get('id') for entry in s.inbox}
        for job in known:
            if job.id in s.jobs:
                self.seen(s, job)
            elif job.id not in waiting:
                self.missed(job)

    def seen(self, s, job):
        place = s.place.get(job.id)
        # Under pressure what has ended is not kept: an id that is sent again, because the first time was not answered, is new then.
        not_kept = now() - self.full_at < 30
        if job.place == 'done' and place != 'done' and not job.deleted and not not_kept:
            self.violate('came_back', f'{job.id} was done and is {place}')
        job.missing, job.seen_at, job.place, job.expires = None, now(), place, float(s.done.get(job.id, 0))
        text = s.outcomes.get(job.id)
        if text != job.text:  # a retry takes the outcome away
            job.text, job.outcome = text, json.loads(text) if text else None

    def missed(self, job):
        """It is not there any more. The reasons that are given in docs/protocol.md:"""
        expired = job.place == 'done' and job.expires <= time.time() * 1000
        not_kept = now() - self.full_at < 30 and (job.place == 'done' or self.attempts.completed(job.id) or job.cancelled)
        # A machine that stood still took no snapshot between its end and its expiry.
        unseen = not job.missing and now() - (job.seen_at or job.acked) > self.keep_s and self.attempts.completed(job.id)
        if expired or not_kept or unseen or job.deleted:
            job.gone = True
            return
        job.missing = job.missing or now()
        if now() - job.missing > 1:  # by then the witness has told what it heard
            self.violate('job_lost', f'{job.id}, last seen {job.place}, expires {job.expires}, outcome {job.text}, completed '
                         f'{len(self.attempts.completed(job.id))} times')
            job.place, job.gone = 'lost', True

    # ---- how soon an idle queue wakes up
    def probe(self):
        client, number = self.world.redis.client(2), 0
        while not self.asked_enough.wait(0.05):
            try:
                if client.eval(IDLE, 1, PREFIX) != 0:
                    continue
                number += 1
                job = Job('probe-%d' % number, 'probe', {'params': {'do': 'ok'}})
                record = records.make('witness', int(time.time() * 1000), 'probe%d' % number, '{"ms":0,"do":"ok","times":0}', **PROBE_LIMITS)
                self.probes[job.id] = now()
                client.eval(self.submit, 1, PREFIX, 'probe%d' % number, '0', 1, job.id, record)
                job.acked = now()
                self.load.jobs[job.id] = job
                self.asked_enough.wait(0.1)
            except redis.RedisError:
                self.asked_enough.wait(0.1)

    def wakes(self):
        """(submitted, begun) of every probe that ran."""
        for job_id, at in self.probes.items():
            begun = [a['t'] for a in self.attempts.of_job[job_id]]
            if begun and job_id in self.load.jobs:
                yield at, min(begun), job_id

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join(10)
        self.look()
