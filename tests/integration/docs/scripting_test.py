#!/usr/bin/env python3
"""Holds the programs of the build tree given as argument against docs/scripting.md: each JSON shape there is printed by a real call,
with these keys in this order and no others, and each exit code there is one that a real call ends with."""

import json
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "scripts"))
from main_job_daemon import Daemon, json_values  # noqa: E402

LIMIT = 60  # seconds; only a call that hangs reaches it
ROWS = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in (ROOT / "docs/scripting.md").read_text().splitlines() if line.startswith("| ")]


def shape_of(text):
    """{"a","b":[{"c"}]} as a value."""
    return json.loads(re.sub(r'("\w+")(?=[,}])', r"\1:null", text))


SHAPES = {verb: [shape_of(text) for text in re.findall(r"`(\{.*?\})`", cells[1])]
          for cells in ROWS if cells[0].startswith("`") for verb in re.findall(r"`(.*?)`", cells[0])}
ELSEWHERE = {"sweep"}  # takes a dead attempt and a whole lease: tests/integration/daemon/cli/sweep_test.cc
CODES = {int(cells[0]) for cells in ROWS if cells[0].isdigit()}


def matches(value, shape):
    if isinstance(shape, dict):
        return isinstance(value, dict) and list(value) == list(shape) and all(matches(value[key], shape[key]) for key in shape)
    if isinstance(shape, list):
        return isinstance(value, list) and all(matches(item, shape[0]) for item in value)
    return True


class Calls:
    def __init__(self, daemon):
        self.daemon, self.seen, self.codes = daemon, {verb: set() for verb in SHAPES}, set()

    def run(self, words, code=0, text=""):
        program, words = ("stintd", words[1:]) if words[0] == "stintd" else ("stint", words)
        config = [] if "--config" in words else ["--config", self.daemon.config]
        ended = subprocess.run([self.daemon.build / "bin" / program, *config, *words], env=self.daemon.env, input=text,
                               capture_output=True, text=True, timeout=LIMIT, check=False)
        if ended.returncode != code:
            sys.exit(f"FAIL: {words}: exit {ended.returncode}, not {code}: {ended.stderr}")
        self.codes.add(code)
        return ended.stdout

    def shaped(self, verb, words, code=0, text="", some=True):
        """The call prints only values of the shapes that the document gives the verb, and at least one if `some`."""
        values = list(json_values(self.run([*words, "--json"], code, text)))
        if some and not values:
            sys.exit(f"FAIL: {words} prints nothing")
        for value in values:
            found = [i for i, shape in enumerate(SHAPES[verb]) if matches(value, shape)]
            if not found:
                sys.exit(f"FAIL: {words} prints {json.dumps(value)}\nand docs/scripting.md says of {verb}: {json.dumps(SHAPES[verb])}")
            self.seen[verb].update(found)
        return values

    def state_is(self, job, state):
        deadline = time.monotonic() + LIMIT
        while next(json_values(self.run(["job", "show", job, "--json"])))["state"] != state:
            if time.monotonic() > deadline:
                sys.exit(f"FAIL: {job} is not {state}")
            time.sleep(0.05)

    def interrupted(self, words):
        with subprocess.Popen([self.daemon.build / "bin/stint", "--config", self.daemon.config, *words], env=self.daemon.env,
                              stdout=subprocess.PIPE, text=True) as call:
            call.stdout.readline()  # it has begun
            call.send_signal(signal.SIGINT)
            self.codes.add(call.wait(LIMIT))


def jobs(call):
    call.shaped("submit", ["submit", "echo", "--id", "fine"])
    call.shaped("job wait", ["job", "wait", "fine"])
    call.shaped("submit", ["submit", "echo", "--id", "fine"])
    call.shaped("submit --bulk", ["submit", "--bulk", "-"], 1, '{"task":"echo"}\n{"taks":"echo"}\n')
    call.shaped("submit --wait", ["submit", "echo", "--wait=30s"])
    for job in ("bad-1", "bad-2", "bad-3"):
        call.shaped("submit --wait", ["submit", "checksum", "--id", job, "-p", '{"path":"/nonexistent"}', "--wait"], 5)
    call.shaped("job show", ["job", "show", "bad-1"])
    call.run(["job", "show", "nobody"], 3)
    call.shaped("job list", ["job", "list", "--limit", "2"])
    call.shaped("job count", ["job", "count"])
    call.shaped("job count --by task,kind", ["job", "count", "--by", "task,kind"])
    call.shaped("job retry ID", ["job", "retry", "bad-1"])
    call.run(["job", "wait", "bad-1"], 5)
    call.shaped("job retry --all", ["job", "retry", "--all", "--yes"])
    call.run(["job", "wait", "bad-1", "bad-2", "bad-3"], 5)
    call.shaped("job delete --all --dry-run", ["job", "delete", "--state", "failed", "--dry-run"])
    call.shaped("job delete ID", ["job", "delete", "bad-1", "nobody"], 3)
    call.shaped("job delete --all", ["job", "delete", "--state", "failed", "--yes"])
    call.shaped("job cancel ID", ["job", "cancel", "fine"], 1)
    call.run(["submit", "echo", "--delay", "1h", "--id", "later"])
    call.run(["job", "wait", "later", "--for", "10ms"], 6)
    call.shaped("job cancel --all", ["job", "cancel", "--all", "--yes"])
    call.run(["submit", "sleep", "--id", "long", "-p", '{"seconds":600}', "-r", "door"])
    call.run(["submit", "sleep", "--id", "next", "-p", '{"seconds":0}', "-r", "door"])
    call.run(["submit", "sleep", "--id", "other", "-p", '{"seconds":600}', "-r", "gate"])
    call.state_is("other", "active")
    call.state_is("long", "active")
    call.state_is("next", "blocked")


