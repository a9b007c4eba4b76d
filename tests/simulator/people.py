"""Programs and people that submit, steer and meddle, and what befalls them all. Each method is one step of the simulation."""
import json

import forgetting
import records
import wire
from daemon import Daemon
from failover import Failover
from worker import Worker
from world import RESOURCES

IDS = ['j%d' % i for i in range(6)]
STEPS = (
    ('submit', 8), ('push', 2), ('intake', 4), ('repeat_submit', 4), ('late', 4),
    ('wait', 4), ('serve', 6), ('claim', 14), ('give_reserved_back', 1), ('work', 18), ('end', 14), ('report', 14),
    ('release', 6), ('log', 6), ('tick', 16), ('sweep', 9), ('promote', 4), ('expire', 2),
    ('delete', 3), ('cancel', 3), ('retry', 3), ('pause', 0.6), ('resume', 2), ('forget', 0.8), ('pressure', 0.3), ('spoil', 0.4),
    ('crash', 1.2), ('leave', 0.5), ('join', 3), ('freeze', 1), ('mend', 1), ('damage', 2), ('unlock', 2), ('relock', 1), ('unfence', 0.3), ('thaw', 1.2), ('clock', 0.6), ('failover', 0.6), ('settle', 6), ('cut_off', 0.8))
METHODS, WEIGHTS = zip(*STEPS)


