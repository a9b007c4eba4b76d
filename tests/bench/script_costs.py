#!/usr/bin/python3
"""What a job costs Redis in each script: CPU time of a private redis-server over whole batches, ours beside those of another version
(--against DIR/common/queue/lua) in turns, medians.

    tests/bench/script_costs.py [--rounds 9] [--jobs 20000] [--batch 100] [--against FOLDER] [--case plain,kept,marked,resources,lines]

marked: kept, beside one long job that has renewed its lease; resources: 1,000 of them, and nobody waits; lines: all jobs are claimed before the first ends, so that all but 1,000 wait in line.
"""
import argparse
import json
import os
import statistics
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '../simulator'))
import records  # noqa: E402
import scripts  # noqa: E402

P = 'stint:{default}:'
WORKER = '5f8a2c1e-9b7d-4c3a-8e21-0d4f6b1a7c33'
PARAMS = '{"t":"%016d","pad":"' + 'x' * 67 + '"}'
TIMES = '"started_at":"2026-11-20T18:51:43.123Z","finished_at":"2026-11-20T18:51:43.123Z"'
CASES = {'plain': {}, 'kept': {'keep': 3600000}, 'marked': {'keep': 3600000, 'marked': True},
         'resources': {'resources': 1000}, 'lines': {'resources': 1000, 'ahead': True}}


class Side:
    """One version of the scripts on a server of its own."""

    def __init__(self, folder):
        if folder:
            scripts.LUA = folder
        files = scripts.sources()
        self.server = scripts.Server()
        self.call = scripts.Client(self.server.socket)
        self.sha = {n: self.call('SCRIPT', 'LOAD', scripts.assemble(n, files)) for n in ('submit', 'claim', 'finish', 'epoch')}
        self.seq = 0
        self.plain, self.pairs = 'lib/plain_finish.lua' in files, 'lib/plain_kept.lua' in files
        self.words = 'kCounters' in files['lib/record.lua']

    def cpu_us(self):
        with open('/proc/%d/schedstat' % self.server.process.pid) as f:
            return int(f.read().split()[0]) / 1000

    def run(self, name, *args):
        return self.call('EVALSHA', self.sha[name], 1, P, *args)

    def spent(self, work):
        before = self.cpu_us()
        out = work()
        return self.cpu_us() - before, out

    def round(self, jobs, batch, keep=0, resources=0, ahead=False, marked=False):
        """us a job: submit, claim, finish; bytes a pending job"""
        self.call('FLUSHALL')
        self.run('epoch', 'run', '0')
        if marked:
            self.call('ZADD', P + 'leases', '1', 'a-long-job')
        empty = self.memory()
        submits = [self.submit_args(start, batch, resources) for start in range(0, jobs, batch)]
        submit, _ = self.spent(lambda: [self.run('submit', *a) for a in submits])
        size = (self.memory() - empty) / jobs
        claim = finish = ended = 0
        while ended < jobs:
            n = jobs // batch if ahead and not ended else 10
            us, claims = self.spent(lambda: [self.run('claim', WORKER, self.next_seq(), batch, 30000) for _ in range(n)])
            claim += us
            ends = [self.finish_args(c, keep) for c in claims if c[2]]
            ended += batch * len(ends)
            us, answers = self.spent(lambda: [self.run('finish', *a) for a in ends])
            finish += us
            assert all(answer[0] == ('done' if keep else 'gone') for answer in answers), answers[0]
        return submit / jobs, claim / jobs, finish / jobs, size

    def memory(self):
        return int(next(x for x in self.call('INFO', 'memory').split('\r\n') if x.startswith('used_memory:')).split(':')[1])

    def next_seq(self):
        self.seq += 1
        return self.seq

    def submit_args(self, start, batch, resources):
        args = ['no%04d' % (start // batch % 10000), '0'] + ([batch] if self.plain else [])
        for i in range(start, start + batch):
            job = '0199a3f0-%04x-7%03x-9c1e-%012x' % (i >> 8 & 0xffff, i & 0xfff, i * 2654435761)
            resource = 'r%d' % (i % resources) if resources else ''
            record = self.record(args[0], PARAMS % i, resource)
            args += [job, record] if self.plain else [job, '0', record, '']
        return args

    def record(self, nonce, params, resource):
        if self.words:
            return records.make('noop', 1763661387123, nonce, params, resource)
        return '%s\n0 0 0 0 - - - %s {"task":"noop","created":1763661387123}\n%s' % (resource, nonce + '00', params)

    def finish_args(self, claimed, keep):
        args = [WORKER, self.next_seq(), '0.5', 100000, 1 << 30]
        ids = claimed[2] if isinstance(claimed[2], list) else claimed[2::2]
        if self.plain and not keep:
            return args + ['%s %d' % (claimed[1], len(ids))] + (['', 0] if self.pairs else []) + ids
        if self.pairs:
            outcome = '{"state":"done","attempt":1,"result":null,"reason":null,%s,"errors":[]}' % TIMES
            return args + ['', '%s %d' % (claimed[1], len(ids)), keep] + [word for job in ids for word in (job, outcome)]
        args += [''] if self.plain else []
        times = TIMES if keep else ''
        for job in ids:
            args += [job, claimed[1], 'ok 1 3 3 1000 %d' % keep, '', times]
        return args


def compare(sides, case, args):
    rounds = {name: [] for name in sides}
    for n in range(args.rounds):
        order = list(sides.items())
        for name, side in order if n % 2 else reversed(order):
            rounds[name].append(side.round(args.jobs, args.batch, **CASES[case]))
    return {name: dict(zip(('submit', 'claim', 'finish', 'bytes_pending'), (round(statistics.median(x), 3) for x in zip(*got))))
            for name, got in rounds.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rounds', type=int, default=9)
    parser.add_argument('--jobs', type=int, default=20000)
    parser.add_argument('--batch', type=int, default=100)
    parser.add_argument('--against')
    parser.add_argument('--case', default='plain,kept,marked,resources,lines')
    args = parser.parse_args()
    sides = {'ours': Side(scripts.LUA)}
    if args.against:
        sides['against'] = Side(args.against)
    for case in args.case.split(','):
        for name, figures in compare(sides, case, args).items():
            figures['claim_finish'] = round(figures['claim'] + figures['finish'], 3)
            print(json.dumps({'case': case, 'side': name, **figures}), flush=True)


if __name__ == '__main__':
    main()
