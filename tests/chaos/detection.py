"""How soon a death is noticed and a sleeper wakes. What happened while something else stood in the way of it is counted apart:
*hindered*, by what the runner had done (never by what a daemon said of it), or on a machine that was late itself."""
import json

from hosts import now

REDIS = ('redis_kill', 'redis_shutdown', 'redis_stop', 'clients_kill')
LINK = ('cut', 'hole', 'delay', 'part')
SUPERVISOR = ('supervisor_stop', 'supervisor_kill', 'host_stop', 'host_kill', 'restart')
# After such a fault a connection is made again: the pauses between tries double up to 2 s, so the last one is no longer than the
# fault lasted; then greetings, and what had to wait goes first.
SETTLING, LONGEST_PAUSE = 1.0, 2.0
# The machine was late by so much: what it shows then is itself.
LATE = {'worker': 0.05, 'wake': 0.25, 'supervisor': 0.25, 'host': 0.25}
JUDGED_FROM, ENOUGH = 300, 20  # seconds of faults, deaths: a p99 of less says nothing
NAMES = {'worker': 'worker death to job settled', 'supervisor': 'supervisor death to job settled',
         'host': 'host death to job settled', 'wake': 'idle queue to job begun'}


class Watch:
    """The watcher's orders and its journal."""

    def __init__(self, process, path, attempts):
        self.process, self.file, self.attempts, self.rest = process, open(path), attempts, ''
        self.deaths, self.settled, self.late = [], {}, []

    def watch(self, kind, entry, pids):
        """Call it before the processes are killed; whoever kills them notes entry['killed']."""
        self.attempts.read()
        for a in self.attempts.running(pids):
            self.tell(n=len(self.deaths), job=a['job'], token=a['token'])
            self.deaths.append((kind, entry, a))

    def tell(self, **order):
        self.process.stdin.write(json.dumps(order).encode() + b'\n')
        self.process.stdin.flush()

    def read(self):
        self.rest += self.file.read()
        *lines, self.rest = self.rest.split('\n')
        for line in map(json.loads, lines):
            if 'settled' in line:
                self.settled[line['settled']] = line['t']
            else:
                what = 'late' if 'late' in line else 'disk'
                self.late.append((line[what], line['t'], what))

    def all_settled(self):
        self.read()
        return len(self.settled) == len(self.deaths)


def windows(fault, cuts):
    """The times in which a fault may stand in the way."""
    kind = fault['kind'].replace('_long', '')
    if kind == 'cut':
        return [(t, t + SETTLING) for t in cuts.get(fault['host'], ())]
    pause = min(fault['until'] - fault['at'], LONGEST_PAUSE) if kind in REDIS + LINK else 0
    return [(fault['at'], fault['until'] + fault.get('ms', 0) / 1000 + pause + SETTLING)]


class Hindrances:
    def __init__(self, faults, cuts, late):
        self.late, self.all = late, []
        for fault in faults:
            self.all += [(since, until, fault) for since, until in windows(fault, cuts)]

    def of(self, kind, since, until, hosts, but=None, pids=()):
        """The names of everything that stood in the way of this then."""
        found = [fault['kind'] for a, b, fault in self.all if fault is not but and a <= until and b >= since
                 and self.matters(fault, kind, hosts, pids)]
        return found + ['machine late: ' + what for a, b, what in self.late if a <= until and b >= since and b - a > LATE[kind]]

    @staticmethod
    def matters(fault, kind, hosts, pids):
        what = fault['kind'].replace('_long', '')
        if what in REDIS:
            return True
        if what == 'worker_stop':  # who is stopped may be the one that an idle queue wakes; and cannot notice its supervisor's death
            return kind == 'wake' or bool(set(pids).intersection(fault['pids']))
        return what in LINK + SUPERVISOR and fault['host'] in hosts


class Times:
    """Every death and every wake-up: seconds, whose, and what hindered it."""

    def __init__(self, watch, wakes, hindrances, hosts):
        watch.read()
        self.all = {kind: [] for kind in NAMES}
        for n, (kind, entry, a) in enumerate(watch.deaths):
            if 'killed' not in entry or kind != 'supervisor' and a['how'] != 'gone':
                continue  # it had ended before it could be killed
            until = watch.settled.get(n, now())
            near = (entry['host'],) if kind == 'worker' else hosts
            why = hindrances.of(kind, entry['killed'], until, near, entry, [a['pid']])
            self.all[kind].append((until - entry['killed'], a['job'], why))
        for since, until, job in wakes:
            self.all['wake'].append((until - since, job, hindrances.of('wake', since, until, hosts)))

    def judge(self, limits, seconds):
        """Yields what was too slow though nothing was in the way."""
        for kind, found in self.all.items():
            free = quantiles([t for t, _, why in found if not why])
            reached = free.get('p99_ms' if kind == 'worker' else 'max_ms', 0) <= limits[kind]
            if not reached and seconds >= JUDGED_FROM and (kind != 'worker' or free['count'] >= ENOUGH):
                slow = [f'{job} {t * 1000:.0f} ms' for t, job, why in found if not why and t * 1000 > limits[kind]]
                yield 'noticed too late', f'{NAMES[kind]}, to reach {limits[kind]:.0f} ms: {", ".join(slow)}'

    def lines(self, limits):
        for kind, found in self.all.items():
            free, rest = ([(t, job, why) for t, job, why in found if bool(why) == hindered] for hindered in (False, True))
            what = 'p99' if kind == 'worker' else 'max'
            yield f'{NAMES[kind]}: {json.dumps(quantiles([t for t, _, _ in free]))}; to reach: {what} {limits[kind]:.0f} ms; ' \
                  f'hindered: {json.dumps(quantiles([t for t, _, _ in rest]))}'
            for t, job, why in free:
                if t * 1000 > limits[kind]:
                    yield f'  slow: {job} {t * 1000:.0f} ms'
            worst = sorted(rest, key=lambda r: -r[0])[:5]
            yield from (f'  hindered: {job} {t * 1000:.0f} ms by {", ".join(sorted(set(why)))}' for t, job, why in worst
                        if t * 1000 > limits[kind])


def quantiles(values):
    values = sorted(values)
    pick = lambda q: round(values[min(len(values) - 1, int(len(values) * q))] * 1000, 1)
    return {'count': len(values), 'p50_ms': pick(0.5), 'p99_ms': pick(0.99), 'max_ms': pick(1)} if values else {'count': 0}
