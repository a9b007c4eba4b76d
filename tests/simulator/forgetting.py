"""What must have become of a queue that somebody wants off the list, and how the command line goes about it."""

NAMES = 'sim:queues'  # another hash tag than the queue's: the script does not touch it


def check(world, before, args, reply):
    """Nothing, while it holds something or a worker lives; else all but its tokens is gone, and no worker is remembered."""
    after, live = world.look(), world.redis('EXISTS', world.prefix + 'worker:announced')
    against = [('jobs', len(before.jobs)), ('inbox', len(before.inbox)), ('rejected', len(before.rejected)), ('workers', live)]
    left = [k for k in world.redis('KEYS', world.prefix + '*') if not k.endswith((':fence', ':run'))]
    none = after.facts() == before.facts() and not left
    expected = ([(what, n) for what, n in against if n] or [('none' if none and reply[0] == 'none' else 'gone', 0)])[0]
    if (reply[0], int(reply[1])) != expected:
        world.violate('forget', 'said %s, should be %s' % (reply, expected))
    elif expected[0] != 'gone' or args[0] == '0':
        if after.facts() != before.facts():
            world.violate('forget', 'it changed something')
    else:
        if left or after.keys[2] != before.keys[2]:
            world.violate('forget', 'left %s, fence %s' % (left, after.keys))
        world.claims, world.finishes = {}, {}


def take_off(world):
    """As common/queue/forget.cc; a producer may come at each moment, and whoever deletes may die after each step."""
    world.redis('SADD', NAMES, 'a', 'b')
    really = world.rng.choice('0111')
    answer = world.run('cli', 'forget', [really])
    if really == '0' or answer is None or answer[0] not in ('gone', 'none'):
        return
    producers = [world.rng.random() < 0.3 for _ in range(2)]
    steps = [lambda: producers[0] and world.do_submit(), lambda: world.redis('SREM', NAMES, 'a'),
             lambda: producers[1] and world.do_submit(), lambda: enter_again(world)]
    dies = world.rng.choice((len(steps),) * 3 + tuple(range(len(steps))))
    for step in steps[:dies]:
        step()
    listed = world.redis('SISMEMBER', NAMES, 'a') == 1
    if dies == len(steps) and listed != bool(world.redis('EXISTS', world.prefix + 'jobs')):
        world.violate('forget', 'listed %s, keys %s' % (listed, world.redis('KEYS', world.prefix + '*')))
    if dies < 2 and not listed:
        world.violate('forget', 'its name went before its keys')


def enter_again(world):
    if world.run('cli', 'forget', ['0'])[0] != 'none':
        world.redis('SADD', NAMES, 'a')
