#!/usr/bin/python3
"""How soon a death is noticed and a sleeper wakes, on a machine with nothing else to do. Prints one JSON object, in milliseconds.

    cmake --build --preset release && tests/bench/detect.py [--count 200] [--rare 10] [--only worker,wake,frozen,supervisor,host]

worker      kill -9 of a worker that runs a job, to that job settled                                     (--count times)
wake        submit to a queue whose workers sleep, to the task's first line; by script and by the inbox  (--count times each)
frozen      the same where a worker that waits has been stopped and may be the one that is served        (--rare times 2)
supervisor  kill -9 of stintd alone, to the running job settled: its worker finishes or hands back       (--rare times)
host        kill -9 of stintd and its workers, to their jobs settled by another daemon                   (--rare times)

Nothing is looked for in turns: the settlement is heard of by Redis' keyspace events, a start by a FIFO. `machine_late` is how late
a sleep of 4 ms ended meanwhile, at most: a figure above it is stint's. Needs python3-redis."""
import argparse, json, os, pathlib, select, signal, statistics, subprocess, sys, threading, time

import redis

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "simulator")]
import records, scripts  # noqa: E402  the Lua files
from run import BUILD, Server, machine, wait  # noqa: E402

P, LEASE, SWEEP = "stint:{default}:", 2.0, 0.5


class Host:
    """stintd and its workers on that Redis."""

    def __init__(self, server, name, workers):
        self.config, self.workers = pathlib.Path(server.dir, name + ".toml"), workers
        self.config.write_text(
            f'state_dir = "{server.dir}/{name}"\nlog_level = "error"\n[redis]\nurl = "{server.url}"\n'
            f'[workers]\nprocesses = {workers}\nshutdown_timeout = "3s"\n'
            f'[plugins]\npaths = ["{BUILD}/test_plugins/faulty/faulty.so"]\n[sweep]\ninterval = "{SWEEP}s"\n'
            f'[queues.default]\nretries = 9\nbackoff = "none"\n[tasks.wait_once]\nlease = "{LEASE}s"\ntimeout = "1h"\n')

    def start(self):
        self.process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", BUILD / "bin/stintd", "--config", self.config])

    def pids(self):
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(p) for p in children.split()]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


class Bench:
    def __init__(self, hosts, workers):
        self.server, self.number = Server(aof=True), 0
        self.client = self.server.client
        self.client.config_set("notify-keyspace-events", "Kh")
        self.events = self.client.pubsub(ignore_subscribe_messages=True)
        self.events.subscribe(f"__keyspace@0__:{P}active")
        self.begun = self.server.dir + "/begun"
        os.mkfifo(self.begun)
        self.fifo = open(self.begun, "rb+", buffering=0)
        self.submit_script = self.client.register_script(scripts.assemble("submit", scripts.sources()))
        self.hosts = [Host(self.server, f"host{n}", workers) for n in range(hosts)]
        for host in self.hosts:
            host.start()
        self.all_wait(hosts * workers)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for host in self.hosts:
            host.stop()
        self.server.stop()

    def all_wait(self, workers):
        """Each sleeps in its BLMOVE, beside the daemons' own."""
        asleep = lambda: sum(c["cmd"] == "blmove" and c["name"].startswith("stint-worker-wait") for c in self.client.client_list())
        wait(lambda: asleep() >= workers, 30)

    def submit(self, task, params):
        """As `stint submit` does. Returns the id and when."""
        self.number += 1
        job_id = f"j{self.number}"
        record = records.make(task, int(time.time() * 1000), f"n{self.number}", json.dumps(params))
        at = time.monotonic()
        answer = self.submit_script(keys=[P], args=[f"n{self.number}", "0", "1", job_id, record])
        if answer[:1] != [b"created pending"]:
            sys.exit(f"detect: submit answers {answer}; have its arguments changed (common/queue/lua/submit.lua)?")
        return job_id, at

    def push(self, task, params):
        """As a producer without a library does."""
        self.number += 1
        at = time.monotonic()
        self.client.lpush(P + "inbox", json.dumps({"task": task, "id": f"j{self.number}", "params": params}))
        return f"j{self.number}", at

    def until_begun(self):
        if not select.select([self.fifo], [], [], 60)[0]:
            sys.exit("detect: a job does not begin within 60 s")
        self.fifo.readline()
        return time.monotonic()

    def until_settled(self, job_id, token):
        """That attempt is not there any more. It is asked only after an event that says that one has gone."""
        while (self.client.hget(P + "active", job_id) or b"").startswith(token + b" "):
            if self.events.get_message(timeout=60) is None:
                sys.exit(f"detect: {job_id} is not settled after 60 s")
        return time.monotonic()

    def run_long(self):
        """Submits a job that does not end by itself when it runs first and waits for its first line; returns (id, token, host, pid of its worker)."""
        told = pathlib.Path(self.server.dir, f"run{self.number}")
        job_id, _ = self.submit("wait_once", {"started": self.begun, "path": str(told)})
        self.until_begun()
        wait(lambda: told.exists() and told.read_text().endswith("\n"), 10)  # or the next run would be the first
        token, worker = self.client.hget(P + "active", job_id).split(b" ")[:2]
        pid = int(self.client.hget(f"{P}worker:{worker.decode()}", "pid"))
        return job_id, token, next(h for h in self.hosts if pid in h.pids()), pid

    def forget_events(self):
        while self.events.get_message(timeout=0):
            pass


