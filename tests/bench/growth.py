"""What more of anything does to the rate: queues, jobs blocked on one resource, jobs due at one moment, hosts."""
import datetime
import time

from processes import Daemon, Server, driver, submit_all, wait


def queues(jobs, count, workers=4):
    """Drain of as many jobs, spread over so many queues."""
    server = Server()
    daemon, names = None, [f"q{n}" for n in range(count)]
    try:
        for name in names:
            submit_all(server, ({"task": "noop", "params": {"pad": "x" * 90}} for _ in range(jobs // count)), name)
        daemon = Daemon(server, workers, weights=dict.fromkeys(names, 1))
        done = lambda: sum(map(server.succeeded, names))
        wait(lambda: done() >= jobs * 0.05, 30)
        first, start = done(), time.time()
        wait(lambda: done() >= jobs, 120)
        return {"jobs_per_s": round((jobs - first) / (time.time() - start)) if first < jobs else None, **server.slow()}
    finally:
        if daemon:
            daemon.stop()
        server.stop()


def blocked(jobs, workers=4):
    """All wait for one resource: how many a second run one after the other, and how many without one are submitted and run beside?"""
    server = Server()
    daemon = None
    try:
        driver(server, "res", jobs, 1)
        daemon = Daemon(server, workers)
        wait(lambda: server.client.zcard("stint:{default}:blocked") >= jobs * 0.9, 60)
        first, start = server.succeeded(), time.time()
        time.sleep(3)
        alone = (server.succeeded() - first) / (time.time() - start)
        first, start = server.succeeded(), time.time()
        driver(server, "bulk", jobs)
        wait(lambda: server.client.llen("stint:{default}:pending") == 0, 60)
        beside = (server.succeeded() - first) / (time.time() - start)
        return {"one_by_one_per_s": round(alone), "submitted_and_run_beside_per_s": round(beside),
                "still_blocked": server.client.zcard("stint:{default}:blocked"), **server.slow()}
    finally:
        if daemon:
            daemon.stop()
        server.stop()


def due(jobs, workers=4):
    """All due at the same moment: seconds from then until they have run."""
    server = Server()
    daemon = None
    try:
        moment = time.time() + 5
        at = datetime.datetime.fromtimestamp(moment, datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        submit_all(server, ({"task": "noop", "at": at, "params": {"pad": "x" * 90}} for _ in range(jobs)))
        early = moment - time.time()
        daemon = Daemon(server, workers)
        daemon.ready(server, workers)
        wait(lambda: server.succeeded() >= jobs, 90)
        return {"submitted_s_before": round(early, 1), "seconds": round(time.time() - moment, 2), **server.slow()}
    finally:
        if daemon:
            daemon.stop()
        server.stop()


def hosts(jobs, count=3, workers=2):
    """Daemons in namespaces of their own: the share of each in one drain, in percent."""
    server = Server()
    daemons = []
    try:
        daemons = [Daemon(server, workers, host=f"host{n}") for n in range(count)]
        wait(lambda: server.client.zcard("stint:{default}:workers") >= count * workers, 30)
        driver(server, "bulk", jobs)
        wait(lambda: server.succeeded() >= jobs, 60)
        wait(lambda: sum(d.counted.stat().st_size for d in daemons) >= jobs, 10)
        shares = [round(100 * d.counted.stat().st_size / jobs, 1) for d in daemons]
        return {"shares_percent": shares, "off_by_percent": round(max(abs(s - 100 / count) for s in shares) * count, 1), **server.slow()}
    finally:
        for daemon in daemons:
            daemon.stop()
        server.stop()


def measure(jobs):
    return {"queues": {n: queues(jobs, n) for n in (1, 10, 100)}, "blocked": blocked(jobs), "due": due(jobs), "hosts": hosts(3 * jobs)}
