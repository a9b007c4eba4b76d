"""What became of every acknowledged job, the tables, and the story of a job."""
import collections
import json
import re

from attempts import overlaps
from detection import Hindrances, Times


def classify(job, attempts):
    """-> (class, why it is unexpected or '')"""
    completed, state = attempts.completed(job.id), (job.outcome or {}).get('state')
    if job.place == 'lost':
        return 'lost', ''
    if job.deleted and (job.gone or job.place is None):
        return 'deleted', ''
    if job.gone and not job.outcome:
        return ('not kept', '') if completed or job.cancelled else ('lost', '')
    if job.place is None:
        return 'lost', 'in no place at the end'
    if job.place not in ('done', 'failed'):
        return 'unexpected', f'still {job.place} when the time to drain was over'  # findable, so not lost
    if state == 'done':
        token = json.loads(json.dumps(job.outcome['result'])) or {}
        if any(str(a['token']) == token.get('token') for a in completed):
            return 'done', ''
        return 'unexpected', f'done by token {token}, which the witness has not seen complete'
    if state == 'cancelled':
        return ('cancelled', '') if job.cancelled or job.deleted else ('unexpected', 'cancelled by nobody')
    if state == 'failed' and job.spec['params']['do'] == 'fail' and job.spec.get('retries') == 0:
        return 'failed', ''
    return 'unexpected', f'{state}: {job.text}'


def reports(hosts):
    """What a sanitizer wrote into the logs of daemons and workers: a build with one is to fail by it."""
    for host in hosts:
        for line in host.log.read_text(errors='replace').splitlines():
            if 'Sanitizer' in line or 'runtime error:' in line:
                yield 'sanitizer', f'{host.log.name}: {line[:300]}'


def cuts(path):
    """When connections were cut: {name: [time]}."""
    found = collections.defaultdict(list)
    for line in path.read_text().splitlines():
        name, at = line.split()
        found[name].append(float(at))
    return found


class Verdict:
    def __init__(self, world, faults, load, auditor, attempts, options):
        lease, limit = options.lease, (options.lease + 2 * 0.5 + 1) * 1000  # lease + 2 x sweep interval + 1 s
        self.world, self.faults, self.load, self.auditor, self.attempts = world, faults, load, auditor, attempts
        self.limits = {'worker': 100, 'supervisor': limit, 'host': limit, 'wake': 1000}
        self.classes, self.wrong = collections.Counter(), []
        self.acked = [j for j in load.jobs.values() if j.acked]
        for job in self.acked:
            kind, why = classify(job, attempts)
            self.classes[kind] += 1
            if kind in ('lost', 'unexpected'):
                self.wrong.append((kind, f'{job.id}: {why or "see its story"}'))
            self.classes['duplicated'] += len(attempts.completed(job.id)) > 1
        self.zombies = self.overlapping = 0
        self.excused = []
        for key, old, new, seconds, excused in overlaps(attempts, faults.done, load.jobs, lease):
            self.zombies += excused
            if excused:
                stops = [f for f in faults.done if {old['pid'], old['ppid']} & set(f['pids']) and f['at'] <= (old['last'] or old['t'])]
                self.excused.append(f'{key}: {old["job"]} token {old["token"]} (pid {old["pid"]}, {old["host"]}) acted {seconds:.3f} s after '
                                    f'{new["job"]}, {(old["last"] or old["t"]) - max(f["until"] for f in stops):.3f} s after '
                                    + ', '.join(f['kind'] for f in stops))
            if not excused:
                self.overlapping += 1
                self.wrong.append(('overlap', f'{key}: {old["job"]} token {old["token"]} (pid {old["pid"]}, {old["host"]}) acted {seconds:.3f} s '
                                   f'after {new["job"]} token {new["token"]} (pid {new["pid"]}, {new["host"]}) began at {new["t"]:.3f}'))
        self.wrong += [(what, detail) for what, detail, _ in auditor.wrong] + load.wrong + world.wrong + list(reports(world.hosts))
        hindrances = Hindrances(faults.done, cuts(world.folder / 'cuts'), world.watch.late)
        self.times = Times(world.watch, auditor.wakes(), hindrances, [h.name for h in world.hosts])
        self.wrong += self.times.judge(self.limits, options.seconds)

    def print(self, seed, seconds):
        kinds = collections.Counter(f['kind'] for f in self.faults.done)
        print(f'seed {seed}, {seconds:.0f} s, {len(self.load.jobs)} jobs submitted, {len(self.acked)} acknowledged, '
              f'{len(self.attempts.all)} attempts, {self.auditor.snapshots} snapshots (the longest pause {self.auditor.longest:.1f} s); drained in {self.drained:.1f} s')
        print(f'faults {sum(kinds.values())} (and {self.faults.skipped} without a victim): '
              + ', '.join(f'{k} {n}' for k, n in sorted(kinds.items())))
        print('jobs: ' + ', '.join(f'{k} {self.classes[k]}' for k in
                                   ('done', 'failed', 'cancelled', 'deleted', 'not kept', 'lost', 'duplicated', 'unexpected')))
        refused = sum(a['verdict'] != 'ok' for a in self.attempts.all.values())
        print(f'overlapping leases: {self.overlapping}; on a frozen or orphaned host, seen by the token: {self.zombies}; begins refused by the witness: {refused}')
        for text in self.times.lines(self.limits):
            print(text)
        for detail in self.excused[:5]:
            print(f'by the token alone: {detail}')
        for what, detail in self.wrong[:20]:
            print(f'WRONG {what}: {detail}')
        print(f'violations: {len(self.wrong)}', flush=True)

    def stories(self):
        """A file for each of the first offenders: everything that anybody wrote about it."""
        named = [i for _, detail in self.wrong for i in re.findall(r'\b(?:bulk|inbox|long|probe)-\d+\b', str(detail))]
        for job_id in list(dict.fromkeys(named))[:6]:
            path = self.world.folder / f'story-{job_id}.txt'
            path.write_text('\n'.join(story(self.world, self.faults, self.load, self.attempts, job_id)) + '\n')
            print(f'story of {job_id}: {path}')


