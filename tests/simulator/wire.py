"""How batches travel, as common/queue/submit.cc and finish.cc pack them: a batch begins with its plain jobs, of which less is said; and
answers come as runs."""
PLAIN_TERMS = 'ok 1 0 3 1000 0'


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


def pack_finish(head, groups):
    """head: worker, seq, jitter, keep_max, keep_bytes; groups: (id, token, terms, body, times)"""
    runs, plain = [], 0
    for i, token, terms, _, _ in groups:
        if not (terms.startswith('ok ') and int(terms.split(' ')[-1]) <= 0):
            break
        plain += 1
        if runs and runs[-2] == token:
            runs[-1] += 1
        else:
            runs += [token, 1]
    return head + [' '.join(str(r) for r in runs)] + [g[0] for g in groups[:plain]] + [w for g in groups[plain:] for w in g]


def unpack_finish(args):
    runs, groups = args[5].split(' ') if args[5] else [], []
    for token, n in zip(runs[0::2], runs[1::2]):
        groups += [[args[6 + len(groups) + k], token, PLAIN_TERMS, '', ''] for k in range(int(n))]
    return groups + groups_of(args[6 + len(groups):], 5)
