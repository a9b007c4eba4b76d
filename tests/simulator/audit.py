"""The invariant of docs/protocol.md over one queue, as a list of what is wrong with it, and what the world knows besides: what
was accepted and has not ended must be there, with its numbers, errors, parameters and outcome."""
import collections
import functools
import json

import records

DUMP = r'''#!lua flags=no-writes
local P, call, out = KEYS[1], redis.call, {}
local function add(t) out[#out + 1] = table.concat(t, '\30') end
for _, hash in ipairs({'jobs', 'active', 'locks', 'ghosts', 'cancels', 'errors', 'outcomes', 'params', 'logs', 'stats', 'claims', 'fins'}) do
  add(call('HGETALL', P .. hash))
end
for _, list in ipairs({'pending', 'reserved', 'inbox', 'rejected'}) do
  add(call('LRANGE', P .. list, 0, -1))
end
for _, set in ipairs({'blocked', 'failed'}) do
  add(call('ZRANGE', P .. set, 0, -1))
end
add(call('KEYS', P .. 'log:*'))
for _, set in ipairs({'leases', 'scheduled', 'done'}) do
  add(call('ZRANGE', P .. set, 0, -1, 'WITHSCORES'))
end
add({call('EXISTS', P .. 'paused'), call('EXISTS', P .. 'pressure'), call('GET', P .. 'fence') or '0', call('GET', P .. 'run') or ''})
for _, resource in ipairs(ARGV) do
  add(call('ZRANGE', P .. 'blocked:' .. resource, 0, -1))
end
return table.concat(out, '\29')
'''
HASHES = ('jobs', 'active', 'locks', 'ghosts', 'cancels', 'errors', 'outcomes', 'params', 'logs', 'stats', 'claims', 'fins')
LISTS = ('pending', 'reserved', 'inbox', 'rejected', 'blocked', 'failed', 'log_keys', 'leases', 'scheduled', 'done', 'keys')


class State:
    """One moment of a queue."""

    def __init__(self, text, resources):
        parts = [p.split('\x1e') if p else [] for p in text.split('\x1d')]
        for name, flat in zip(HASHES, parts):
            setattr(self, name, dict(sorted(zip(flat[0::2], flat[1::2]))))  # Redis tells long hashes in any order
        for name, flat in zip(LISTS, parts[len(HASHES):]):
            setattr(self, name, flat)
        self.log_keys.sort()
        for name in ('leases', 'scheduled', 'done'):
            flat = getattr(self, name)
            setattr(self, name, dict(zip(flat[0::2], flat[1::2])))
        self.paused, self.pressure = self.keys[0] == '1', self.keys[1] == '1'
        self.lines = dict(zip(resources, parts[len(HASHES) + len(LISTS):]))
        self.text = text
        self.resource = {i: r.split('\n', 1)[0] for i, r in self.jobs.items()}

    @functools.cached_property
    def places(self):
        """id -> copies in pending and reserved, id -> number of places (dead copies do not count), id -> place"""
        copies = collections.Counter(self.pending)
        copies.update(self.reserved)
        count, place = collections.Counter(), {}
        for i, n in copies.items():
            n -= int(self.ghosts.get(i, 0))
            if n:
                count[i] += n
                place[i] = 'pending'
        for name in ('active', 'scheduled', 'blocked', 'failed', 'done'):
            for i in getattr(self, name):
                count[i] += 1
                place[i] = name
        return copies, count, place

    @property
    def place(self):
        return self.places[2]

    def runners(self, resource):
        """(token, id) of the attempts that name it, the latest last."""
        found = [(int(v.split(' ', 1)[0]), i) for i, v in self.active.items() if v.split(' ', 7)[7] == resource]
        return sorted(found)

    def facts(self):
        """All of it, whatever the order in which Redis tells a hash."""
        return [getattr(self, name) for name in HASHES + LISTS if name != 'log_keys'] + [sorted(self.log_keys), self.lines]

    def empty(self):
        return not (self.pending or self.reserved or self.active or self.scheduled or self.blocked or self.locks
                    or self.ghosts or self.inbox)


def structure(s):
    copies, count, place = s.places
    for i, n in s.ghosts.items():
        if int(n) < 1 or copies[i] < int(n):
            yield 'ghost_without_copy', i
    for i in s.jobs:
        if count[i] != 1:
            yield ('nowhere' if count[i] < 1 else 'twice'), '%s is in %d places' % (i, count[i])
    for i, n in count.items():
        if n and i not in s.jobs:
            yield 'place_without_record', '%s in %s' % (i, place[i])
    total = len(s.pending) + len(s.reserved) + sum(len(getattr(s, n)) for n in ('active', 'scheduled', 'blocked', 'failed', 'done'))
    if len(s.jobs) + int(s.stats.get('ghosts', 0)) != total:
        yield 'totals', '%d jobs + %s ghosts in %d places' % (len(s.jobs), s.stats.get('ghosts'), total)


