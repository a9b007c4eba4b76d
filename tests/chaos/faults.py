"""Does to the processes what the schedule says, and undoes it in time. Keeps what was really done, with pids and times."""
import heapq
import itertools
import json
import random
import signal
import threading

import redis

from hosts import name_of, now, orphans, send


class Faults:
    def __init__(self, world, schedule):
        self.world, self.done, self.skipped, self.order = world, [], 0, itertools.count()
        self.start, self.heap, self.over, self.leaving = now(), [], threading.Event(), set()
        for fault in schedule:
            self.at(self.start + fault['t'], self.inject, fault)

    def at(self, when, what, *args):
        heapq.heappush(self.heap, (when, next(self.order), what, args))

    def run(self, until):
        """Works the schedule off. Repairs that are due later are done by heal()."""
        while not self.over.is_set():
            self.world.tend(self.leaving)
            when = self.heap[0][0] if self.heap else until
            if min(when, until) > now():
                self.over.wait(min(0.1, min(when, until) - now()))
            elif when > until or not self.heap:
                return
            else:
                _, _, what, args = heapq.heappop(self.heap)
                what(*args)

    def inject(self, fault):
        entry = {**fault, 'at': now(), 'until': now() + fault['s'], 'pids': [], 'host': ''}
        if getattr(self, 'do_' + fault['kind'].replace('_long', ''))(fault, entry) is False:
            self.skipped += 1
        else:
            self.done.append(entry)

    # ---- whom
    def host(self, fault, entry):
        host = self.world.hosts[fault['victim'] % len(self.world.hosts)]
        entry['host'] = host.name
        return host if host.alive() else None

    def worker(self, fault, entry):
        workers = [(h, p) for h in self.world.hosts for p in h.workers()]
        if not workers:
            return None
        host, pid = workers[fault['victim'] % len(workers)]
        entry['host'], entry['pids'] = host.name, [pid]
        return pid

    # ---- workers, supervisors, whole hosts
    def do_worker_kill(self, fault, entry):
        pid = self.worker(fault, entry)
        if not pid:
            return False
        return self.kill('worker', entry, [pid], [pid])

    def kill(self, kind, entry, pids, watched):
        """Kills them, and has it measured how soon the jobs of the watched are settled."""
        self.world.watch.watch(kind, entry, watched)
        entry['until'] = entry['killed'] = now()
        return all([send(p, signal.SIGKILL) for p in pids])

    def stop(self, pids, entry):
        entry['pids'] = [p for p in pids if send(p, signal.SIGSTOP)]
        self.at(entry['until'], self.go_on, entry)
        return bool(entry['pids'])

    def go_on(self, entry):
        for pid in entry['pids']:
            if name_of(pid) in ('stint-worker', 'stintd', 'redis-server'):
                send(pid, signal.SIGCONT)
        entry['until'] = now()

    def do_worker_stop(self, fault, entry):
        pid = self.worker(fault, entry)
        return self.stop([pid] if pid else [], entry)

    def do_supervisor_stop(self, fault, entry):
        host = self.host(fault, entry)
        return self.stop([host.pid] if host else [], entry)

    def do_host_stop(self, fault, entry):
        host = self.host(fault, entry)
        return self.stop(host.family() if host else [], entry)

    def do_supervisor_kill(self, fault, entry):
        host = self.host(fault, entry)
        if not host:
            return False
        entry['pids'] = [host.pid]
        self.kill('supervisor', entry, [host.pid], host.workers())
        self.start_later(host, entry)
        return True

    def do_host_kill(self, fault, entry):
        host = self.host(fault, entry)
        if not host:
            return False
        entry['pids'] = host.family()
        for pid in entry['pids']:  # at once: a worker that sees its supervisor die hands back what it has
            send(pid, signal.SIGSTOP)
        self.kill('host', entry, entry['pids'], entry['pids'])
        self.start_later(host, entry)
        return True

    def do_restart(self, fault, entry):
        host = self.host(fault, entry)
        if not host:
            return False
        entry['pids'] = [host.pid]
        host.signal(signal.SIGTERM)
        self.start_later(host, entry)
        return True

    def start_later(self, server, entry):
        gone = server.pid

        def start():
            if server.alive() and server.pid == gone:  # it is on its way out, and may take its shutdown_timeout
                self.at(now() + 0.1, start)
                return
            if not server.alive():  # else another fault has had it started again
                server.start()
                self.leaving.discard(server)
            entry['until'] = now()
        entry['until'] += 60
        self.leaving.add(server)
        self.at(now() + entry['s'], start)

    def do_reload(self, fault, entry):
        host = self.host(fault, entry)
        # HUP ends a daemon that has no handlers yet. It has them before it has workers; one may be the trial of its plugins.
        return bool(host and len(host.workers()) > 1) and host.signal(signal.SIGHUP)

    # ---- Redis
    def do_redis_kill(self, fault, entry, number=signal.SIGKILL):
        server = self.world.redis
        entry['host'] = 'redis'
        if not server.alive():
            return False
        entry['pids'] = [server.pid]
        server.signal(number)
        self.start_later(server, entry)
        return True

    def do_redis_shutdown(self, fault, entry):
        return self.do_redis_kill(fault, entry, signal.SIGTERM)

    def do_redis_stop(self, fault, entry):
        entry['host'] = 'redis'
        return self.world.redis.alive() and self.stop([self.world.redis.pid], entry)

    def ask(self, entry, *command):
        entry['host'] = 'redis'
        try:
            return self.world.redis.client(0.5).execute_command(*command)
        except redis.RedisError:
            return False

    def do_memory(self, fault, entry):
        """Just above what it uses: for the next moments nobody can submit, and soon nothing is kept."""
        try:
            used = self.world.redis.client(0.5).info('memory')['used_memory']
        except redis.RedisError:
            return False
        self.at(entry['until'], self.memory_back, entry)
        return self.ask(entry, 'CONFIG', 'SET', 'maxmemory', used + fault['victim'] * 50)

    def memory_back(self, entry):
        if self.ask(entry, 'CONFIG', 'SET', 'maxmemory', 0) is False and not self.over.is_set():
            self.at(now() + 0.2, self.memory_back, entry)
        entry['until'] = now()

    def do_rewrite(self, fault, entry):
        entry['host'] = 'redis'
        try:
            self.world.redis.rewrite()
        except redis.RedisError:
            return False

    def do_script_flush(self, fault, entry):
        return self.ask(entry, 'SCRIPT', 'FLUSH')

    def do_clients_kill(self, fault, entry):
        return self.ask(entry, 'CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')

    # ---- the network
    def tell(self, fault, entry, op):
        entry['host'] = fault['on']
        order = {'nth': fault['victim'], 'op': op, 's': fault['s'], **{k: fault[k] for k in ('on', 'way', 'after', 'then', 'ms', 'hard') if k in fault}}
        self.world.tell_proxy(json.dumps(order))

    def do_cut(self, fault, entry):
        self.tell(fault, entry, 'cut')

    def do_hole(self, fault, entry):
        self.tell(fault, entry, 'hole')

    def do_delay(self, fault, entry):
        self.tell(fault, entry, 'delay')

    def do_part(self, fault, entry):
        self.tell(fault, entry, 'part')

    # ---- the end
    def calm(self, load, worker_kills, host_kills):
        """Deaths with nothing else going on: how soon are they noticed? Each waits until a job runs there."""
        world, rng = self.world, random.Random(worker_kills)
        for kind in ['worker_kill'] * worker_kills + ['host_kill', 'supervisor_kill'] * host_kills:
            deadline, victim = now() + 10, None
            if kind != 'worker_kill':
                load.long(4)
            while now() < deadline and victim is None:
                busy = world.busy()
                fits = [n for n, (h, p) in enumerate((h, p) for h in world.hosts for p in h.workers()) if p in busy]
                if fits and kind == 'worker_kill':
                    victim = rng.choice(fits)
                elif kind != 'worker_kill':
                    hosts = [n for n, h in enumerate(world.hosts) if world.busy('long').intersection(h.workers())]
                    victim = rng.choice(hosts) if hosts else None
                self.over.wait(0.02)
            self.inject({'kind': kind, 'victim': victim or 0, 's': 30, 't': -1, 'calm': True})
            self.over.wait(1.2)
            if kind != 'worker_kill':
                world.settled(30)
                self.heal()
                self.over.wait(1.2)

    def heal(self):
        """Everything goes on, runs and is connected. From here on nothing is done to anybody."""
        world = self.world
        world.tell_proxy(json.dumps({'op': 'heal'}))
        for entry in self.done:
            if 'stop' in entry['kind'] and entry['until'] > now():
                self.go_on(entry)
        for pid in orphans():
            send(pid, signal.SIGCONT)
        for server in [world.redis, *world.hosts]:
            server.signal(signal.SIGCONT)
        for server in self.leaving:  # told to end, and not yet gone
            server.await_end(30)
        self.leaving.clear()
        if not world.redis.alive():
            world.redis.start()
        if not world.redis.wait_ready(20):
            raise SystemExit('chaos: Redis does not come back; see redis.log')
        world.redis.client(20).config_set('maxmemory', 0)
        for host in world.hosts:
            if not host.alive():
                host.start()
        for entry in self.done:
            entry['until'] = min(entry['until'], now())
