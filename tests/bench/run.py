#!/usr/bin/python3
"""The benchmark of the whole engine: real stintd, workers and a private Redis, beside what this machine can do at best, in one run.
Prints one JSON object, and to stderr a table of the targets with the ratio to each. About seven minutes.

    cmake --build --preset release && tests/bench/run.py [--jobs 100000] [--workers 1,2,4] [--only limits,drain,...] [--soak 10000000]

Needs python3-redis. Figures: jobs/s for submit and drain, microseconds for latency, bytes, percent of one core. A ratio above 1 is
better than its target. Beside other queues: peers.py."""
import argparse, json, os, pathlib, platform, statistics, subprocess, sys, time

sys.dont_write_bytecode = True
import fairness  # noqa: E402
import growth  # noqa: E402
from processes import BUILD, ROOT, Daemon, Server, driver, submit_all, wait  # noqa: E402


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
        specs = ({"task": "noop", "params": {"t": "%016d" % i, "pad": "x" * 67}} for i in range(jobs))
        return {"stint_bulk_per_s": round(jobs / submit_all(server, specs))}
    finally:
        server.stop()


def drain(jobs, workers, keep="0s", resources=0, aof=False, more=0):
    """From 5 % done to all done, so that the start of the processes is not counted. more: jobs that wait besides."""
    server = Server(aof)
    daemon = None
    try:
        driver(server, *(("res", jobs, resources) if resources else ("bulk", jobs + more)))
        done = server.succeeded
        daemon = Daemon(server, workers, keep)
        wait(lambda: done() >= jobs * 0.05, 30)
        first, t0, c0, d0, calls0 = done(), time.time(), server.cpu(), daemon.cpu(), server.calls()
        wait(lambda: done() >= jobs, 120)
        seconds, count, calls1 = time.time() - t0, done() - first, server.calls()
        return {"jobs_per_s": round(count / seconds), "redis_us_per_job": round((server.cpu() - c0) / count * 1e6, 2),
                "worker_us_per_job": round((daemon.cpu() - d0) / count * 1e6, 2),
                "round_trips_per_job": round((calls1[0] - calls0[0]) / count, 3),
                "commands_per_job": round((calls1[1] - calls0[1]) / count, 2), **server.slow()}
    finally:
        if daemon:
            daemon.stop()
        server.stop()


# An idle system: cores are halted and caches cold by the time the next one comes, for a PING as for a job.
LATENCY_PACE_MS = 10


