"""Is speed bought with fairness? Mixed lengths, the order of a resource, weights, and a burst beside a quiet queue."""
import collections

from processes import Daemon, Server, driver, stint, submit_all, wait


def lines(daemon):
    return daemon.latencies.read_text().split("\n")[:-1]


def mixed(seconds=12):
    """Tasks of 1 ms and of 2 s on four workers, of which two at most run long ones: how long does a short one wait, in ms?"""
    server = Server()
    daemon = Daemon(server, 4)
    try:
        daemon.ready(server, 4)
        driver(server, "mixed", seconds)
        wait(lambda: server.client.hlen("stint:{default}:jobs") == 0, 30)
        waits = sorted(int(line.split()[1]) / 1000 for line in lines(daemon) if line.startswith("short "))
        return {"short_jobs": len(waits), "wait_p50_ms": round(waits[len(waits) // 2], 2),
                "wait_p99_ms": round(waits[int(len(waits) * 0.99)], 2), "wait_max_ms": round(waits[-1], 2)}
    finally:
        daemon.stop()
        server.stop()


def order(resources=100, each=200):
    """Starts out of the order in which the jobs of a resource were submitted, with eight workers."""
    server = Server()
    daemon = None
    try:
        submit_all(server, ({"task": "nap", "resource": f"r{n % resources}", "params": {"tag": f"r{n % resources}:{n // resources}"}}
                            for n in range(resources * each)))
        daemon = Daemon(server, 8)
        wait(lambda: server.succeeded() >= resources * each, 60)
        last, wrong = collections.defaultdict(lambda: -1), 0
        for line in lines(daemon):
            resource, number = line.split()[0].split(":")
            wrong += int(number) != last[resource] + 1
            last[resource] = int(number)
        return {"jobs": resources * each, "out_of_order": wrong}
    finally:
        if daemon:
            daemon.stop()
        server.stop()


def weights(jobs=100000):
    """Two queues with weights 9 and 1, both full: the share of the second at five moments, in percent."""
    server = Server()
    daemon = None
    try:
        for queue in ("heavy", "light"):
            submit_all(server, ({"task": "noop"} for _ in range(jobs)), queue)
        daemon = Daemon(server, 2, weights={"heavy": 9, "light": 1})
        shares = []
        for tenth in (2, 4, 6, 8, 9):
            wait(lambda: server.succeeded("heavy") >= jobs * tenth / 10, 60)
            heavy, light = server.succeeded("heavy"), server.succeeded("light")
            shares.append(round(100 * light / (heavy + light), 2))
        return {"share_of_light_percent": shares, "off_by_percent": round(max(abs(share - 10) for share in shares) * 10, 1)}
    finally:
        if daemon:
            daemon.stop()
        server.stop()


def burst(jobs=200000):
    """A job every 10 ms on one queue; another of the same weight gets so many at once: how long do the first wait, in ms?"""
    server = Server()
    submit_all(server, ({"task": "nap", "params": {"us": "100"}} for _ in range(jobs)), "burst")
    stint(server, "queue", "pause", "burst")
    daemon = Daemon(server, 4, weights={"burst": 1})
    try:
        daemon.ready(server, 4)
        driver(server, "lat", 100, 10)
        stint(server, "queue", "resume", "burst")
        wait(lambda: server.succeeded("burst") > 0, 30)
        driver(server, "lat", 300, 10)
        left = jobs - server.succeeded("burst")
        wait(lambda: len(lines(daemon)) >= 400, 30)
        waits = sorted(int(line) / 1000 for line in lines(daemon)[100:] if line.isdigit())
        return {"wait_p50_ms": round(waits[len(waits) // 2], 2), "wait_p99_ms": round(waits[int(len(waits) * 0.99)], 2),
                "wait_max_ms": round(waits[-1], 2), "burst_left": left}
    finally:
        daemon.stop()
        server.stop()


def measure():
    return {"mixed": mixed(), "order": order(), "weights": weights(), "burst": burst()}
