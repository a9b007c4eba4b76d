"""A stintd with its embedded Redis in a temporary folder, and the questions the main job asks it through bin/stint.

The daemon runs in a session of its own, so that a Ctrl-C on the terminal reaches the main job alone, which then stops it."""

import json
import os
import select
import signal
import socket
import subprocess
import tempfile
import time

from main_job_files import Ticker

START_LIMIT, STOP_LIMIT = 60, 60  # seconds
SHOW_BATCH = 500                  # ids a call of `job show`

CONFIG = """# Written by scripts/run.
state_dir = "{folder}/state"

[plugins]
paths = ["{build}/tasks"]

[queues.default]
keep = "7d"
keep_max = {keep_max}
keep_bytes = "{keep_mib}MiB"
"""


class MainJobError(Exception):
    """Something that ends the main job, with a message for its user."""


def json_values(text):
    """The JSON values of an output, one after the other."""
    decoder, at = json.JSONDecoder(), 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        value, at = decoder.raw_decode(text, at)
        yield value


class Daemon:
    def __init__(self, build, folder):
        self.build, self.folder = build, folder
        self.config, self.log = folder / "stint.toml", folder / "stintd.log"
        self.command = f"{build}/bin/stint --config {self.config}"
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("STINT_") and k != "NOTIFY_SOCKET"}
        self.process = self.submit = None

    @property
    def pid(self):
        return self.process.pid

    def start(self, keep_max):
        """Returns when stintd has said that it is ready, as it says to systemd."""
        self.config.write_text(CONFIG.format(folder=self.folder, build=self.build, keep_max=keep_max,
                                             keep_mib=64 + keep_max // 256))
        ready = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        ready.bind(str(self.folder / "notify"))
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [self.build / "bin/stintd", "--config", self.config], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=dict(self.env, NOTIFY_SOCKET=str(self.folder / "notify")), start_new_session=True)
        deadline = time.monotonic() + START_LIMIT
        with ready:
            while b"READY=1" not in (ready.recv(4096) if select.select([ready], [], [], 0.2)[0] else b""):
                self.check_alive()
                if time.monotonic() > deadline:
                    raise MainJobError(f"stintd is not ready after {START_LIMIT} s{self.last_lines()}")

    def check_alive(self):
        if self.process.poll() is not None:
            raise MainJobError(f"stintd ended with {self.process.returncode}{self.last_lines()}")

    def last_lines(self):
        lines = self.log.read_text(errors="replace").splitlines()[-15:]
        return "".join(f"\n  {line}" for line in lines)

    def stint(self, *arguments):
        done = subprocess.run([self.build / "bin/stint", "--config", self.config, *arguments], env=self.env,
                              stdin=subprocess.DEVNULL, capture_output=True)
        if done.returncode != 0:
            raise MainJobError(f"stint {' '.join(arguments[:3])}: exit {done.returncode}: {done.stderr.decode()}")
        return json_values(done.stdout.decode())

    def submit_bulk(self, lines):
        """Starts `stint submit --bulk -`, which reads the lines from a file, so that nobody has to feed it."""
        with tempfile.TemporaryFile(dir=self.folder) as feed:
            feed.writelines(lines)
            feed.seek(0)
            self.submit = subprocess.Popen(
                [self.build / "bin/stint", "--config", self.config, "--json", "submit", "--bulk", "-"], stdin=feed,
                env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        return self.submit

    def stats(self):
        return next(self.stint("--json", "stats"))

    def jobs(self, ids):
        """id -> what `job show` says."""
        ids, shown, ticker = list(ids), {}, Ticker()
        for at in range(0, len(ids), SHOW_BATCH):
            shown.update((job["id"], job) for job in self.stint("--json", "job", "show", *ids[at:at + SHOW_BATCH]))
            ticker.show(f"{len(shown)} of {len(ids)} results read")
        ticker.wipe()
        return shown

    def stop(self):
        """The clean shutdown: what it still runs is handed back. Says so if it is not clean."""
        if self.submit and self.submit.poll() is None:
            self.submit.terminate()
            self.submit.wait()
        if not self.process or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise MainJobError(f"stintd did not stop in {STOP_LIMIT} s and was killed{self.last_lines()}") from None
        if self.process.returncode != 0:
            raise MainJobError(f"stintd stopped with {self.process.returncode}{self.last_lines()}")
        print("run: stintd has stopped cleanly", flush=True)
