"""What the witness has written down, and the judgement of it: did an attempt act after one with a higher token had begun?"""
import collections
import json
import threading


class Attempts:
    """Reads the journal on as it grows. Called by the runner and by the auditor's thread."""

    def __init__(self, path):
        self.file, self.rest, self.all, self.of_job = open(path), '', {}, collections.defaultdict(list)
        self.lock = threading.Lock()

    def read(self):
        with self.lock:
            self.read_on()

    def read_on(self):
        self.rest += self.file.read()
        *lines, self.rest = self.rest.split('\n')
        for text in lines:
            line = json.loads(text)
            if line['e'] == 'begin':
                a = self.all[line['n']] = {**line, 'last': None, 'how': None}
                self.of_job[a['job']].append(a)
            else:
                self.all[line['n']].update(last=line['last'], how=line['how'], heard=line['heard'])

    def running(self, pids):
        return [a for a in list(self.all.values())[-1000:] if a['pid'] in pids and a['last'] is None and a['verdict'] == 'ok']

    def completed(self, job):
        return [a for a in self.of_job[job] if a['how'] == 'ok' and a['verdict'] == 'ok']

    def by_key(self):
        keys = collections.defaultdict(list)
        for a in self.all.values():
            keys['job ' + a['job']].append(a)
            if a['resource'] != '-':
                keys['resource ' + a['resource']].append(a)
        return keys


def gone(fault, pid, since, until):
    """Was this process stopped, or dead by the runner's hand, at some moment of that time?"""
    if pid not in fault['pids'] or fault['at'] > until:
        return False
    return 'kill' in fault['kind'] or fault['until'] >= since


def frozen_host(old, begin, end, faults, jobs, lease):
    """Nobody was there to stop this attempt: its supervisor was dead or stopped, and it was stopped itself, or would not stop. An
    orphan that is not stopped ends its tasks, deaf or not. docs/architecture.md tells what is then to be seen by the token alone."""
    since = begin - 2 * lease
    away = [f for f in faults if gone(f, old['ppid'], since, end)]
    deaf = old['job'] in jobs and jobs[old['job']].spec['params']['do'] in ('hang', 'deaf')
    return bool(away) and (deaf and any('stop' in f['kind'] for f in away) or any(gone(f, old['pid'], since, end) for f in faults))


def overlaps(attempts, faults, jobs, lease):
    """Yields (key, old, new, seconds, excused) for every attempt that acted after a newer one had begun."""
    for key, found in attempts.by_key().items():
        found.sort(key=lambda a: (a['token'], a['t']))
        newer = None
        for a in reversed(found):
            last = a['last'] or a['t']
            if newer and (last > newer['t'] or a['token'] == newer['token']):
                excused = a['token'] != newer['token'] and frozen_host(a, newer['t'], last, faults, jobs, lease)
                yield key, a, newer, last - newer['t'], excused
            if not newer or a['t'] < newer['t']:
                newer = a
