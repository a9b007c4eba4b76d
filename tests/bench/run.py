#!/usr/bin/python3
"""The benchmark of the whole engine: real stintd, workers and a private Redis. Prints one JSON object.

    cmake --build --preset release && tests/bench/run.py [--jobs 100000] [--workers 1,2,4] [--only drain,latency,...]

Needs python3-redis. Figures: jobs/s for submit and drain, microseconds for latency, bytes, percent of one core.
"""
import argparse, json, os, pathlib, platform, shutil, signal, statistics, subprocess, sys, tempfile, time

import redis

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("STINT_BUILD", ROOT / "build/release"))
TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """A private Redis without persistence (or with, by aof), on a Unix socket, ended with us."""

    def __init__(self, aof=False):
        self.dir = tempfile.mkdtemp(prefix="stint-bench-")
        self.socket = self.dir + "/redis.sock"
        self.url = "unix://" + self.socket
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "redis-server", "--port", "0", "--unixsocket", self.socket, "--save", "", "--dir", self.dir,
             "--appendonly", "yes" if aof else "no"], stdout=subprocess.DEVNULL)
        self.client = redis.Redis(unix_socket_path=self.socket)
        deadline = time.time() + 10
        while True:
            try:
                self.client.ping()
                return
            except redis.ConnectionError:
                if time.time() > deadline:
                    raise
                time.sleep(0.01)

    def cpu(self):
        info = self.client.info("cpu")
        return info["used_cpu_user"] + info["used_cpu_sys"]

    def calls(self):
        """Commands by clients, and all commands with those inside scripts."""
        stats = self.client.info("commandstats")
        every = sum(s["calls"] for s in stats.values())
        outer = sum(s["calls"] for n, s in stats.items() if n in ("cmdstat_evalsha", "cmdstat_eval", "cmdstat_blmove"))
        return outer, every

    def stop(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


class Daemon:
    """stintd on that Redis, with the benchmark's plugin."""

    def __init__(self, server, workers, keep="0s"):
        config = pathlib.Path(server.dir, "stint.toml")
        self.latencies = pathlib.Path(server.dir, "latencies")
        config.write_text(
            f'state_dir = "{server.dir}/state"\nlog_level = "warning"\n'
            f'[redis]\nurl = "{server.url}"\n[workers]\nprocesses = {workers}\n'
            f'[plugins]\npaths = ["{BUILD}/bench"]\n[plugins.bench.config]\nlatency_file = "{self.latencies}"\n'
            f'[queues.default]\nkeep = "{keep}"\n')
        self.process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", BUILD / "bin/stintd", "--config", config])

    def pids(self):
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid] + [int(p) for p in children]

    def cpu(self):
        total = 0
        for pid in self.pids():
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def rss(self):
        pages = [int(pathlib.Path(f"/proc/{p}/statm").read_text().split()[1]) for p in self.pids()]
        return [p * os.sysconf("SC_PAGE_SIZE") for p in pages]

    def ready(self, server, workers):
        wait(lambda: server.client.zcard("stint:{default}:workers") >= workers, 20)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(40)


def wait(predicate, seconds):
    deadline = time.time() + seconds
    while not predicate():
        if time.time() > deadline:
            sys.exit("bench: gave up waiting; is the daemon running? see its log above")
        time.sleep(0.005)


def driver(server, *args):
    out = subprocess.run([BUILD / "bin/bench-driver", server.url, *map(str, args)], check=True, capture_output=True, text=True)
    _, count, seconds = out.stdout.split()
    return int(count) / float(seconds)


def submit(jobs):
    server = Server()
    try:
        one = driver(server, "enq", min(jobs, 20000))
        server.client.flushall()
        before, c0 = server.client.info("memory")["used_memory"], server.cpu()
        bulk = driver(server, "bulk", jobs)
        memory = (server.client.info("memory")["used_memory"] - before) / jobs
        return {"submit_one_per_s": round(one), "submit_bulk_per_s": round(bulk),
                "redis_us_per_bulk_submit": round((server.cpu() - c0) / jobs * 1e6, 2),
                "redis_bytes_per_pending_job": round(memory)}
    finally:
        server.stop()