def story(world, faults, load, attempts, job_id):
    job, word = load.jobs.get(job_id), re.compile(rf'\b{re.escape(job_id)}\b')
    yield f'spec {json.dumps(job.spec)}' if job else 'not one of ours'
    if job:
        yield f'acknowledged {job.acked} cancel {job.cancelled} delete {job.deleted} last seen {job.place} outcome {job.text}'
    yield '\n-- attempts'
    for a in attempts.of_job[job_id]:
        yield json.dumps(a)
    yield '\n-- faults'
    for f in faults.done:
        yield json.dumps(f)
    for path in sorted(world.folder.glob('*.log')):
        yield f'\n-- {path.name}'
        yield from (line for line in path.read_text(errors='replace').splitlines() if word.search(line))
    yield '\n-- what Redis wrote'
    found = {path.name: path for path in (world.folder / 'redis').glob('**/*.incr.aof')}  # also those that a rewrite ended
    for name in sorted(found, key=lambda name: int(name.split('.')[-3])):
        yield from transactions(found[name], word)


def transactions(path, word):
    """The commands of an append-only file that name the job, with all others of the same script."""
    batch = []
    for command in commands(path):
        batch.append(command)
        if command[:6] == 'MULTI':
            batch = [command]
        elif command[:4] == 'EXEC' or batch[0] != 'MULTI':
            if any(word.search(c) for c in batch):
                yield from batch
                yield ''
            batch = []


def commands(path):
    data, at = path.read_bytes(), 0
    while at < len(data):
        end = data.find(b'\r\n', at)
        if end < 0 or data[at:at + 1] != b'*':
            return
        count, at, words = int(data[at + 1:end]), end + 2, []
        for _ in range(count):
            end = data.find(b'\r\n', at)
            size = int(data[at + 1:end])
            words.append(data[end + 2:end + 2 + size].decode(errors='replace'))
            at = end + 2 + size + 2
        yield ' '.join(words).replace('\n', '\\n')[:600]
