"""The files of the main job: which there are, what sha256sum says of them, and how the jobs' results compare."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field

TERMINAL = sys.stdout.isatty()
DIGEST_BATCH = 500  # files a call of sha256sum


class Ticker:
    """One line of progress: rewritten at most twice a second on a terminal, a line every few seconds elsewhere."""

    def __init__(self, pause=5.0):
        self.pause = 0.5 if TERMINAL else pause
        self.shown = time.monotonic()

    def show(self, line, last=False):
        """The last one is always shown, and ends the line."""
        now = time.monotonic()
        if not last and now - self.shown < self.pause:
            return
        self.shown = now
        print(f"\r{line}\x1b[K" if TERMINAL else line, end="" if TERMINAL and not last else "\n", flush=True)

    def wipe(self):
        if TERMINAL:
            print("\r\x1b[K", end="", flush=True)


def is_plain(path):
    """Whether a path can stand in JSON and in an id or resource: UTF-8 without control characters, not too long."""
    try:
        text = path.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return len(path) <= 4095 and not any(ord(c) < 0x20 or 0x7f <= ord(c) < 0xa0 for c in text)


def fingerprint(path):
    """Changes when the file does; None if there is none."""
    try:
        info = os.lstat(path)
        return info.st_size, info.st_mtime_ns, info.st_ino
    except OSError:
        return None


class Files:
    """The regular files below a folder, links not followed."""

    def __init__(self, root, leave_out):
        self.root, self.leave_out = root, leave_out
        self.paths, self.prints, self.skipped, self.closed = [], [], [], []
        with os.scandir(root):  # an OSError if it cannot be listed at all
            pass
        ticker = Ticker()
        for folder, folders, _names in os.walk(root, onerror=lambda error: self.closed.append(str(error))):
            folders.sort()
            if folder == leave_out:
                folders.clear()
                continue
            self.take(folder)
            ticker.show(f"{len(self.paths)} files found")
        ticker.wipe()

    def take(self, folder):
        try:
            with os.scandir(folder) as entries:
                regular = sorted(entry.path for entry in entries if entry.is_file(follow_symlinks=False))
        except OSError as error:  # removed since its parent was listed
            self.closed.append(str(error))
            return
        for path in regular:
            if not is_plain(path):
                self.skipped.append(path)
                continue
            self.paths.append(path)
            self.prints.append(fingerprint(path))

    def job_lines(self):
        """The lines for `stint submit --bulk`; the nth file's job is file-N."""
        for number, path in enumerate(self.paths, 1):
            name = path.decode()
            job = {"task": "checksum", "id": f"file-{number}", "resource": name, "params": {"path": name}}
            yield (json.dumps(job, ensure_ascii=False) + "\n").encode()


def sha256sum(paths):
    """path -> digest, of those that sha256sum can read."""
    digests, ticker = {}, Ticker()
    for at in range(0, len(paths), DIGEST_BATCH):
        done = subprocess.run(["xargs", "-0", "-r", "sha256sum", "-z", "--"], input=b"\0".join(paths[at:at + DIGEST_BATCH]),
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        digests.update((line[66:], line[:64].decode()) for line in done.stdout.split(b"\0") if line)
        ticker.show(f"{min(at + DIGEST_BATCH, len(paths))} of {len(paths)} files compared")
    ticker.wipe()
    return digests


@dataclass
class Verdict:
    same: int = 0
    bytes: int = 0
    failed: list = field(default_factory=list)     # (job, message)
    different: list = field(default_factory=list)  # lines for people
    changed: list = field(default_factory=list)
    lost: list = field(default_factory=list)


def compare(files, jobs, digests):
    verdict = Verdict()
    for number, path in enumerate(files.paths):
        name, job = path.decode(), jobs.get(f"file-{number + 1}")
        state = job["state"] if job else "none"
        result = (job or {}).get("result") or {}
        expected = digests.get(path)
        if state == "done" and result.get("sha256") == expected:
            verdict.same += 1
            verdict.bytes += result["bytes"]
        elif state in ("done", "failed") and fingerprint(path) != files.prints[number]:
            verdict.changed.append(name)
        elif state == "done":
            verdict.different.append(f"{name}: the job says {result.get('sha256')}, sha256sum {expected}")
        elif state == "failed":
            message = job["errors"][-1]["message"] if job["errors"] else "no error was kept"
            verdict.failed.append((job, message))
            if expected:
                verdict.different.append(f"{name}: the job failed, but sha256sum read it: {message}")
        else:
            verdict.lost.append(f"{name}: job file-{number + 1} is {state}")
    return verdict
