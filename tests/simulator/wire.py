"""How batches travel, as common/queue/submit.cc, inbox.cc and finish.cc pack them: a batch begins with its plain jobs, of which less is said; and
answers come as runs."""
import itertools
import re


def rows(reply):
    """['gone', 2, 'lost_lease', 1] -> ['gone', 'gone', 'lost_lease']"""
    return [word for word, n in zip(reply[0::2], reply[1::2]) for _ in range(int(n))]


def answered(groups, answers):
    if len(groups) != len(answers):
        raise ValueError('%d answers to %d jobs' % (len(answers), len(groups)))
    return zip(groups, answers)


def groups_of(words, size):
    return [words[k:k + size] for k in range(0, len(words), size)]


def pack_submit(nonce, again, groups):
    """groups: (id, due, record, params)"""
    plain = 0
    while plain < len(groups) and groups[plain][1] == '0' and groups[plain][3] == '':
        plain += 1
    return [nonce, again, plain] + [w for i, _, record, _ in groups[:plain] for w in (i, record)] + [w for g in groups[plain:] for w in g]


def unpack_submit(args):
    stop = 3 + 2 * int(args[2])
    return [[i, '0', record, ''] for i, record in groups_of(args[3:stop], 2)] + groups_of(args[stop:], 4)


def pack_intake(nonce, rejected_max, groups):
    """groups: (raw, verdict, id, due, record or header, params)"""
    plain = 0
    while plain < len(groups) and groups[plain][1] == 'accept' and groups[plain][3] == '0' and groups[plain][5] == '':
        plain += 1
    pairs = [w for _, _, i, _, record, _ in groups[:plain] for w in (i, record)]
    return [nonce, rejected_max, plain] + [g[0] for g in groups[:plain]] + pairs + [w for g in groups[plain:] for w in g]


def unpack_intake(args):
    n = int(args[2])
    pairs = groups_of(args[3 + n:3 + 3 * n], 2)
    return [[raw, 'accept', i, '0', record, ''] for raw, (i, record) in zip(args[3:3 + n], pairs)] + groups_of(args[3 + 3 * n:], 6)


def pack_finish(head, groups):
    """head: worker, seq, jitter, keep_max, keep_bytes; groups: (id, token, terms, body, times)"""
    keeps = [int(g[2].split(' ')[-1]) if g[2].startswith('ok ') else None for g in groups]
    plain = kept = 0
    while plain < len(groups) and keeps[plain] == 0:
        plain += 1
    while plain + kept < len(groups) and keeps[plain + kept] not in (None, 0) and keeps[plain + kept] == keeps[plain]:
        kept += 1
    words = [g[0] for g in groups[:plain]]
    before = None
    for g in groups[plain:plain + kept]:
        words += [g[0], '' if success_of(g) == before else success_of(g)]
        before = success_of(g)
    for g in groups[plain + kept:]:
        words += g[:3] + [success_of(g) if g[2].startswith('ok ') else g[3]] + g[4:]
    return head + [token_runs(groups[:plain]), token_runs(groups[plain:plain + kept]), keeps[plain] if kept else 0] + words


def token_runs(groups):
    return ' '.join('%s %d' % (token, len(list(some))) for token, some in itertools.groupby(g[1] for g in groups))


def success_of(group):
    return '{"state":"done","attempt":%s,"result":%s,"reason":null,%s,"errors":[]}' % (group[2].split(' ')[1], group[3] or 'null', group[4])


def unpack_finish(args):
    groups, at = [], 8
    for runs, width, keep in ((args[5], 1, 0), (args[6], 2, args[7])):
        runs = runs.split(' ') if runs else []
        said = ''
        for token, n in zip(runs[0::2], runs[1::2]):
            for _ in range(int(n)):
                said = width == 2 and args[at + 1] or said
                groups.append([args[at], token, 'ok 1 0 3 1000 %s' % keep, said, ''])
                at += width
    groups += groups_of(args[at:], 5)
    for g in groups:
        if g[2].startswith('ok ') and g[3]:
            g[2] = 'ok %s %s' % (re.search('"attempt":([0-9]+)', g[3]).group(1), g[2].split(' ', 2)[2])
            g[4] = re.search('"reason":null,(.*),"errors":', g[3]).group(1)
    return groups