def cli_bulk(jobs):
    server = Server()
    try:
        path = pathlib.Path(server.dir, "jobs")
        with path.open("w") as f:
            for i in range(jobs):
                f.write('{"task":"noop","params":{"t":"%016d","pad":"%s"}}\n' % (i, "x" * 67))
        start = time.time()
        subprocess.run([BUILD / "bin/stint", "--redis", server.url, "--quiet", "submit", "--bulk", path], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return {"stint_bulk_per_s": round(jobs / (time.time() - start))}
    finally:
        server.stop()


def drain(jobs, workers, keep="0s", resources=0, aof=False):
    """From 5 % done to all done, so that the start of the processes is not counted."""
    server = Server(aof)
    daemon = None
    try:
        driver(server, *(("res", jobs, resources) if resources else ("bulk", jobs)))
        key = "stint:{default}:stats"
        done = lambda: int(server.client.hget(key, "succeeded") or 0)
        daemon = Daemon(server, workers, keep)
        wait(lambda: done() >= jobs * 0.05, 30)
        first, t0, c0, d0, calls0 = done(), time.time(), server.cpu(), daemon.cpu(), server.calls()
        wait(lambda: done() >= jobs, 120)
        seconds, count, calls1 = time.time() - t0, jobs - first, server.calls()
        return {"jobs_per_s": round(count / seconds), "redis_us_per_job": round((server.cpu() - c0) / count * 1e6, 2),
                "worker_us_per_job": round((daemon.cpu() - d0) / count * 1e6, 2),
                "round_trips_per_job": round((calls1[0] - calls0[0]) / count, 3),
                "commands_per_job": round((calls1[1] - calls0[1]) / count, 2)}
    finally:
        if daemon:
            daemon.stop()
        server.stop()


def latency(count):
    server = Server()
    daemon = Daemon(server, 2)
    try:
        daemon.ready(server, 2)
        driver(server, "lat", count, 10)
        wait(lambda: len(daemon.latencies.read_text().splitlines()) >= count, 10)
        samples = sorted(int(x) for x in daemon.latencies.read_text().split())
        pings = []
        for _ in range(500):
            t = time.perf_counter()
            server.client.ping()
            pings.append((time.perf_counter() - t) * 1e6)
            time.sleep(0.002)
        return {"start_p50_us": samples[len(samples) // 2], "start_p99_us": samples[int(len(samples) * 0.99)],
                "python_ping_p50_us": round(statistics.median(pings))}
    finally:
        daemon.stop()
        server.stop()


def idle(workers, seconds):
    server = Server()
    daemon = Daemon(server, workers)
    try:
        daemon.ready(server, workers)
        time.sleep(3)
        c0, d0, n0 = server.cpu(), daemon.cpu(), server.client.info("stats")["total_commands_processed"]
        time.sleep(seconds)
        n1 = server.client.info("stats")["total_commands_processed"]
        rss = daemon.rss()
        return {"workers": workers, "daemon_and_workers_percent": round((daemon.cpu() - d0) / seconds * 100, 3),
                "redis_percent": round((server.cpu() - c0) / seconds * 100, 3),
                "redis_commands_per_s": round((n1 - n0) / seconds, 1),
                "rss_supervisor_mb": round(rss[0] / 1e6, 1), "rss_worker_mb": round(max(rss[1:]) / 1e6, 1)}
    finally:
        daemon.stop()
        server.stop()


def machine():
    version = subprocess.run(["redis-server", "--version"], capture_output=True, text=True).stdout.split()[2]
    return {"cpus": os.cpu_count(), "kernel": platform.release(), "redis": version, "build": BUILD.name}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=100000)
    parser.add_argument("--workers", default="1,2,4")
    parser.add_argument("--only", default="submit,cli,drain,variants,latency,idle")
    args = parser.parse_args()
    parts, best = args.only.split(","), 1
    out = {"machine": machine(), "jobs": args.jobs}
    if "submit" in parts:
        out["submit"] = submit(args.jobs)
    if "cli" in parts:
        out["submit"] = {**out.get("submit", {}), **cli_bulk(args.jobs)}
    if "drain" in parts:
        out["drain"] = {n: drain(args.jobs, int(n)) for n in args.workers.split(",")}
        best = max(out["drain"], key=lambda n: out["drain"][n]["jobs_per_s"])
    if "variants" in parts:
        out["drain_variants"] = {
            "workers": int(best), "resources_1000": drain(args.jobs, int(best), resources=1000),
            "kept_1h": drain(args.jobs, int(best), keep="1h"), "aof_everysec": drain(args.jobs, int(best), aof=True)}
    if "latency" in parts:
        out["latency"] = latency(1000)
    if "idle" in parts:
        out["idle"] = idle(8, 20)
    print(json.dumps(out, indent=1))


if __name__ == "__main__":
    main()
