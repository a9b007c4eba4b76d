"""Resources whose locks somebody has damaged: who may run with them meanwhile, and when they are what they were."""


def is_hurt(state, resource):
    runners = [i for _, i in state.runners(resource)]
    holder = state.locks.get(resource)
    if len(runners) > 1 or runners and holder not in runners:
        return True
    waits = holder and state.resource.get(holder) == resource and state.place.get(holder) == 'pending'
    return not runners and bool(holder and not waits or state.lines[resource] and not holder)


def check_held(world, before, i, token, words):
    """After its heartbeat an attempt holds its resource, or it must stop for a later one that does."""
    r, s = before.active[i].split(' ', 7)[7], world.state
    if not r:
        return
    taken, locked, holder = (i, 'taken') in words, (i, 'locked') in words, s.locks.get(r)
    later = [x for x in s.runners(r) if x[1] == holder and x > (token, i)]
    if taken != (holder != i) or taken and not later:
        world.violate('not_held', '%s: %s, held by %s, run by %s' % (i, words, holder, s.runners(r)))
    held = before.locks.get(r) == i
    if locked and held or taken and held and len(before.runners(r)) < 2:
        world.violate('held', '%s held %s: %s' % (i, r, words))


def check_handed_on(world, before, resources):
    """After a repair of locks: not to anybody while an attempt runs with it, but to the latest that does."""
    for r in resources:
        runners, holder = [i for _, i in before.runners(r)], world.look().locks.get(r)
        if holder != before.locks.get(r) and runners and holder != runners[-1]:
            world.violate('handed_on', '%s to %s, run by %s' % (r, holder, runners))
