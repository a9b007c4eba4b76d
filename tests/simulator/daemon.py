"""A daemon: the supervisor's settlement of dead workers, the sweeper, the promoter, the expirer and the intake."""
import json

import wire
from worker import finish_group
from world import RESOURCES


class Daemon:
    def __init__(self, world, name):
        self.world, self.name = world, name
        self.seen, self.settling, self.taking, self.judged = {}, [], None, None

    # ---- a worker died: finish what ran, give back the rest, close; each repeated until it is answered
    def settle(self, worker):
        calls, w = [], worker
        if w.running:
            head = [w.name, 0, '0.5', self.world.options['keep_max'], self.world.options['keep_bytes']]
            calls.append(('finish', wire.pack_finish(head, [finish_group(w.running, 'crash', self.world.options['keep'], w.name)])))
        unstarted = [h for h in w.queue]
        if unstarted:
            calls.append(('release', [w.name] + [x for h in unstarted for x in (h.id, h.token, 'free', 0)]))
        calls.append(('close', [w.name]))
        self.settling += calls

    def go_on_settling(self):
        if self.settling and self.world.send(self.name, *self.settling[0]) is not None:
            self.settling.pop(0)

    # ---- sweeping by its own monotonic clock
    def sweep(self):
        w, seen, args = self.world, {}, []
        for i, value in w.look().active.items():
            mark = w.state.leases.get(i, '')
            key = (i, value, mark)
            seen[key] = self.seen.get(key, w.now)
            if w.now - seen[key] >= int(value.split(' ')[3]):
                args += [i, value, mark]
        stale = [k for k in self.seen if k not in seen and w.state.active.get(k[0]) == k[1]]
        self.seen = seen
        if stale:  # must be left alone: renewed since
            w.send(self.name, 'sweep', ['0.5', w.options['keep']] + list(stale[0]))
        if self.judged or w.rng.random() < 0.5:  # or it sends only later what it has judged now
            args, self.judged = self.judged or args, None
        else:
            args, self.judged = [], args
        if args:
            args += args[:3] if w.rng.random() < 0.1 else []
            w.send(self.name, 'sweep', ['0.%d' % w.rng.randrange(10), w.options['keep']] + args)

    def promote(self):
        self.world.send(self.name, 'promote', [self.world.rng.choice((1, 100))])

    def expire(self):
        self.world.send(self.name, 'expire', [self.world.rng.choice((1, 100))])

    # ---- the audit: locks, and whom nobody hands a resource on
    def relock(self):
        self.world.send(self.name, 'relock', [x for r in RESOURCES for x in (r, '')])

    # ---- the inbox
    def intake(self):
        w = self.world
        if not self.taking:
            entries = w.look().inbox[::-1][:w.rng.choice((1, 3))]
            if not entries:
                return
            nonce = self.new_nonce()
            groups = [self.judge(raw, nonce, False) for raw in entries]
            alone = [k for k, group in enumerate(groups) if group[1] == 'cut'] or [len(groups)]
            self.taking = nonce, groups[:alone[0] or 1]
        nonce, groups = self.taking
        reply = w.send(self.name, 'intake', wire.pack_intake(nonce, w.options['rejected_max'], groups), (w.prefix + 'inbox',))
        if reply is None or w.options['faults'] and w.rng.random() < 0.1:
            if w.rng.random() < 0.2:
                self.taking = None  # it dies; another one reads the list
            return
        taken, status = reply
        self.taking = None
        if status == 'conflict':
            self.taking = self.new_nonce(), [self.judge(groups[taken][0], '', True)]

    def new_nonce(self):
        self.world.nonces += 1
        return 'take%04d' % self.world.nonces

    def judge(self, raw, nonce, conflict):
        spec = json.loads(raw)
        if conflict or 'bad' in spec:
            self.world.refusals += 1
            header = '{"at":"%d","from":"inbox","reason":"no \\"good\\""}' % self.world.refusals
            large = not conflict and spec['params'] % 2 == 0  # as if it was larger than a job may be
            return [raw[:-5] if large else raw, 'cut' if large else 'refuse', spec.get('id', ''), '', header, '']
        if 'id' not in spec:
            self.world.made += 1
            spec['id'] = 'made-%d' % self.world.made
        record, params = self.world.record(spec, nonce)
        return [raw, 'accept', spec['id'], spec.get('due', '0'), record, params]
