"""The rules of docs/protocol.md a second time, in Python: what must become of a job. They update what the world knows of it."""

import records

COUNTED = ('error', 'timeout', 'crash', 'lost')
MAX_LOSSES = 10


def content_of(record, params):
    r = records.cut(record)
    return r.resource, r.task, params or r.params


def submitted(before, live, seen, nonce, again, i, record, params):
    """'created new', 'created before', 'known' or 'conflict'"""
    if i in seen:
        return 'known' if content_of(*seen[i]) == content_of(record, params) else 'conflict'
    if i not in before.jobs:
        return 'created new'
    known = live[i]
    if known.nonce == nonce and not known.corrupt:
        return 'created before'
    if known.corrupt or content_of(known.record, known.params) != content_of(record, params):
        return 'conflict'
    if again and known.ended:
        return 'created new'
    return 'known'


def kept(keep, before):
    return 'done' if keep > 0 and not before.pressure else 'gone'


def kept_cancelled(j, keep, before):
    """What the job itself says goes over what the caller says."""
    return kept(keep if j.corrupt else int(j.said.get('keep', keep)), before)


def settle(j, kind, limits, keep, before, times):
    """The place and the outcome's state of a job whose attempt ended."""
    retries, crash_limit, backoff = limits
    flag = before.cancels.get(j.id)
    started = kind in COUNTED or kind == 'cancelled' and '"started_at":"' in times
    if kind == 'ok':
        return ('gone' if flag == 'delete' else kept(keep, before)), 'done'
    if started and not j.corrupt:
        j.attempts += 1
    if flag or kind == 'cancelled':
        return ('gone' if flag == 'delete' else kept_cancelled(j, keep, before)), 'cancelled'
    j.errors.append(kind)
    if kind in ('crash', 'lost'):
        j.crashes += 1
    if j.corrupt or kind not in COUNTED or j.attempts - j.since > retries or j.crashes >= crash_limit:
        return 'failed', 'failed'
    return ('pending' if backoff == 0 else 'scheduled'), None


def give_back(j, is_loss, delay, keep, before):
    flag = before.cancels.get(j.id)
    if flag:
        return ('gone' if flag == 'delete' else kept_cancelled(j, keep, before)), 'cancelled'
    if is_loss:
        if j.corrupt or j.losses + 1 >= MAX_LOSSES:
            j.errors.append('corrupt' if j.corrupt else 'lost')
            return 'failed', 'failed'
        j.losses += 1
    return ('scheduled' if delay > 0 else 'pending'), None
