"""What must have become of a queue that somebody wants off the list."""


def check(world, before, args, reply):
    """Nothing, while it holds something or a worker lives; else all but its tokens is gone, and no worker is remembered."""
    after, live = world.look(), world.redis('EXISTS', world.prefix + 'worker:announced')
    against = [('jobs', len(before.jobs)), ('inbox', len(before.inbox)), ('rejected', len(before.rejected)), ('workers', live)]
    expected = ([(what, n) for what, n in against if n] or [('gone', 0)])[0]
    if (reply[0], int(reply[1])) != expected:
        world.violate('forget', 'said %s, should be %s' % (reply, expected))
    elif expected[0] != 'gone' or args[1] == '0':
        if after.facts() != before.facts():
            world.violate('forget', 'it changed something')
    else:
        left = [k for k in world.redis('KEYS', world.prefix + '*') if not k.endswith((':fence', ':run'))]
        if left or after.keys[2] != before.keys[2] or world.redis('SMEMBERS', 'sim:queues') != ['b']:
            world.violate('forget', 'left %s, fence %s' % (left, after.keys))
        world.claims, world.finishes = {}, {}
