"""The producers: they submit jobs through every door, repeat what was not answered with the same ids, and remember what was
acknowledged; and people who cancel, delete and retry. Each is a thread; all go through a proxy of their own that cuts them too."""
import itertools
import json
import os
import random
import subprocess
import threading

import redis

from hosts import PREFIX, now
from redis_client import connect

RESOURCES = ['r%d' % i for i in range(6)]


class Job:
    def __init__(self, job_id, door, spec):
        self.id, self.door, self.spec = job_id, door, spec
        self.acked = self.cancelled = self.deleted = None  # when it was acknowledged, and first asked to be cancelled, deleted
        self.place = self.expires = self.outcome = self.text = self.missing = self.seen_at = None  # as last seen by the auditor
        self.gone = False


def make_spec(rng, job_id):
    what = rng.choices(('ok', 'fail', 'crash', 'exit', 'hang', 'deaf'), (86, 7, 2, 1, 2, 2))[0]
    ms = rng.choice((0, 5, 5, 20, 20, 60, 60, 100, 150, rng.choice((150, 400, 1200))))
    spec = {'task': 'witness', 'id': job_id, 'params': {'ms': ms, 'do': what, 'times': rng.choice((1, 1, 2)) if what != 'ok' else 0},
            'retries': 100, 'crash_limit': 1000, 'backoff': rng.choice(('none', 'fixed:50ms', 'fixed:300ms'))}
    if what == 'fail' and rng.random() < 0.3:
        spec.update(retries=0)
    if what in ('hang', 'deaf'):
        spec['timeout'] = '1s'
        spec['params']['ms'] = min(ms, 150)  # or it would never end
    if rng.random() < 0.5:
        spec['resource'] = rng.choice(RESOURCES)
    if rng.random() < 0.1:
        spec['delay'] = '%dms' % rng.choice((100, 700, 2000))
    return spec


def line(spec):
    return json.dumps(spec, separators=(',', ':'))


class Load:
    """The ledger of all jobs, and the threads that fill it."""

    def __init__(self, world, seed, per_second):
        self.world, self.per_second, self.jobs, self.wrong, self.count = world, per_second, {}, [], itertools.count()
        self.stop, self.lock = threading.Event(), threading.Lock()
        self.threads = [threading.Thread(target=self.guard, args=(door, random.Random(f'{seed} {door.__name__}')), daemon=True)
                        for door in (self.bulk, self.inbox, self.meddle)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def finish(self):
        self.stop.set()
        for thread in self.threads:
            thread.join(60)
            if thread.is_alive():
                self.wrong.append(('a producer hangs', thread.name))

    def guard(self, door, rng):
        try:
            door(rng)
        except Exception as error:  # said in the verdict: a silent producer would look like success
            self.wrong.append(('a producer failed', f'{door.__name__}: {error!r}'))

    def batch(self, rng, door, mean):
        specs = [make_spec(rng, f'{door}-{next(self.count)}') for _ in range(max(1, int(rng.expovariate(1 / mean))))]
        with self.lock:
            self.jobs.update((spec['id'], Job(spec['id'], door, spec)) for spec in specs)
        return specs

    def pause(self, rng, share):
        """Between two batches. Every few seconds all producers are quiet, so that the queue can run empty."""
        mean = 1.0
        self.stop.wait(rng.expovariate(1 / mean))
        while now() % 5 > 3.2 and not self.stop.is_set():
            self.stop.wait(0.1)
        return share * self.per_second * mean * 1.6

    def stint(self, *args, feed=None):
        command = [str(self.world.build / 'bin/stint'), '--redis', f'unix://{self.world.folder}/p.sock', '--json', *args]
        env = {k: v for k, v in os.environ.items() if not k.startswith('STINT_')}
        try:
            return subprocess.run(command, input=feed, env=env, capture_output=True, text=True, timeout=15)
        except subprocess.TimeoutExpired as late:
            return subprocess.CompletedProcess(command, 124, late.stdout or '', 'timeout')

    def acknowledge(self, specs):
        at = now()
        for spec in specs:
            self.jobs[spec['id']].acked = at

    def long(self, count):
        """For the time at the end in which nothing else goes wrong: jobs that outlive a lease, so that a death surely meets them."""
        specs = [{'task': 'witness', 'id': f'long-{next(self.count)}', 'params': {'ms': 4000, 'do': 'ok', 'times': 0}, 'retries': 100,
                  'crash_limit': 1000, 'backoff': 'none'} for _ in range(count)]
        self.jobs.update((spec['id'], Job(spec['id'], 'long', spec)) for spec in specs)
        while True:  # a disk that is busy with other things may keep Redis for seconds
            try:
                self.world.redis.client(20).lpush(PREFIX + 'inbox', *map(line, specs))
                return self.acknowledge(specs)
            except redis.TimeoutError:
                pass  # the same ids again: a known one is not queued twice

    # ---- the doors
    def bulk(self, rng):
        while not self.stop.is_set():
            specs = self.batch(rng, 'bulk', self.pause(rng, 0.6))
            text = ''.join(line(s) + '\n' for s in specs)
            while True:
                done = self.stint('submit', '--bulk', '-', feed=text)
                if done.returncode == 0:
                    self.acknowledge(specs)
                    break
                if done.returncode not in (1, 7, 124):
                    self.wrong.append(('submit --bulk', f'exit {done.returncode}: {done.stderr[-300:]}'))
                if self.stop.wait(0.2):
                    break

    def inbox(self, rng):
        client = connect(self.world.folder / 'p.sock', 3)
        while not self.stop.is_set():
            specs = self.batch(rng, 'inbox', self.pause(rng, 0.4))
            while True:
                try:
                    client.lpush(PREFIX + 'inbox', *[line(s) for s in specs])
                    self.acknowledge(specs)
                    break
                except redis.RedisError:
                    if self.stop.wait(0.2):
                        break

    def meddle(self, rng):
        while not self.stop.wait(rng.expovariate(1)):
            what = rng.choice(('cancel', 'delete', 'retry'))
            with self.lock:
                recent = [j for j in list(self.jobs.values())[-60:] if j.acked]
            if what == 'retry':
                self.stint('job', 'retry', '--state', 'failed', '--yes')
            elif recent:
                job = rng.choice(recent)
                if what == 'cancel':
                    job.cancelled = job.cancelled or now()
                else:
                    job.deleted = job.deleted or now()
                self.stint('job', what, job.id, *(('--force',) if what == 'delete' and rng.random() < 0.5 else ()))