class Episode(Failover):
    after_forget = forgetting.check

    def play(self, number, steps, options):
        self.begin(number, options)
        self.nonces = self.refusals = self.made = self.joined = self.serial = 0
        self.wanted_resource = None
        self.asking, self.contents = [], {}
        self.daemons = [Daemon(self, 'd1'), Daemon(self, 'd2')]
        for _ in range(3):
            self.do_join()
        for method in self.rng.choices(METHODS, WEIGHTS, k=steps):
            if method not in self.options['never']:
                getattr(self, 'do_' + method)()
            self.audit()
            self.steps += 1
            if self.wrong:
                return
        self.heal()

    # ---- helpers
    def alive(self):
        return [w for w in self.workers if w.state == 'alive']

    def pick(self, items):
        return self.rng.choice(items) if items else None

    def record(self, spec, nonce):
        """Text for `jobs`, and the parameters apart ('' = in the record)."""
        said = {k: spec[k] for k in ('retries', 'crash_limit', 'backoff', 'lease', 'later', 'keep') if spec.get(k) is not None}
        params = json.dumps(spec.get('params'))
        apart = params in '34'  # as if those were large
        text = records.make(spec.get('task', 't'), 1, nonce, None if apart else params, spec.get('resource', ''), **said)
        return text, params if apart else ''

    def spec(self):
        rng = self.rng
        self.serial += rng.choice((0, 0, 0, 1))
        return {'resource': self.wanted_resource or rng.choice(('',) + RESOURCES), 'task': rng.choice('ttu'), 'params': self.serial % 5,
                'retries': rng.choice((0, 0, 1, 2, None, 15)), 'crash_limit': rng.choice((1, 3, None, 15)),
                'backoff': rng.choice((0, 0, 1000, -500, None)), 'lease': rng.choice((5000, None, 20000)), 'later': rng.choice((None, 'x=-')), 'keep': rng.choice((None, None, 0, 4000)),
                **self.options['specs'], 'due': rng.choice(('0',) * 8 + ('+1000', '+30000', str(self.redis_ms() + 5000)))}

    # ---- submitting
    def do_submit(self):
        jobs, nonce = [], 'call%04d' % self.nonces
        self.nonces += 1
        for _ in range(self.rng.choice((1, 1, 1, 2, 3))):
            spec, i = self.spec(), self.rng.choice(IDS[:self.options['ids']])
            if self.rng.random() < 0.6 and not self.wanted_resource:  # the same job once more
                spec.update(self.contents.get(i, {}))
            self.contents[i] = {k: spec[k] for k in ('resource', 'task', 'params')}
            record, params = self.record(spec, nonce)
            jobs.append([i, spec['due'], record, params])
        self.asking.append(wire.pack_submit(nonce, self.rng.choice('001'), jobs))
        self.do_repeat_submit()

    def do_repeat_submit(self):
        if self.asking and self.send('client', 'submit', self.asking[-1]) is not None:
            self.asking.pop()

    def do_push(self):
        spec = self.spec()
        if self.rng.random() < 0.5:
            spec['id'] = self.rng.choice(IDS)
        else:
            spec = {'params': 0}  # the same bytes again and again
        if self.rng.random() < 0.25:
            spec['bad'] = 1
            if 'id' in spec and self.rng.random() < 0.5:
                spec['id'] = 'x%d' % self.rng.randrange(4)
        self.redis('LPUSH', self.prefix + 'inbox', *[json.dumps(spec)] * self.rng.choice((1, 6)))
        self.say('push %s', spec)

    def do_intake(self):
        self.daemons[self.rng.random() < 0.2].intake()

    def do_late(self):
        if self.late:
            self.run_late(self.rng.randrange(len(self.late)))

    # ---- workers
    def do_wait(self):
        w = self.pick(self.alive())
        w and w.wait()

    def do_serve(self):
        """Redis serves a waiting connection, whatever its process is doing."""
        w = self.pick([w for w in self.workers if w.waiting_until is not None])
        if w and self.now > w.waiting_until:
            w.waiting_until = None
        elif w and self.redis('RPOPLPUSH', self.prefix + 'pending', self.prefix + 'reserved') is not None:
            w.waiting_until = None
            self.say('served %s', w.name)

    def do_claim(self):
        w = self.pick([w for w in self.alive() if w.waiting_until is None])
        w and w.claim(self.rng.choice((1, 2, 3)))

    def do_give_reserved_back(self):
        w = self.pick([w for w in self.alive() if not w.claiming])
        w and w.claim(0)

    def on_a_worker(self, method, among=lambda w: True):
        w = self.pick([w for w in self.alive() if among(w)])
        w and getattr(w, method)()

    def do_work(self):
        self.on_a_worker('work', lambda w: w.queue and not w.running)

    def do_end(self):
        self.on_a_worker('end', lambda w: w.running)

    def do_report(self):
        self.on_a_worker('report', lambda w: w.ended or w.batch)

    def do_release(self):
        self.on_a_worker('release', lambda w: w.queue or w.giving)

    def do_log(self):
        self.on_a_worker('log', lambda w: w.running)

    def do_tick(self):
        self.pass_time(self.rng.choice((100, 1000, 1500, 3000)))
        for w in self.alive():
            if self.now - w.last_beat >= 1600:
                w.beat()
            w.stop_own()

    # ---- daemons
    def do_sweep(self):
        self.pick(self.daemons).sweep()

    def do_promote(self):
        self.pick(self.daemons).promote()

    def do_expire(self):
        self.pick(self.daemons).expire()

    def do_settle(self):
        self.pick(self.daemons).go_on_settling()

    # ---- steering
    def some_ids(self):
        known = list(self.state.jobs) or IDS
        return [self.rng.choice(known if self.rng.random() < 0.8 else IDS) for _ in range(self.rng.choice((1, 1, 2)))]

    def expected_place(self):
        return self.rng.choice(('', '', '', 'pending', 'failed', 'active'))

    def do_delete(self):
        self.send('cli', 'delete', [self.rng.choice('01'), self.expected_place()] + self.some_ids())

    def do_cancel(self):
        self.send('cli', 'cancel', [self.options['keep'], self.expected_place()] + self.some_ids())

    def do_retry(self):
        ids = self.some_ids() + self.state.failed[:1]
        self.send('cli', 'retry', [self.rng.choice((0, 0, 5000)), '0.%d' % self.rng.randrange(10),
                                   self.rng.choice(('failed', 'failed done'))] + ids)

    def do_pause(self):
        self.send('cli', 'pause', [])

    def after_pause(self, before, args, reply):
        if not self.look().paused:
            self.violate('pause', 'starts jobs')

    def do_resume(self):
        self.send('cli', 'resume', [])

    def after_resume(self, before, args, reply):
        if self.look().paused:
            self.violate('resume', 'is paused')

    def do_forget(self):
        """Somebody takes the queue off the list: only if it is empty and no worker has said that it lives."""
        if self.rng.random() < 0.6:
            self.run('cli', 'delete', ['0', ''] + IDS)
        announced = self.rng.random() < 0.3
        if announced:
            self.redis('ZADD', self.prefix + 'workers', self.redis_ms(), 'announced')
            self.redis('HSET', self.prefix + 'worker:announced', 'host', 'h')
        forgetting.take_off(self)
        if announced:
            self.redis('DEL', self.prefix + 'worker:announced')
            self.redis('ZREM', self.prefix + 'workers', 'announced')

    def do_pressure(self):
        self.redis(*(('DEL', self.prefix + 'pressure') if self.state.pressure else ('SET', self.prefix + 'pressure', 1)))

    def do_spoil(self):
        """Somebody damages a record: the resource, which decides about locks, can still be read."""
        i = self.pick([i for i, p in self.state.place.items() if p not in ('failed', 'done')])
        if i in self.live:
            self.live[i].corrupt = True
            self.redis('HSET', self.prefix + 'jobs', i, self.live[i].resource + '\nspoilt by somebody else')

    # ---- the doctor
    def do_mend(self):
        """In a queue that is in order it finds nothing to do."""
        if self.hurt:
            return
        ids = self.some_ids() + self.rng.sample(IDS, 2) + ['x%d' % self.rng.randrange(4)] + self.state.pending[:2]
        ids = [i for i in ids if i not in self.live or not self.live[i].corrupt]
        self.doctor('mend', [1000, 0] + [x for i in ids for x in (i, '', '')], False)
        self.doctor('relock', [x for r in RESOURCES for x in (r, self.rng.choice(IDS))], False)

    def do_damage(self):
        """Somebody meddles, and the doctor brings back what was: nothing else is changed."""
        i, s = self.pick(list(self.state.jobs)), self.state
        place, key = s.place.get(i), lambda name: self.prefix + name
        if i is None or i not in self.live or self.live[i].corrupt or self.hurt:
            return
        r, job = s.resource[i], self.live[i]
        harm = {'active': [('RPUSH', key('pending'), i), ('ZADD', key('scheduled'), 1, i)] + [('HDEL', key('locks'), r)] * bool(r),
                'pending': [('LREM', key('pending'), 1, i)] * (i in s.pending and i not in s.ghosts) + [('ZADD', key('leases'), 1, i)],
                'blocked': [('ZREM', key('blocked:' + r), i), ('HSET', key('cancels'), i, 'cancel')],
                'scheduled': [('HSET', key('cancels'), i, 'delete'), ('RPUSH', key('reserved'), i)],
                }.get(place, [('RPUSH', key('pending'), i), ('HSET', key('errors'), i, '{}')])
        command = self.pick(harm)
        self.say('damage %s', command)
        self.redis(*command)
        if place in ('pending', 'blocked'):
            job.in_order = False
        if command[:2] == ('RPUSH', key('pending')) and place == 'active' and i not in s.ghosts and not s.paused and self.rng.random() < 0.5:
            self.redis('LMOVE', key('pending'), key('reserved'), 'RIGHT', 'RIGHT')
            reply = self.run('probe', 'claim', ['probe', 1 + self.claims.get('probe', (0,))[0], 1, 10000])
            if reply != ['ok', '0', [], []]:
                self.violate('ran_twice', '%s while it was active: %s' % (i, reply))
            return
        self.doctor('mend', [1000, 0, i, '', ''], True)
        free = [r for r in RESOURCES if r not in self.look().locks]
        if free:
            self.redis('HSET', key('locks'), free[0], self.rng.choice(('nobody', i)) if s.resource[i] != free[0] else 'nobody')
            self.doctor('relock', [free[0], ''], True)

    def do_unlock(self):
        """Somebody meddles with a lock; the attempts themselves and the audit bring it back."""
        s = self.state
        r = self.pick(sorted(s.locks))
        if r is None:
            return
        others = [i for i in s.jobs if s.resource[i] == r and s.place.get(i) == 'pending']
        command = self.pick([('HDEL', self.prefix + 'locks', r), ('HSET', self.prefix + 'locks', r, 'nobody')] +
                            [('HSET', self.prefix + 'locks', r, i) for i in others[:1]])
        self.say('damage %s', command)
        self.redis(*command)
        self.hurt.add(r)
        for j in self.live.values():
            j.in_order = j.in_order and j.resource != r
        if self.rng.random() < 0.6:
            self.run_beside(r)

    def run_beside(self, resource):
        """Another job of it comes, and is claimed before anybody notices."""
        self.wanted_resource = resource
        self.do_submit()
        self.wanted_resource = None
        holding = [w for w in self.alive() if any(h.resource == resource for h in w.queue + [w.running] if h)]
        for w in self.rng.choice((holding, self.alive())):
            w.waiting_until = None
            w.claim(3)
        if self.rng.random() < 0.4:
            self.redis('HDEL', self.prefix + 'locks', resource)
            self.rng.choice((self.do_relock, self.do_tick))()

    def do_unfence(self):
        """The last token is lost: the next must still be larger than those of who runs."""
        self.redis(*self.pick([('DEL', self.prefix + 'fence'), ('SET', self.prefix + 'fence', 'garbage')]))
        self.last_token = 0
        self.say('the last token is lost')

    def do_relock(self):
        self.pick(self.daemons).relock()

    def doctor(self, name, args, finds):
        before = self.look().facts()
        reply = self.run('doctor', name, args)
        if bool(reply) != finds or not finds and self.look().facts() != before:
            self.violate('doctor', '%s %s found %s' % (name, args, reply))

    # ---- what befalls them
    def do_crash(self):
        w = self.pick(self.alive())
        if w and len(self.alive()) > 1:
            w.die('crashes')
            if w.supervised:
                self.pick(self.daemons).settle(w)

    def do_leave(self):
        w = self.pick([w for w in self.alive() if not w.running and not w.claiming])
        if w and len(self.alive()) > 1:
            w.leaving = True
            for _ in range(30):
                w.release()
                w.report()
                if w.idle() and self.send(w.name, 'close', [w.name]) is not None:
                    break
            w.die('leaves')

    def do_join(self):
        if len(self.alive()) < 3:
            self.joined += 1
            self.workers = [w for w in self.workers if w.state != 'dead' or w.waiting_until is not None]
            self.workers.append(Worker(self, 'w%d' % self.joined, self.rng.random() < 0.6))

    def do_freeze(self):
        w = self.pick(self.alive())
        if w and len(self.alive()) > 1:
            w.state = 'frozen'
            self.say('%s freezes', w.name)

    def do_thaw(self):
        w = self.pick([w for w in self.workers if w.state == 'frozen'])
        if w:
            w.state = 'alive'
            self.say('%s thaws', w.name)
            w.stop_own()

    def do_cut_off(self):
        w = self.pick(self.alive())
        if w:
            self.cut_off[w.name] = self.now + self.rng.choice((2000, 8000, 15000))
            self.say('%s is cut off from Redis until %d', w.name, self.cut_off[w.name])

    def do_clock(self):
        step = self.rng.choice((3600000, -3600000))
        self.clock_offset += step
        self.farthest_clock = max(self.farthest_clock, self.clock_offset)
        self.set_clock()
        self.say('the clock of Redis steps by %d ms', step)

    # ---- everything works again: all jobs must come to an end
    def heal(self):
        self.say('everything works again')
        self.options, self.cut_off = dict(self.options, faults=False), {}
        while self.late:
            self.run_late()
        self.clock_offset = self.farthest_clock + 7200000  # what was delayed by a clock that has been set back since comes too
        self.redis('DEL', self.prefix + 'paused', self.prefix + 'pressure')
        for w in self.workers:
            w.waiting_until = None
            w.state = 'alive' if w.state == 'frozen' else w.state
        self.do_join()
        for _ in range(120):
            self.pass_time(1500)
            self.heal_round()
            self.audit()
            if self.wrong or self.look().empty() and not any(d.taking for d in self.daemons):
                return
        s = self.look()
        self.violate('not_drained', 'pending %s reserved %s active %s scheduled %s blocked %s locks %s ghosts %s inbox %s' % (
            s.pending, s.reserved, s.active, s.scheduled, s.blocked, s.locks, s.ghosts, s.inbox))

    def heal_round(self):
        for d in self.daemons:
            d.go_on_settling()
            d.sweep()
            d.promote()
            d.relock()
            d.intake()
        for w in self.alive():
            w.beat()
            w.stop_own()
            w.release() if w.giving else None
            if not w.queue and not w.giving:
                w.claim(3)
            for _ in range(4):
                w.work()
                if w.running:
                    w.ended.append((w.running, 'ok'))
                    w.running = None
                w.report()
