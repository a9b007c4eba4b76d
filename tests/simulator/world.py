"""What really happens: time, the network between programs and Redis, and for every accepted job what must become of it. The
programs (worker.py, daemon.py, people.py) see only the replies that reach them; the world sees every script that is done."""
import collections
import random

import audit
import locks
import records
import rules
import scripts
import wire

RESOURCES = ('a', 'b')
LEASE = 10000


class Job:
    """A job as the world knows it, from the submission that created it on."""

    def __init__(self, job_id, record, params, n, later):
        r = records.cut(record)
        self.id, self.n, self.nonce, self.resource, self.params, self.said = job_id, n, r.nonce, r.resource, params or r.params, r.said
        self.record, self.in_order, self.claimed = record, not later, False
        self.attempts = self.crashes = self.losses = self.since = self.starts = 0
        self.errors, self.ended, self.outcome, self.flag, self.corrupt, self.lines = [], None, None, None, False, {}


class World:
    def __init__(self, server, seed, files, number=0):
        self.seed, self.redis, self.prefix = seed, scripts.Client(server.socket), 'sim:{%d}:' % number
        self.sha = {n: self.redis('SCRIPT', 'LOAD', scripts.assemble(n, files).replace(scripts.TIME, scripts.STEERED_TIME))
                    for n in scripts.names(files)}
        self.dump = self.redis('SCRIPT', 'LOAD', audit.DUMP)
        self.steps, self.done = 0, collections.Counter()

    def begin(self, episode, options):
        self.rng, self.options = random.Random(self.seed * 1000003 + episode), options
        self.redis('FLUSHDB')
        self.now, self.clock_offset, self.farthest_clock, self.trace, self.wrong = 0, 0, 0, [], []
        self.live, self.late, self.order, self.last_token = {}, [], 0, 0
        self.hurt = set()  # resources whose locks were damaged, until they are what they were
        self.finishes, self.claims, self.workers, self.daemons, self.cut_off = {}, {}, [], [], {}
        self.set_clock()
        self.look()

    # ---- time
    def set_clock(self):
        self.redis('SET', 'simulated_us', 1700000000000000 + (self.now + self.clock_offset) * 1000)

    def redis_ms(self):
        return 1700000000000 + self.now + self.clock_offset

    def pass_time(self, ms):
        self.now += ms
        self.set_clock()

    # ---- what is wrong
    def violate(self, what, detail=''):
        self.wrong.append((what, detail))

    def say(self, text, *args):
        self.trace.append(text % args)

    def look(self):
        text = self.redis('EVALSHA', self.dump, 1, self.prefix, *RESOURCES)
        self.state = audit.State(text, RESOURCES)
        return self.state

    def audit(self):
        s = self.look()
        self.hurt = {r for r in self.hurt if locks.is_hurt(self.state, r)}
        for check in (audit.structure, lambda s: audit.locks(s, self.hurt), audit.side_tables):
            self.wrong.extend(check(s))
        self.wrong.extend(audit.known_jobs(s, self.live))
        running = collections.Counter()
        for w in self.workers:
            for key in w.running_keys():
                running[key] += 1
        for key, n in running.items():
            if n > 1 and key not in ['resource ' + r for r in self.hurt]:
                self.violate('overlap', '%s runs %d times' % (key, n))

    # ---- the network
    def send(self, who, name, args, keys=()):
        """The reply, or None if none came: then the script was done, or not, or will be done later."""
        kinds = ('ok', 'lost', 'reply lost', 'late')
        fault = self.rng.choices(kinds, (88, 4, 5, 3))[0] if self.options['faults'] else 'ok'
        if self.cut_off.get(who, 0) > self.now:
            fault = self.rng.choice(kinds[1:])
        if fault == 'lost':
            self.say('%s %s: request lost', who, name)
            return None
        if fault == 'late':
            self.late.append((who, name, list(args), keys))
            self.say('%s %s: request delayed', who, name)
            return None
        reply = self.run(who, name, list(args), keys, fault)
        return None if fault == 'reply lost' else reply

    def run(self, who, name, args, keys=(), note=''):
        before = self.look()
        try:
            reply = self.redis('EVALSHA', self.sha[name], 1 + len(keys), self.prefix, *keys, *args)
        except scripts.ScriptError as e:
            self.violate('script_error', '%s: %s' % (name, e))
            return None
        self.done[name] += 1
        self.say('%s %s %s -> %s %s', who, name, scripts.short(args), scripts.short(reply), note)
        effect = getattr(self, 'after_' + name, None)
        if effect:
            effect(before, args, reply)
        return reply

    def run_late(self, which=0):
        who, name, args, keys = self.late.pop(which)
        self.run(who, name, args, keys, '(delayed)')

    # ---- what each script must have done
    def created(self, job_id, record, params, place):
        self.order += 1
        self.live[job_id] = Job(job_id, record, params, self.order, place == 'scheduled')

    def after_submit(self, before, args, reply):
        nonce, again = args[0], args[1] == '1'
        seen, groups = {}, wire.unpack_submit(args)
        for (i, due, record, params), said in wire.answered(groups, wire.rows(reply)):
            expected = rules.submitted(before, self.live, seen, nonce, again, i, record, params)
            if said.split(' ')[0] != expected.split(' ')[0]:
                self.violate('submit_answer', '%s: %s, should be %s' % (i, said, expected))
            if expected == 'created new':
                self.expect('submit', i, said.split(' ')[1], self.place_of_due(due))
                self.created(i, record, params, said.split(' ')[1])
            seen.setdefault(i, (record, params))

    def place_of_due(self, due):
        return 'scheduled' if int(due) + (self.redis_ms() if due[0] == '+' else 0) > self.redis_ms() else 'pending'

    def after_promote(self, before, args, reply):
        due = sorted(float(t) for t in before.scheduled.values() if float(t) <= self.redis_ms())[:int(args[0])]
        if reply[0] != len(due) or len(self.look().scheduled) != len(before.scheduled) - len(due):
            self.violate('promote', 'moved %d, due %s' % (reply[0], due))

    def after_expire(self, before, args, reply):
        over = [t for t in before.done.values() if before.pressure or float(t) <= self.redis_ms()][:int(args[0])]
        if reply[0] != len(over) or len(self.look().done) != len(before.done) - len(over):
            self.violate('expire', 'removed %d, over %s' % (reply[0], over))

    def after_claim(self, before, args, reply):
        worker, seq, n = args[0], int(args[1]), int(args[2])
        token, given = reply[1], list(zip(reply[2], reply[3]))
        last = self.claims.get(worker, (0, '0', []))
        if reply[0] == 'closed' or seq < last[0]:
            if given or self.look().text != before.text:
                self.violate('late_claim', 'seq %d after %d was given %s' % (seq, last[0], given))
            return
        if seq == last[0]:
            held = [i for i in last[2] if before.active.get(i, '').startswith(last[1] + ' ')]
            if [i for i, _ in given] != held or given and token != last[1]:
                self.violate('claim_again', 'given %s, holds %s' % (given, held))
            marks = self.look().leases
            if any(float(marks.get(i, 0)) != self.redis_ms() for i in held):
                self.violate('claim_again_not_renewed', held)
            return
        self.claims[worker] = (seq, token, [i for i, _ in given])
        running = [int(v.split(' ', 1)[0]) for v in before.active.values()]
        if given and int(token) <= max([self.last_token] + running):
            self.violate('token', '%s after %d' % (token, self.last_token))
        self.last_token = max(self.last_token, int(token))
        if before.paused or n == 0:
            if given or self.look().pending != before.pending + before.reserved:
                self.violate('paused', 'given %s, pending %s' % (given, self.state.pending))
        if len(given) > n:
            self.violate('claimed_too_many', '%d of %d' % (len(given), n))
        for i, _ in given:
            r = before.resource[i]
            if before.lines.get(r) and r not in before.locks and before.lines[r][0] != i:
                self.violate('overtook', '%s those who wait for %s, whose lock is lost' % (i, r))
            self.note_claimed(i)
            value = self.look().active.get(i, '').split(' ', 7)
            if int(value[2][2:] or int(token) // 1000) != self.redis_ms():
                self.violate('claim_time', '%s: %s' % (i, value))

    def note_claimed(self, i):
        j = self.live.get(i)
        if j is None or j.ended:
            self.violate('ended_job_claimed', i)
            return
        if j.resource and j.in_order and not j.claimed:
            for k, o in self.live.items():
                if o.resource == j.resource and o.in_order and not o.claimed and not o.ended and o.n < j.n:
                    self.violate('order', '%s (n=%d) before %s (n=%d) of %s' % (i, j.n, k, o.n, j.resource))
        j.claimed = True

    def after_finish(self, before, args, reply):
        worker, seq, reply, groups = args[0], int(args[1]), wire.rows(reply), wire.unpack_finish(args)
        last = self.finishes.get(worker, (0, None))
        if seq and seq <= last[0]:
            wanted = last[1] if seq == last[0] else ['lost_lease'] * len(groups)
            if reply != wanted or self.look().text != before.text:
                self.violate('finish_again', 'answered %s, should be %s' % (reply, wanted))
            return
        if seq:
            self.finishes[worker] = (seq, reply)
        seen = set()
        for (i, token, terms, body, times), said in wire.answered(groups, reply):
            if i in seen or not before.active.get(i, '').startswith(token + ' '):
                self.expect('finish', i, said, 'lost_lease')
            else:
                seen.add(i)
                kind, _, *limits, keep = terms.split(' ')
                self.settled(before, i, kind, [int(x) for x in limits], int(keep), said, times)

    def settled(self, before, i, kind, limits, keep, said, times=''):
        j = self.live[i]
        place, errors = rules.settle(j, kind, limits, keep, before, times)
        self.expect(kind, i, said, place)
        if place == 'failed' and kind in ('error', 'crash', 'lost') and j.starts < 1:
            self.violate('failed_without_start', i)
        self.moved(j, place, errors)

    def expect(self, what, i, said, place):
        if said != place:
            self.violate('place', '%s %s: %s, should be %s' % (what, i, said, place))

    def moved(self, j, place, outcome):
        j.flag = None
        if place in ('gone', 'done', 'failed'):
            j.ended, j.outcome = place, outcome
        else:
            j.in_order = False

    def after_release(self, before, args, reply):
        groups = [args[k:k + 4] for k in range(1, len(args), 4)]
        for (i, token, how, delay), said in zip(groups, reply):
            if not before.active.get(i, '').startswith(token + ' '):
                self.expect('release', i, said, 'lost_lease')
            else:
                self.given_back(before, i, how == 'interrupted', int(delay), 3600000, said)
        self.check_tail([g[0] for g, said in zip(groups, reply) if said == 'pending'])

    def check_tail(self, ids):
        """What was given back is next, the first first."""
        if ids and self.look().pending[-len(ids):] != ids[::-1]:
            self.violate('not_next', 'given back %s, pending %s' % (ids, self.state.pending))

    def given_back(self, before, i, is_loss, delay, keep, said):
        j = self.live[i]
        place, outcome = rules.give_back(j, is_loss, delay, keep, before)
        self.expect('release', i, said, place)
        in_order, j.claimed = j.in_order, j.claimed and not (place == 'pending' and not j.starts)
        self.moved(j, place, outcome)
        j.in_order = in_order and place == 'pending'

    def after_close(self, before, args, reply):
        seq, token, ids = self.claims.get(args[0], (0, '0', []))
        for i in ids:
            value = before.active.get(i, '').split(' ')
            if value[0] == token and value[2][0] == '0':
                if i not in reply:
                    self.violate('close', '%s was not given back' % i)
                else:
                    self.given_back(before, i, False, 0, 3600000, self.look_place(i))
            elif i in reply:
                self.violate('close', '%s was given back' % i)
        self.check_tail([i for i in reply if self.look_place(i) == 'pending'])
        self.claims[args[0]] = (1 << 40, '0', [])

    def look_place(self, i):
        return self.look().place.get(i, 'gone')

    def after_sweep(self, before, args, reply):
        places = dict(zip(reply[0::2], reply[1::2]))
        for k in range(2, len(args), 3):
            i, value, mark = args[k:k + 3]
            now = (before.active.get(i), before.leases.get(i, ''))
            if i not in places:
                continue
            if i in args[2:k:3]:
                if len(reply) > 2 * len(places):
                    self.violate('swept_twice', i)
                continue
            if now != (value, mark):
                self.violate('swept_another', '%s was %s, not %s' % (i, now, (value, mark)))
                return
            for w in self.workers:
                if w.renews(i, value.split(' ')[0]):
                    self.violate('live_attempt_swept', '%s of %s' % (i, w.name))
            _, _, started, _, *limits = value.split(' ', 7)
            started = started[0]
            if started == '1' and '-' in limits[:2]:
                self.violate('started_without_limits', value)
            elif started == '1':
                self.settled(before, i, 'lost', [int(x) for x in limits[:3]], int(args[1]), places[i])
            else:
                self.given_back(before, i, True, 0, int(args[1]), places[i])

    def after_heartbeat(self, before, args, reply):
        expected = []
        groups = [args[k:k + 4] for k in range(1, len(args), 4)]
        self.look()
        words = list(zip(reply[0::2], reply[1::2]))
        for i, token, started, limits in groups:
            if not before.active.get(i, '').startswith(token + ' '):
                expected.append((i, 'lost'))
            else:
                expected += [(i, 'cancel')] if i in before.cancels else []
                expected += [(i, w) for w in ('taken', 'locked') if (i, w) in words]
                locks.check_held(self, before, i, int(token), words)
                value = self.state.active.get(i, '').split(' ', 7)
                if value[2][1:] != before.active[i].split(' ', 7)[2][1:]:
                    self.violate('claim_time', '%s: %s' % (i, value))
                renewed = i in self.state.leases and float(self.state.leases[i]) == self.redis_ms()
                if (i, 'taken') in words:
                    if before.leases.get(i) != self.state.leases.get(i):
                        self.violate('renewed', '%s, whose resource is taken' % i)
                elif not renewed or started == '1' and (value[2][0] != '1' or ' '.join(value[3:7]) != limits):
                    self.violate('not_renewed', '%s: %s' % (i, value))
        if sorted(words) != sorted(expected):
            self.violate('heartbeat', 'said %s, should be %s' % (reply, expected))

    def after_relock(self, before, args, reply):
        locks.check_handed_on(self, before, args[0::2])

    def after_log(self, before, args, reply):
        k, expected = 0, []
        while k < len(args):
            i, token, _, first, n = args[k:k + 5]
            if not before.active.get(i, '').startswith(token + ' '):
                expected.append(i)
            elif args[k + 2] or int(n):
                lines = self.live[i].lines
                lines[token] = max(lines.get(token, 0), int(first) + int(n) - 1)
                if int(self.look().logs[i].split(' ')[0]) != sum(lines.values()):
                    self.violate('log_lines', '%s: %s, said %s' % (i, self.state.logs[i], lines))
            k += 5 + int(n)
        if reply != expected:
            self.violate('log', 'refused %s, should be %s' % (reply, expected))

    def steered(self, before, args, first, reply, expected, act):
        """What cancel, delete and retry have in common: each known id once, if it is where it should be."""
        seen, place = set(), before.place
        for i, said in zip(args[first:], reply):
            if i not in before.jobs or i in seen:
                self.expect('steer', i, said, 'none')
                continue
            seen.add(i)
            if expected and expected != place[i]:
                self.expect('steer', i, said, 'skipped')
            else:
                act(self.live[i], place[i], said)

    def after_cancel(self, before, args, reply):
        def act(j, place, said):
            self.expect('cancel', j.id, said, place)
            if place == 'active':
                j.flag = j.flag or 'cancel'
            elif place not in ('failed', 'done'):
                self.moved(j, rules.kept_cancelled(j, int(args[0]), before), 'cancelled')
        self.steered(before, args, 2, reply, args[1], act)

    def after_delete(self, before, args, reply):
        def act(j, place, said):
            self.expect('delete', j.id, said, place)
            if place != 'active':
                self.moved(j, 'gone', None)
            elif args[0] == '1':
                j.flag = 'delete'
        self.steered(before, args, 2, reply, args[1], act)

    def after_retry(self, before, args, reply):
        def act(j, place, said):
            if place not in args[2].split(' '):
                self.expect('retry', j.id, said, 'not ' + place)
                return
            if said not in ('pending', 'scheduled') or said == 'scheduled' and args[0] == '0':
                self.violate('retry', '%s: %s' % (j.id, said))
            j.errors = j.errors if len(j.errors) <= 10 else j.errors[:1] + j.errors[-9:]
            j.since, j.crashes, j.losses, j.starts, j.ended, j.in_order = j.attempts, 0, 0, 0, None, False
        self.steered(before, args, 3, reply, '', act)

    def after_intake(self, before, args, reply):
        taken, groups, seen = reply[0], wire.unpack_intake(args), {}
        for k, (raw, verdict, i, due, record, params) in enumerate(groups[:taken]):
            stood = before.inbox[-1 - k] if k < len(before.inbox) else ''
            if stood != raw and not (verdict == 'cut' and stood.startswith(raw)):
                self.violate('inbox_took_another', raw)
                return
            if verdict == 'accept':
                said = rules.submitted(before, self.live, seen, args[0], False, i, record, params)
                if said == 'created new':
                    self.expect('intake', i, self.look_place(i), self.place_of_due(due))
                    self.created(i, record, params, self.place_of_due(due))
                elif said != 'known' or i.startswith('made-'):
                    self.violate('inbox_swallowed', '%s as %s, which is %s' % (raw, i, said))
                seen.setdefault(i, (record, params))
            elif i and i not in before.jobs and i not in seen:
                self.live.pop(i, None)
        if self.look().inbox != (before.inbox[:-taken] if taken else before.inbox):
            self.violate('inbox', 'took %d of %s, left %s' % (taken, before.inbox, self.state.inbox))
        self.wrong.extend(audit.refusals(self.state, groups[:taken]))