def locks(s, hurt=()):
    """hurt: resources whose locks somebody has damaged."""
    for i, value in s.active.items():
        parts = value.split(' ', 7)
        if len(parts) != 8 or (i in s.resource and parts[7] != s.resource[i]):
            yield 'active_value', '%s: %s' % (i, value)
        elif parts[7] and parts[7] not in hurt and s.locks.get(parts[7]) != i:
            yield 'active_without_lock', '%s, %s is held by %s' % (i, parts[7], s.locks.get(parts[7]))
    for r, i in s.locks.items():
        if r not in hurt and (s.resource.get(i) != r or s.place.get(i) not in ('active', 'pending')):
            yield 'lock_leak', '%s held by %s, which is %s' % (r, i, s.place.get(i, 'gone'))
    waiting = collections.Counter()
    for r, line in s.lines.items():
        for i in line:
            waiting[i] += 1
            if i not in s.blocked:
                yield 'line_without_blocked', '%s in %s' % (i, r)
            elif s.resource.get(i) != r:
                yield 'wrong_line', '%s in %s' % (i, r)
        if line and r not in s.locks and r not in hurt:
            yield 'line_at_open_lock', '%s waits for %s' % (line, r)
    for i in s.blocked:
        if waiting[i] != 1:
            yield 'blocked_without_line', '%s in %d lines' % (i, waiting[i])


def side_tables(s):
    ended = ('failed', 'done')
    for i in s.leases:
        if i not in s.active:
            yield 'lease_leak', i
    for i in s.cancels:
        if i not in s.active:
            yield 'cancel_leak', i
    for i in s.errors:
        if s.place.get(i, 'failed') in ended:
            yield 'errors_leak', i
    refused = {e.split('\n', 1)[0] for e in s.rejected}
    for i in s.outcomes:
        if s.place.get(i) not in ended and (i in s.jobs or i not in refused):
            yield 'outcome_leak', '%s, which is %s' % (i, s.place.get(i, 'gone'))
    for i in s.jobs:
        if s.place.get(i) in ended and i not in s.outcomes:
            yield 'outcome_missing', i
    for i in s.params:
        if i not in s.jobs:
            yield 'params_leak', i
    for i in s.logs:
        if i not in s.jobs:
            yield 'logs_leak', i
    for key in s.log_keys:
        if key.split(':log:', 1)[1] not in s.logs:
            yield 'log_list_leak', key
    bytes_kept = sum(len(s.outcomes.get(i, '')) + len(s.params.get(i, '')) for i in s.done)
    if bytes_kept != int(s.stats.get('kept_bytes', 0)):
        yield 'kept_bytes', '%s counted, %d there' % (s.stats.get('kept_bytes'), bytes_kept)


def refusals(s, groups):
    """groups: what an intake has just taken. Whoever polls the id of a refused entry that stands is told of that one."""
    last = {i: header for _, verdict, i, _, header, _ in groups if i and verdict != 'accept'}
    for i, header in last.items():
        at = '"finished_at":%s,' % header[len('{"at":'):header.index(',')]
        if i not in s.jobs and any(header in entry for entry in s.rejected) and at not in s.outcomes.get(i, ''):
            yield 'refusal_untold', '%s: %s' % (i, s.outcomes.get(i))


def known_jobs(s, live):
    """live: id -> what the world knows of the job that is there under this id (see world.Job)."""
    for i, j in live.items():
        if i not in s.jobs:
            if not j.ended or j.ended == 'failed':
                yield 'job_lost', '%s (n=%d) was accepted and has not ended' % (i, j.n)
            continue
        if j.ended == 'gone':
            yield 'job_came_back', i
        elif bool(j.ended) != (s.place.get(i) in ('failed', 'done')) or j.ended and j.ended != s.place.get(i):
            yield 'wrong_place', '%s is %s, known as %s' % (i, s.place.get(i), j.ended or 'not ended')
        elif not j.corrupt:
            yield from content(s, i, j)
        if j.ended in ('failed', 'done') and i in s.outcomes:
            yield from outcome(s, i, j)
        if i in s.logs and not j.lines:
            yield 'old_log', i
        if j.flag and i in s.active and s.cancels.get(i) != j.flag:
            yield 'cancel_lost', i


def content(s, i, j):
    r = records.cut(s.jobs[i])
    if r.counters != [j.attempts, j.crashes, j.losses, j.since]:
        yield 'numbers', '%s has %s, should be %s' % (i, r.counters, [j.attempts, j.crashes, j.losses, j.since])
    params = s.params.get(i) if r.params is None else r.params
    if r.resource != j.resource or params != j.params or r.said != j.said:
        yield 'content', '%s: %r, should be %r %r %r' % (i, s.jobs[i], j.resource, j.params, j.said)
    if not j.ended and count_errors(s.errors.get(i, '')) != min(10, len(j.errors)):
        yield 'errors', '%s has %r, should be %r' % (i, s.errors.get(i), j.errors)


def count_errors(text):
    return len(json.loads('[' + text + ']')) if text else 0


SEEN = {}


def outcome(s, i, j):
    text = s.outcomes[i]
    if text not in SEEN:
        if len(SEEN) > 5000:
            SEEN.clear()
        try:
            o = json.loads(text)
            SEEN[text] = (o['state'], o['attempt'], [e['kind'] for e in o['errors']], o['result'])
        except (ValueError, KeyError, TypeError):
            SEEN[text] = None
    expected = j.errors if len(j.errors) <= 10 else j.errors[:1] + j.errors[-9:]
    if SEEN[text] is None:
        yield 'outcome_text', '%s: %s' % (i, text)
    elif SEEN[text][0] != j.outcome or SEEN[text][2] != expected:
        yield 'outcome', '%s: %s, should be %s %s' % (i, text, j.outcome, expected)