def rest(call, folder):
    call.shaped("resource list", ["resource", "list", "--limit", "1"])
    call.shaped("worker list", ["worker", "list"])
    call.shaped("stats", ["stats"])
    call.shaped("queue list", ["queue", "list"])
    call.shaped("queue pause", ["queue", "pause"])
    call.shaped("queue resume", ["queue", "resume"])
    call.shaped("queue purge", ["queue", "purge", "--yes"])
    call.shaped("queue delete", ["queue", "delete", "--yes", "default"], 1)
    for entry in ('{"id":"r1","x":1}', '{"id":"r2","x":1}', '{"id":"r3","x":1}'):
        subprocess.run(["redis-cli", "-s", folder / "state/redis.sock", "LPUSH", "stint:{default}:inbox", entry], check=True,
                       capture_output=True, timeout=LIMIT)
    call.shaped("job wait", ["job", "wait", "r1", "r2", "r3", "--for", "30s"], 5)
    call.shaped("rejected list", ["rejected", "list", "--limit", "1"])
    call.shaped("rejected delete", ["rejected", "delete", "r1"])
    call.run(["rejected", "delete", "r1"], 3)
    call.shaped("rejected retry", ["rejected", "retry", "r2"])
    call.shaped("doctor", ["doctor"], some=False)
    call.shaped("plugin list", ["plugin", "list"])
    refused = folder / "refused.toml"
    refused.write_text('[plugins]\npaths = ["/etc/hostname"]\n')
    call.shaped("plugin list", ["--config", refused, "plugin", "list"], 78)
    call.shaped("plugin check", ["plugin", "check", call.daemon.build / "tasks/echo.so", "/etc/hostname"], 78)
    call.shaped("config check", ["config", "check"])
    call.shaped("config show", ["config", "show"])
    call.shaped("stintd --check-config", ["stintd", "--check-config"])
    for option in ("--retry-failed", "--delete-failed", "--flush-stale"):
        call.shaped(f"stintd {option}", ["stintd", option])


def damage_and_codes(call, folder):
    """What needs more than a call: a log, a finding, a Redis that is not there."""
    def redis(*words):
        subprocess.run(["redis-cli", "-s", folder / "state/redis.sock", *words], check=True, capture_output=True, timeout=LIMIT)
    redis("RPUSH", "stint:{default}:log:fine", "1 1700000000000 1 a line")
    call.shaped("job logs", ["job", "logs", "fine"])
    redis("ZADD", "stint:{default}:done", "9999999999999", "stranger")
    call.shaped("doctor", ["doctor"], 1)
    call.shaped("doctor", ["doctor", "--repair"])
    call.run(["stats", "--state-dir", folder / "empty"], 7)
    call.run(["stats", "--sttae-dir", folder], 2)
    call.interrupted(["stats", "--watch"])


def main():
    with tempfile.TemporaryDirectory(prefix="stint-scripting-") as name:
        folder = Path(name)
        daemon = Daemon(Path(sys.argv[1]).resolve(), folder)
        daemon.start(1000)
        call = Calls(daemon)
        try:
            jobs(call)
            rest(call, folder)
            damage_and_codes(call, folder)
        finally:
            daemon.process.kill()
            daemon.process.wait(LIMIT)
    unseen = [f"{verb}: {list(SHAPES[verb][i])}" for verb, seen in call.seen.items() for i in range(len(SHAPES[verb]))
              if i not in seen and verb not in ELSEWHERE]
    if unseen:
        sys.exit(f"FAIL: nothing printed these shapes of docs/scripting.md: {unseen}")
    if call.codes != CODES:
        sys.exit(f"FAIL: exit codes that were seen: {sorted(call.codes)}; in docs/scripting.md: {sorted(CODES)}")
    print("ok")


main()