class Lateness(threading.Thread):
    """How late this machine itself was meanwhile, at most."""

    def __init__(self):
        super().__init__(daemon=True)
        self.most = 0.0
        self.start()

    def run(self):
        while True:
            at = time.monotonic()
            time.sleep(0.004)
            self.most = max(self.most, time.monotonic() - at - 0.004)

    def take(self):
        most, self.most = self.most, 0.0
        return round(most * 1000, 2)


def figures(seconds):
    ms = sorted(s * 1000 for s in seconds)
    pick = lambda q: round(ms[min(len(ms) - 1, int(len(ms) * q))], 2)
    return {"count": len(ms), "p50": round(statistics.median(ms), 2), "p99": pick(0.99), "max": pick(1)}


def worker(count):
    times = []
    with Bench(1, 1) as bench:  # its second run is a job ended: such a worker is replaced at once when it dies
        for _ in range(count):
            job_id, token, _, pid = bench.run_long()
            bench.forget_events()
            at = time.monotonic()
            os.kill(pid, signal.SIGKILL)
            times.append(bench.until_settled(job_id, token) - at)
            bench.until_begun()
            bench.all_wait(1)
    return figures(times)


def wake(count):
    out = {}
    with Bench(1, 2) as bench:
        for name, door in (("submit", bench.submit), ("inbox", bench.push)):
            times = []
            for _ in range(count):
                bench.all_wait(2)
                _, at = door("info", {"started": bench.begun})
                times.append(bench.until_begun() - at)
            out[name] = figures(times)
    return out


def frozen(count):
    times = []
    with Bench(1, 2) as bench:
        pids = bench.hosts[0].pids()
        for n in range(count):
            bench.all_wait(2)
            os.kill(pids[n % 2], signal.SIGSTOP)
            _, at = bench.submit("info", {"started": bench.begun})
            times.append(bench.until_begun() - at)
            os.kill(pids[n % 2], signal.SIGCONT)
    return {**figures(times), "served_the_stopped": sum(t > 0.05 for t in times)}


def deaths(count, whole):
    times = []
    with Bench(2, 1) as bench:
        for _ in range(count):
            job_id, token, host, pid = bench.run_long()
            bench.forget_events()
            pids = [host.process.pid] + ([pid] if whole else [])
            for one in pids:  # at once: a worker that sees its supervisor die hands back what it has
                os.kill(one, signal.SIGSTOP)
            at = time.monotonic()
            for one in pids:
                os.kill(one, signal.SIGKILL)
            times.append(bench.until_settled(job_id, token) - at)
            bench.until_begun()  # it runs a second time, and ends
            host.process.wait()
            host.start()
            bench.all_wait(2)
    return figures(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--rare", type=int, default=10)
    parser.add_argument("--only", default="worker,wake,frozen,supervisor,host")
    args = parser.parse_args()
    parts, limit = args.only.split(","), round((LEASE + 2 * SWEEP + 1) * 1000)
    out = {"machine": machine(), "to_reach": {"worker_p99": 100, "wake_max": 1000, "supervisor_max": limit, "host_max": limit}}
    measures = {"worker": lambda: worker(args.count), "wake": lambda: wake(args.count), "frozen": lambda: frozen(2 * args.rare),
                "supervisor": lambda: deaths(args.rare, False), "host": lambda: deaths(args.rare, True)}
    late = Lateness()
    for name in (name for name in measures if name in parts):
        late.take()
        out[name] = {**measures[name](), "machine_late": late.take()}
    print(json.dumps(out, indent=1))


if __name__ == "__main__":
    main()
