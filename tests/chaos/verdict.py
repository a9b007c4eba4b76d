"""What became of every acknowledged job, the tables, and the story of a job."""
import collections
import json
import re

from attempts import overlaps


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


def quantiles(values):
    values = sorted(values)
    pick = lambda q: values[min(len(values) - 1, int(len(values) * q))]
    return {'count': len(values), 'p50_ms': round(pick(0.5) * 1000, 1), 'p99_ms': round(pick(0.99) * 1000, 1),
            'max_ms': round(values[-1] * 1000, 1)} if values else {'count': 0}


def undisturbed(faults, since, until, hosts, but=None):
    """Nothing else was wrong with Redis or these hosts then, nor a second before."""
    return not any(f is not but and f['host'] in (*hosts, 'redis') and f['at'] <= until and f['until'] + 1 >= since for f in faults)


def detection(auditor, faults, names):
    out = collections.defaultdict(list)
    for kind, entry, since, until, job in auditor.samples:
        near = (entry['host'],) if kind == 'worker' else names
        if undisturbed(faults, since, until, near, entry):
            out[kind].append((until - since, job))
    for since, until, job in auditor.wakes():
        if undisturbed(faults, since, until, names):
            out['wake'].append((until - since, job))
    return out


class Verdict:
    def __init__(self, world, faults, load, auditor, attempts, lease):
        self.world, self.faults, self.load, self.auditor, self.attempts = world, faults, load, auditor, attempts
        self.limits = {'worker': 100, 'host': (lease + 2 * 0.5 + 1) * 1000, 'wake': 1000}  # lease + 2 x sweep interval + 1 s
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
        self.wrong += [(what, detail) for what, detail, _ in auditor.wrong] + load.wrong + world.wrong
        self.times = detection(auditor, faults.done, [h.name for h in world.hosts])

    def print(self, seed, seconds):
        kinds = collections.Counter(f['kind'] for f in self.faults.done)
        print(f'seed {seed}, {seconds:.0f} s, {len(self.load.jobs)} jobs submitted, {len(self.acked)} acknowledged, '
              f'{len(self.attempts.all)} attempts, {self.auditor.snapshots} snapshots; drained in {self.drained:.1f} s')
        print(f'faults {sum(kinds.values())} (and {self.faults.skipped} without a victim): '
              + ', '.join(f'{k} {n}' for k, n in sorted(kinds.items())))
        print('jobs: ' + ', '.join(f'{k} {self.classes[k]}' for k in
                                   ('done', 'failed', 'cancelled', 'deleted', 'not kept', 'lost', 'duplicated', 'unexpected')))
        refused = sum(a['verdict'] != 'ok' for a in self.attempts.all.values())
        print(f'overlapping leases: {self.overlapping}; on a frozen or orphaned host, seen by the token: {self.zombies}; begins refused by the witness: {refused}')
        for kind, name in (('worker', 'worker death to job settled'), ('host', 'host death to job settled'), ('wake', 'idle queue to job begun')):
            print(f'{name}: {json.dumps(quantiles([t for t, _ in self.times[kind]]))}; to reach: {self.limits[kind]:.0f} ms')
            for seconds, job in self.times[kind]:
                if seconds * 1000 > self.limits[kind]:
                    print(f'  slow: {job} {seconds * 1000:.0f} ms')
        for detail in self.excused[:5]:
            print(f'by the token alone: {detail}')
        for what, detail in self.wrong[:20]:
            print(f'WRONG {what}: {detail}')
        print(f'violations: {len(self.wrong)}', flush=True)

    def stories(self):
        """A file for each of the first offenders: everything that anybody wrote about it."""
        named = [i for _, detail in self.wrong for i in re.findall(r'\b(?:bulk|inbox|probe)-\d+\b', str(detail))]
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
    for path in sorted((world.folder / 'redis').glob('appendonlydir/*.incr.aof')):
        yield from transactions(path, word)


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
