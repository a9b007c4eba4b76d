"""A worker as worker/ behaves towards the queue: it claims, starts, renews, reports and gives back, repeats what was not answered,
and stops its own jobs before their leases run out. It may crash, freeze and thaw at any moment."""
import records
import wire
from world import LEASE

FENCE = 0.8  # of a lease: from then on it does not believe in it


class Held:
    """An attempt in its hands."""

    def __init__(self, job_id, token, record, since):
        self.id, self.token, self.record, self.since, self.lease = job_id, token, record, since, LEASE
        self.resource, self.started = record.split('\n')[0], False
        self.corrupt, self.attempt, self.limits, self.own_lease = True, 1, [0, 3, 1000], LEASE
        self.said, self.unsaid = 0, []  # lines of its log
        try:
            r = records.cut(record)
        except ValueError:
            return
        self.corrupt, self.attempt, self.own_lease = False, r.counters[0] + 1, int(r.said.get('lease', LEASE))
        self.limits = [int(r.said.get(name, d)) for name, d in zip(('retries', 'crash_limit', 'backoff'), self.limits)]


class Worker:
    def __init__(self, world, name, supervised):
        self.world, self.name, self.supervised, self.state = world, name, supervised, 'alive'
        self.waiting_until = None   # in BLMOVE
        self.seq, self.claiming, self.redis_run = 0, None, None
        self.queue, self.running, self.ended = [], None, []
        self.fin_seq, self.batch, self.giving = 0, None, None
        self.last_beat, self.leaving, self.former = world.now, False, None

    # ---- what others look at
    def fresh(self, h):
        return self.world.now - h.since <= h.lease * FENCE

    def running_keys(self):
        h = self.running
        if self.state == 'alive' and h and self.fresh(h):
            yield 'job ' + h.id
            if h.resource:
                yield 'resource ' + h.resource

    def renews(self, job_id, token):
        mine = self.queue + ([self.running] if self.running else [])
        return self.state == 'alive' and any(h.id == job_id and h.token == token and self.fresh(h) for h in mine)

    def idle(self):
        return not (self.queue or self.running or self.ended or self.batch or self.giving or self.claiming)

    # ---- taking jobs
    def wait(self):
        if self.idle() and self.waiting_until is None:
            self.waiting_until = self.world.now + 2000

    def claim(self, n):
        if self.leaving or self.giving or (not self.claiming and len(self.queue) >= 3):
            return
        if not self.knows_redis():
            return
        if not self.claiming:
            self.seq += 1
            self.claiming = n
        sent = self.world.now
        reply = self.world.send(self.name, 'claim', [self.name, self.seq, self.claiming, LEASE])
        if reply is None:
            return
        self.claiming = None
        self.world.seen[self.name] = max(int(reply[1]), self.world.seen.get(self.name, 0))
        if reply[0] == 'closed':
            self.die('is closed')
            return
        self.queue += [Held(i, reply[1], r, sent) for i, r in zip(reply[2], reply[3])]

    def knows_redis(self):
        """On every new connection it first says which Redis it sees, and the largest token it has seen."""
        w, run = self.world, self.world.redis_run
        if self.redis_run != run and w.send(self.name, 'epoch', ['run%d' % run, w.seen.get(self.name, 0)]) is not None:
            self.redis_run = run
        return self.redis_run == run

    # ---- running them
    def stop_own(self):
        """Self-fencing: what it could not renew in time it gives up."""
        for h in [h for h in self.queue if not self.fresh(h)]:
            self.queue.remove(h)
            self.give(h, 'free', 0)
        if self.running and not self.fresh(self.running):
            self.give(self.running, 'interrupted', 0)
            self.running = None

    def work(self):
        self.stop_own()
        if self.running or not self.queue or self.leaving:
            return
        h = self.queue.pop(0)
        if h.corrupt:
            self.ended.append((h, 'corrupt'))
            return
        choice = self.world.rng.random()
        if choice < 0.04 and not self.world.options['never']:
            self.ended.append((h, 'unknown-task'))
        elif choice < 0.08:
            self.give(h, 'elsewhere', 1000)
        else:
            h.started, self.running = True, h
            self.world.say('%s starts %s', self.name, h.id)
            self.world.live[h.id].starts += 1

    def end(self):
        rng, h = self.world.rng, self.running
        if h is None:
            return
        self.running, self.former = None, h
        kind = rng.choices(('ok', 'error', 'timeout', 'crash', 'release'), self.world.options['ends'])[0]
        if kind == 'release':
            self.give(h, rng.choice(('free', 'interrupted', 'interrupted')), rng.choice((0, 0, 500)))
        else:
            self.ended.append((h, kind))

    def report(self):
        w = self.world
        if not self.batch:
            if not self.ended and self.former and w.rng.random() < 0.3:
                self.ended, self.former = [(self.former, 'ok')], None  # a task that ends again, long after its attempt was settled
            if not self.ended:
                return
            self.fin_seq += 1
            head = [self.name, self.fin_seq, '0.%d' % w.rng.randrange(10), w.options['keep_max'], w.options['keep_bytes']]
            twice = self.ended[:1] if w.rng.random() < 0.03 else []  # a task may complete twice
            self.batch = wire.pack_finish(head, [finish_group(h, kind, self.keep_of(h), self.name) for h, kind in self.ended + twice])
            self.ended = []
        if w.send(self.name, 'finish', self.batch) is not None:
            self.batch = None

    def keep_of(self, h):
        return 0 if h.since % 3 else self.world.options['keep']

    def give(self, h, how, delay):
        self.giving = (self.giving or []) + [(h.id, h.token, how, delay)]

    def release(self):
        if self.giving is None and self.queue:
            for h in self.queue:
                self.give(h, 'free', 0)
            self.queue = []
        if self.giving:
            sent = self.giving
            if self.world.send(self.name, 'release', [self.name] + [x for g in sent for x in g]) is not None:
                self.giving = self.giving[len(sent):] or None

    def log(self):
        h = self.running
        if self.former and self.world.rng.random() < 0.3:
            h = self.former  # a task that does not know yet that it is over
        if h:
            lines = ['%d %d %s' % (self.world.now, h.attempt, 'x' * self.world.rng.choice((5, 5, 7000)))
                     for _ in range(self.world.rng.randrange(3))]
            h.unsaid += lines
            args = [h.id, h.token, self.world.rng.choice(('', '={"at":1}')), h.said + 1, len(h.unsaid)] + h.unsaid
            if self.world.send(self.name, 'log', args) is not None:
                h.said, h.unsaid = h.said + len(h.unsaid), []

    def beat(self):
        w = self.world
        self.last_beat, sent = w.now, w.now
        held = self.queue + ([self.running] if self.running else []) + [h for h, _ in self.ended]
        w.rng.shuffle(held)
        args = [self.name]
        for h in held:
            args += [h.id, h.token, '1' if h.started else '0', ' '.join(str(x) for x in [h.own_lease] + h.limits)]
            if h.started:  # from now on a sweeper may go by the new one
                h.lease = min(h.lease, h.own_lease)
        reply = held and w.send(self.name, 'heartbeat', args)
        if not reply and reply != []:
            return
        told = set(zip(reply[0::2], reply[1::2]))
        for h in held:
            if (h.id, 'lost') in told:
                self.drop(h, None)
                continue
            if (h.id, 'taken') in told:
                self.yield_resource(h)
                continue
            h.since, h.lease = sent, h.own_lease if h.started else h.lease
            if (h.id, 'cancel') in told and w.rng.random() < 0.7:
                self.drop(h, 'cancelled')

    def yield_resource(self, h):
        if h is self.running or h in self.queue:
            self.drop(h, None)
            self.give(h, 'interrupted', 0)

    def drop(self, h, kind):
        if h is self.running:
            self.running = None
        elif h in self.queue:
            self.queue.remove(h)
        else:
            return
        self.world.say('%s stops %s (%s)', self.name, h.id, kind or 'lost')
        if kind:
            self.ended.append((h, kind))

    # ---- ends
    def die(self, why):
        self.world.say('%s %s', self.name, why)
        self.state = 'dead'
        if not self.claiming and self.redis_run == self.world.redis_run and self.world.rng.random() < 0.5:  # a claim that is still on its way
            self.world.late.append((self.name, 'claim', [self.name, self.seq + 1, 2, LEASE], ()))
        if self.world.rng.random() < 0.5:
            self.waiting_until = None  # else its connection lingers half open until the wait ends


def finish_group(h, kind, keep, worker):
    started = '"2026-11-20T18:51:43.123Z"' if h.started else 'null'
    body = '' if kind in ('ok', 'cancelled') else (
        '{"attempt":%d,"kind":"%s","message":"%s","signal":null,"worker":"%s","at":"-"}' % (h.attempt, kind, 'm' * 20, worker))
    times = '"started_at":%s,"finished_at":"2026-11-20T18:51:44.123Z"' % started
    return [h.id, h.token, ' '.join(str(x) for x in [kind, h.attempt] + h.limits + [keep]), body, times]
