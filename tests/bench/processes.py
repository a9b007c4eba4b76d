"""What the benchmarks run: a private Redis, stintd with the benchmark's plugin on it, and producers. Servers count as slow each
script that held Redis for more than SLOW_MS."""
import json, os, pathlib, shutil, signal, subprocess, sys, tempfile, time

import redis

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("STINT_BUILD", ROOT / "build/release"))
TICKS = os.sysconf("SC_CLK_TCK")
SLOW_MS = 5


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
        wait(self.answers, 10)

    def answers(self):
        try:
            self.client.config_set("slowlog-log-slower-than", SLOW_MS * 1000)
            return self.client.config_set("slowlog-max-len", 10000)
        except redis.ConnectionError:
            return False

    def slow(self):
        """How many scripts held Redis for more than SLOW_MS, and the longest of them in ms."""
        found = [entry["duration"] / 1000 for entry in self.client.slowlog_get(10000) if entry["command"].lower().startswith(b"evalsha")]
        return {"slow_scripts": len(found), "slowest_ms": round(max(found, default=0), 1)}

    def succeeded(self, queue="default"):
        return int(self.client.hget(f"stint:{{{queue}}}:stats", "succeeded") or 0)

    def cpu(self):
        info = self.client.info("cpu")
        return info["used_cpu_user"] + info["used_cpu_sys"]

    def calls(self):
        """Commands by clients, and all commands with those inside scripts."""
        stats = self.client.info("commandstats")
        every = sum(s["calls"] for s in stats.values())
        outer = sum(s["calls"] for n, s in stats.items() if n in ("cmdstat_evalsha", "cmdstat_eval", "cmdstat_blmove"))
        return outer, every

    def heard(self, seconds):
        """How many commands a second clients send, and how many there are with those inside scripts; by MONITOR."""
        said = subprocess.run(["timeout", str(seconds), "redis-cli", "-s", self.socket, "monitor"], capture_output=True, text=True).stdout
        lines = [line for line in said.splitlines() if line[:1].isdigit()]
        return round(sum(" lua] " not in line for line in lines) / seconds, 1), round(len(lines) / seconds, 1)

    def stop(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


class Daemon:
    """stintd on that Redis, with the benchmark's plugin. host: in network and host name namespaces of its own, called so; weights: of
    further queues."""

    def __init__(self, server, workers, keep="0s", weights=None, host=""):
        folder = pathlib.Path(server.dir, host)
        folder.mkdir(exist_ok=True)
        self.latencies, self.counted = folder / "latencies", folder / "counted"
        config = folder / "stint.toml"
        config.write_text(
            f'state_dir = "{folder}/state"\nlog_level = "error"\n'
            f'[redis]\nurl = "{server.url}"\n[workers]\nprocesses = {workers}\n'
            f'[plugins]\npaths = ["{BUILD}/bench"]\n[plugins.bench.config]\nlatency_file = "{self.latencies}"\n'
            + (f'count_file = "{self.counted}"\n' if host else '') +
            ''.join(f'[queues.{queue}]\nkeep = "{keep}"\nweight = {weight}\n' for queue, weight in {"default": 1, **(weights or {})}.items()))
        apart = ["unshare", "--net", "--uts", "sh", "-c", f'hostname {host}; exec "$0" "$@"'] if host else []
        self.process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *apart, BUILD / "bin/stintd", "--config", config])

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


def stint(server, *words):
    subprocess.run([BUILD / "bin/stint", "--redis", server.url, "--quiet", *words], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def submit_all(server, specs, queue="default"):
    """By `stint submit --bulk`, in that order. Returns seconds."""
    path = pathlib.Path(server.dir, "specs")
    with path.open("w") as out:
        out.writelines(json.dumps(spec, separators=(",", ":")) + "\n" for spec in specs)
    start = time.time()
    stint(server, "submit", "--queue", queue, "--bulk", path)
    return time.time() - start
