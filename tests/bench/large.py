#!/usr/bin/python3
"""What an operator does to a large queue: does it hold Redis, how long does it take, how much memory does the program need?
Prints one JSON object. Some eight minutes with the figures below, and 4 GB of memory for the doctor.

    cmake --build --preset release && tests/bench/large.py [--jobs 1000000] [--doctor 1000000,10000000] [--only bulk,doctor]

bulk     so many jobs, failed: retried, then as pending ones cancelled, then as done ones deleted; as many, pending: purged. Each is interrupted once (SIGINT) when half is done, and the same command finishes the rest.
doctor   so many pending jobs, of each number given.

Of each: seconds, peak memory of the program in MB (each of its runs), how many calls took more than 1 and 5 ms of Redis by its slow
log, and the slowest: scripts by their names, and commands, those inside scripts too, by theirs. `machine_late_ms`: how late a sleep of 4 ms ended meanwhile, at most; a script cannot be judged more
exactly than that. Needs python3-redis."""
import argparse, collections, hashlib, json, os, pathlib, signal, subprocess, sys, threading, time

sys.dont_write_bytecode = True
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "simulator"))
import scripts  # noqa: E402  the Lua files
from processes import BUILD, Daemon, Server, wait  # noqa: E402

P = "stint:{default}:"


def quiet_server():
    """Its Redis goes before what else this machine does, if we may."""
    server = Server()
    try:
        os.setpriority(os.PRIO_PROCESS, server.process.pid, -15)
    except PermissionError:
        pass
    return server


class Lateness(threading.Thread):
    """Of short sleeps, so that a busy machine is not blamed on a script."""

    def __init__(self):
        super().__init__(daemon=True)
        self.worst, self.ended = 0.0, threading.Event()
        self.start()

    def run(self):
        while not self.ended.is_set():
            start = time.monotonic()
            time.sleep(0.004)
            self.worst = max(self.worst, time.monotonic() - start - 0.004)

    def stop(self):
        self.ended.set()
        self.join()
        return round(self.worst * 1000, 1)


def script_names():
    files = scripts.sources()
    return {hashlib.sha1(scripts.assemble(name, files).encode()).hexdigest().encode(): name for name in scripts.names(files)}


class Watch:
    """One operation: everything that took Redis more than 1 ms in it."""

    def __init__(self, server):
        self.client = server.client
        self.client.config_set("slowlog-log-slower-than", 1000)
        self.client.config_set("slowlog-max-len", 100000)
        self.client.config_resetstat()
        self.client.slowlog_reset()
        self.started, self.late, self.names = time.monotonic(), Lateness(), script_names()

    def figures(self, **more):
        seconds, late = time.monotonic() - self.started, self.late.stop()
        slow = collections.defaultdict(list)
        for entry in self.client.slowlog_get(100000):
            words = entry["command"].split()
            name = self.names.get(words[1], "?") if words[0].lower() == b"evalsha" else words[0].decode().lower()
            slow[name].append(entry["duration"] / 1000)
        scripts_called = self.client.info("commandstats").get("cmdstat_evalsha", {"calls": 0, "usec_per_call": 0})
        return {**more, "seconds": round(seconds, 1), "script_calls": scripts_called["calls"],
                "mean_script_ms": round(scripts_called["usec_per_call"] / 1000, 2), "machine_late_ms": late,
                "slow": {name: {"over_1_ms": len(took), "over_5_ms": sum(t > 5 for t in took), "slowest_ms": round(max(took), 1)}
                         for name, took in sorted(slow.items())}}


def start(server, *words, stdin=None):
    return subprocess.Popen([BUILD / "bin/stint", "--redis", server.url, *words], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def ended(process):
    """Its exit code, what it printed, and its peak of memory in MB."""
    out, complaint = process.stdout.read().decode(), process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, out, complaint, round(usage.ru_maxrss / 1024, 1)


def fill(server, jobs, task):
    lines = subprocess.Popen(["sh", "-c", 'yes "$1" | head -n "$2"', "sh", json.dumps({"task": task}), str(jobs)], stdout=subprocess.PIPE)
    code, out, complaint, memory = ended(start(server, "--quiet", "submit", "--bulk", "-", stdin=lines.stdout))
    lines.wait()
    if code != 0 or json.loads(out)["submitted"] != jobs:
        sys.exit(f"large: submit ended with {code}: {out[-300:]} {complaint[-300:]}")
    return memory


def totals(server):
    return json.loads(ended(start(server, "--json", "stats"))[1])


def interrupted_once(server, count, is_half_done, *words):
    """The command, a SIGINT at half, and the command again. What both say they did has to be all."""
    watch = Watch(server)
    first = start(server, "--json", *words, "--yes")
    wait(lambda: is_half_done() or first.poll() is not None, 600)
    first.send_signal(signal.SIGINT)
    code, out, complaint, memory = ended(first)
    done = json.loads(out)["done"]
    if code != 130 or not 0 < done < count:
        sys.exit(f"large: {words}: the interrupted one ended with {code}, {out} {complaint}")
    again, rest, complaint, memory_again = ended(start(server, "--json", *words, "--yes"))
    said = json.loads(rest)
    if again != 0 or done + said["done"] != count or said["skipped"] or said["refused"]:
        sys.exit(f"large: {words}: {done} and then {rest} of {count}; {again}: {complaint}")
    return watch.figures(jobs=count, done_before_interrupt=done, memory_mb=[memory, memory_again])


def bulk(jobs):
    server = quiet_server()
    try:
        client, failed, done = server.client, lambda: client.zcard(P + "failed"), lambda: client.zcard(P + "done")
        watch = Watch(server)
        memory = fill(server, jobs, "absent")
        figures = {"submit": watch.figures(jobs=jobs, memory_mb=[memory])}
        daemon = Daemon(server, 4)
        wait(lambda: failed() == jobs, 900)
        daemon.stop()
        figures["retry"] = interrupted_once(server, jobs, lambda: failed() <= jobs / 2, "job", "retry", "--state", "failed")
        figures["cancel"] = interrupted_once(server, jobs, lambda: done() >= jobs / 2, "job", "cancel", "--state", "pending")
        figures["delete_done"] = interrupted_once(server, jobs, lambda: done() <= jobs / 2, "job", "delete", "--state", "done")
        fill(server, jobs, "absent")
        figures["purge"] = interrupted_once(server, jobs, lambda: client.hlen(P + "jobs") <= jobs / 2, "queue", "purge")
        left = totals(server)
        if left["known"] != 0 or left["pending"] != 0:
            sys.exit(f"large: the purge left {left}")
        return figures
    finally:
        server.stop()


def doctor(jobs):
    server = quiet_server()
    try:
        fill(server, jobs, "absent")
        watch = Watch(server)
        code, out, complaint, memory = ended(start(server, "--json", "doctor"))
        figures = watch.figures(jobs=jobs, memory_mb=[memory], exit_code=code)
        wrong = [json.loads(line) for line in out.splitlines() if json.loads(line).get("id")]
        if wrong or code not in (0, 1):
            sys.exit(f"large: doctor: {code} {wrong[:3]} {complaint}")
        return figures
    finally:
        server.stop()


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--jobs", type=int, default=1_000_000)
    options.add_argument("--doctor", default="1000000,10000000")
    options.add_argument("--only", default="bulk,doctor")
    options = options.parse_args()
    figures = {}
    if "bulk" in options.only:
        figures["bulk"] = bulk(options.jobs)
    if "doctor" in options.only:
        figures["doctor"] = [doctor(int(jobs)) for jobs in options.doctor.split(",")]
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
