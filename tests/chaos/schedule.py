"""What goes wrong and when: a list made from the seed before anything starts, so that the same seed gives the same one. Victims
are numbers, taken modulo what is there when the time has come."""
import random

# kind -> weight. Short stops end below a lease, long ones above it.
WEIGHTS = {
    'worker_kill': 14, 'worker_stop': 8, 'worker_stop_long': 5, 'supervisor_kill': 4, 'supervisor_stop': 4, 'supervisor_stop_long': 3,
    'host_kill': 3, 'host_stop': 2, 'host_stop_long': 3, 'redis_kill': 3, 'redis_shutdown': 2, 'redis_stop': 3, 'redis_stop_long': 2,
    'cut': 16, 'hole': 8, 'delay': 4, 'part': 4, 'part_long': 3, 'memory': 3, 'script_flush': 4, 'clients_kill': 3, 'reload': 3,
    'restart': 3, 'rewrite': 0.25}
DOORS = ('a', 'b', 'p')


def duration(rng, kind, lease):
    if kind.endswith('_long'):
        return round(lease * rng.uniform(1.1, 2.2), 3)
    if kind in ('supervisor_kill', 'redis_kill', 'redis_shutdown'):
        return round(rng.choice((0.05, rng.uniform(0.1, 1.5))), 3)
    if kind == 'host_kill':
        return round(lease * rng.uniform(0.1, 2), 3)
    return round(lease * rng.uniform(0.05, 0.8), 3)


def details(rng, kind, lease):
    if kind == 'cut':
        return {'on': rng.choice(DOORS), 'way': rng.choice(('up', 'down')), 'after': rng.choice((0, 1, rng.randrange(64), rng.randrange(4000)))}
    if kind == 'hole':
        return {'on': rng.choice(DOORS), 'way': rng.choice(('up', 'down', 'both')), 'then': rng.choice(('cut', 'go')),
                's': round(lease * rng.uniform(0.1, 2), 3)}
    if kind == 'delay':
        return {'on': rng.choice(DOORS), 'ms': rng.choice((5, 50, 200)), 's': round(rng.uniform(0.5, 3), 3)}
    if kind.startswith('part'):
        return {'on': rng.choice(DOORS), 'hard': rng.randrange(2)}
    return {}


def generate(seed, seconds, lease, every):
    """A list of {t, kind, victim, s, ...}, in order of time; on average a fault each `every` seconds."""
    rng, at, faults = random.Random(seed), 1.0, []
    while True:
        at += rng.expovariate(1 / every)
        if at >= seconds:
            return faults
        kind = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        fault = {'t': round(at, 3), 'kind': kind, 'victim': rng.randrange(1000), 's': duration(rng, kind, lease)}
        faults.append({**fault, **details(rng, kind, lease)})