def latency(count, rate=0):
    """Submit to the task's first line, one job every 10 ms; rate: so many other jobs a second meanwhile."""
    server = Server()
    daemon = Daemon(server, 2)
    load = None
    try:
        daemon.ready(server, 2)
        if rate:
            load = subprocess.Popen([BUILD / "bin/bench-driver", server.url, "steady", str(rate * 3600), str(rate)], stdout=subprocess.DEVNULL)
        driver(server, "lat", count, LATENCY_PACE_MS)
        wait(lambda: len(daemon.latencies.read_text().splitlines()) >= count, 20)
        samples = sorted(int(x) for x in daemon.latencies.read_text().split())
        return {"start_p50_us": samples[len(samples) // 2], "start_p99_us": samples[int(len(samples) * 0.99)], "jobs_beside_per_s": rate}
    finally:
        if load:
            load.kill()
            load.wait()
        daemon.stop()
        server.stop()


def idle(workers, seconds):
    server = Server()
    daemon = Daemon(server, workers)
    try:
        daemon.ready(server, workers)
        time.sleep(3)
        c0, d0 = server.cpu(), daemon.cpu()
        time.sleep(seconds)
        daemon_cpu, redis_cpu, rss = daemon.cpu() - d0, server.cpu() - c0, daemon.rss()
        sent, every = server.heard(seconds)
        return {"workers": workers, "daemon_and_workers_percent": round(daemon_cpu / seconds * 100, 3),
                "redis_percent": round(redis_cpu / seconds * 100, 3),
                "redis_commands_per_s": sent, "with_those_in_scripts_per_s": every,
                "rss_supervisor_mb": round(rss[0] / 1e6, 1), "rss_worker_mb": round(max(rss[1:]) / 1e6, 1)}
    finally:
        daemon.stop()
        server.stop()


def inbox(jobs):
    """LPUSH of JSON, taken in by stintd while its queue is paused."""
    server = Server()
    server.client.set("stint:{default}:paused", "1")
    daemon = Daemon(server, 1)
    try:
        daemon.ready(server, 1)
        started = time.time()
        driver(server, "push", jobs)
        wait(lambda: server.client.llen("stint:{default}:pending") >= jobs, 60)
        return {"inbox_per_s": round(jobs / (time.time() - started))}
    finally:
        daemon.stop()
        server.stop()


def scripts(_options):
    """Redis CPU a job of the scripts alone, by script_costs.py."""
    out = {}
    text = subprocess.run([ROOT / "tests/bench/script_costs.py", "--rounds", "5"], check=True, capture_output=True, text=True).stdout
    for line in text.splitlines():
        row = json.loads(line)
        out[row["case"]] = {k: row[k] for k in ("submit", "claim", "finish", "claim_finish")}
    return out


def limits(_options):
    """What the machine can do: the batched Lua ceiling, and the round trip of a PING."""
    server = Server()
    try:
        words = lambda *args: subprocess.run([BUILD / "bin/bench-driver", server.url, *map(str, args)], check=True, capture_output=True,
                                             text=True).stdout.split()
        ceilings = []
        for _ in range(3):
            _, cycles, seconds = words("ceiling", 2)
            ceilings.append(round(int(cycles) / float(seconds)))
        _, p50, p99 = words("ping", 1000, LATENCY_PACE_MS)
        return {"ceiling_per_s": statistics.median(ceilings), "ping_p50_us": int(p50), "ping_p99_us": int(p99)}
    finally:
        server.stop()


KINDS = {"plain": {}, "resources_1000": {"resources": 1000}, "kept_1h": {"keep": "1h"}, "append_only": {"aof": True}, "of_a_million": {"more": 900_000}}


def drains(options):
    """The machine's speed changes from minute to minute, so a kind is compared with the plain drain of its own round: share_of_plain is the
    median of these ratios, the other figures are of the round with the median rate."""
    tried = {n: drain(options.jobs, n) for n in map(int, options.workers.split(","))}
    workers = max(tried, key=lambda n: tried[n]["jobs_per_s"])
    rounds = [{kind: drain(options.jobs, workers, **how) for kind, how in KINDS.items()} for _ in range(options.rounds)]
    out = {"tried": {n: run["jobs_per_s"] for n, run in tried.items()}, "workers": workers, "rounds": options.rounds}
    for kind in KINDS:
        rates = [one[kind]["jobs_per_s"] for one in rounds]
        shares = [one[kind]["jobs_per_s"] / one["plain"]["jobs_per_s"] for one in rounds]
        out[kind] = {**sorted((one[kind] for one in rounds), key=lambda run: run["jobs_per_s"])[len(rounds) // 2],
                     "least": min(rates), "most": max(rates), "share_of_plain": round(statistics.median(shares), 3)}
    return out


def soak(options):
    """Growth of resident memory, bytes a million jobs, over --soak jobs in rounds of half a million."""
    server = Server()
    daemon = Daemon(server, 2)
    try:
        daemon.ready(server, 2)
        sizes, rounds = [], max(2, options.soak // 500_000)
        for n in range(rounds):
            driver(server, "bulk", 500_000)
            wait(lambda: server.succeeded() >= (n + 1) * 500_000, 120)
            sizes.append(daemon.rss())
        grown = [last - first for first, last in zip(sizes[len(sizes) // 5], sizes[-1])]
        millions = (rounds - 1 - len(sizes) // 5) / 2
        return {"jobs": rounds * 500_000, "supervisor_bytes_per_million": round(grown[0] / millions),
                "worker_bytes_per_million": round(max(grown[1:]) / millions)}
    finally:
        daemon.stop()
        server.stop()


def machine():
    version = subprocess.run(["redis-server", "--version"], capture_output=True, text=True).stdout.split()[2]
    return {"cpus": os.cpu_count(), "kernel": platform.release(), "redis": version, "build": BUILD.name}


# figure -> (target, whether more is better)
def targets(out):
    d, drained = out.get("drains"), out.get("drains", {}).get("plain", {}).get("jobs_per_s")
    rows = []

    def row(name, figure, target, more=False):
        if figure is not None and target:
            rows.append({"figure": name, "value": figure, "target": round(target, 2), "ratio": round((figure / target if more else target / max(figure, 0.001)), 2)})

    machine_can = out.get("limits", {})
    if d:
        row("drain, jobs/s (half the ceiling)", drained, 0.5 * machine_can.get("ceiling_per_s", 0), True)
        row("drain, 1,000 resources, of the plain one", d["resources_1000"]["share_of_plain"], 0.6, True)
        row("drain, kept an hour, of the plain one", d["kept_1h"]["share_of_plain"], 0.6, True)
        row("drain, append-only everysec, of the plain one", d["append_only"]["share_of_plain"], 0.8, True)
        row("drain, of a million, of the plain one", d["of_a_million"]["share_of_plain"], 0.9, True)
        row("round trips a job", d["plain"]["round_trips_per_job"], 0.05)
        row("worker CPU a job, us", d["plain"]["worker_us_per_job"], 2.5)
    submitted = out.get("submit", {})
    row("stint submit --bulk, jobs/s", out.get("cli", {}).get("stint_bulk_per_s"), 350_000, True)
    row("library bulk, jobs/s", submitted.get("submit_bulk_per_s"), 350_000, True)
    row("LPUSH into the inbox, taken in, jobs/s", out.get("inbox", {}).get("inbox_per_s"), 150_000, True)
    row("Redis bytes a pending job", submitted.get("redis_bytes_per_pending_job"), 280)
    plain = out.get("scripts", {}).get("plain", {})
    row("Redis CPU, claim + finish, us a job", plain.get("claim_finish"), 3.5)
    row("Redis CPU, submit, us a job", plain.get("submit"), 2.0)
    late = out.get("latency", {})
    row("submit to start, idle, p50 us", late.get("start_p50_us"), 4 * machine_can.get("ping_p50_us", 0))
    row("submit to start, idle, p99 us", late.get("start_p99_us"), 10 * machine_can.get("ping_p50_us", 0))
    row("submit to start, half load, p99 us", out.get("latency_loaded", {}).get("start_p99_us"), 20_000)
    rest = out.get("idle", {})
    row("idle, 8 workers: % of a core, stint's", rest.get("daemon_and_workers_percent"), 0.3)
    row("idle, 8 workers: commands/s, sent", rest.get("redis_commands_per_s"), 10)
    row("idle, 8 workers: commands/s, all", rest.get("with_those_in_scripts_per_s"), 10)
    row("resident, a worker, MB", rest.get("rss_worker_mb"), 12)
    row("resident, stintd, MB", rest.get("rss_supervisor_mb"), 12)
    fair, grown = out.get("fairness", {}), out.get("growth", {})
    row("a short job beside long ones waits at most, ms", fair.get("mixed", {}).get("wait_max_ms"), 50)
    row("two queues of weights 9 and 1: off their share by, %", fair.get("weights", {}).get("off_by_percent"), 10)
    row("a job beside a burst on another queue waits, p99 ms", fair.get("burst", {}).get("wait_p99_ms"), 50)
    row("three hosts: off an even share by, %", grown.get("hosts", {}).get("off_by_percent"), 20)
    return rows


PARTS = {"limits": limits, "scripts": scripts, "submit": lambda o: submit(o.jobs), "cli": lambda o: cli_bulk(o.jobs),
         "inbox": lambda o: inbox(o.jobs), "drains": drains, "latency": lambda o: latency(1000), "idle": lambda o: idle(8, 20),
         "fairness": lambda _: fairness.measure(), "growth": lambda o: growth.measure(o.jobs)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=100000)
    parser.add_argument("--workers", default="1,2,4,8")
    parser.add_argument("--rounds", type=int, default=3, help="of the drains, each kind in turn")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, of " + ",".join(PARTS))
    parser.add_argument("--soak", type=int, default=0, help="also run so many jobs and report how memory grows")
    options = parser.parse_args()
    parts = options.only.split(",") if options.only else []
    if unknown := set(parts) - set(PARTS):
        parser.error(f"--only knows no {', '.join(sorted(unknown))}; it knows {', '.join(PARTS)}; '' for none, e.g. beside --soak")
    out = {"machine": machine(), "jobs": options.jobs}
    for part in parts:
        out[part] = PARTS[part](options)
    if "drains" in out and "latency" in out:
        out["latency_loaded"] = latency(500, out["drains"]["plain"]["jobs_per_s"] // 2)
    if options.soak:
        out["soak"] = soak(options)
    out["targets"] = targets(out)
    print(json.dumps(out, indent=1))
    for row in out["targets"]:
        print("%-48s %12s  target %12s  ratio %5.2f" % tuple(row.values()), file=sys.stderr)


if __name__ == "__main__":
    main()
