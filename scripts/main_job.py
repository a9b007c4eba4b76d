#!/usr/bin/env python3
"""The main job: one `checksum` job for every regular file below a folder, each digest compared with sha256sum's.

    main_job.py BUILD DIR [--keep]

Starts BUILD/bin/stintd with its embedded Redis in a temporary folder and speaks to it by BUILD/bin/stint alone. Exits 0 when
every file's job has ended and no digest differs; files that cannot be read are failed jobs, which is what they should be."""

import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from main_job_daemon import Daemon, MainJobError
from main_job_files import Files, Ticker, compare, sha256sum

SHOWN = 20  # of each list at the end


def human(size):
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if size < 1024 or unit == "GiB":
            return f"{size} bytes" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1024
    return ""


class Progress:
    """Done, failed and jobs a second."""

    def __init__(self, total):
        self.total, self.started, self.ticker = total, time.monotonic(), Ticker(pause=3.0)

    def show(self, stats, last=False):
        ended = stats["done"] + stats["failed"]
        rate = ended / max(time.monotonic() - self.started, 0.001)
        self.ticker.show(f"{ended} of {self.total} jobs: {stats['done']} done, {stats['failed']} failed, {rate:.0f} jobs/s", last)


def run_jobs(daemon, files):
    """Submits one job a file and waits until all have ended. Returns the seconds it took."""
    progress = Progress(len(files.paths))
    submit = daemon.submit_bulk(files.job_lines())
    while True:
        stats = daemon.stats()
        if submit.poll() is not None and stats["done"] + stats["failed"] >= len(files.paths):
            break
        if submit.poll() not in (None, 0):
            raise MainJobError(f"stint submit --bulk: {submit.communicate()[0].decode()}")
        daemon.check_alive()
        progress.show(stats)
        time.sleep(0.25)
    progress.show(stats, last=True)
    return time.monotonic() - progress.started


def show_list(title, lines):
    if not lines:
        return
    print(f"{title}:")
    for line in lines[:SHOWN]:
        print(f"  {line}")
    if len(lines) > SHOWN:
        print(f"  ... and {len(lines) - SHOWN} more")


def report(files, verdict, seconds, retry, kept):
    jobs = len(files.paths)
    print(f"{jobs} files, {human(verdict.bytes)}, in {seconds:.1f} s: {jobs / max(seconds, 0.001):.0f} jobs/s")
    print(f"{verdict.same} digests agree with sha256sum, {len(verdict.different)} differ, {len(verdict.lost)} jobs lost, "
          f"{len(verdict.failed)} failed, {len(files.skipped)} names skipped")
    show_list("changed while the jobs ran, so not compared", verdict.changed)
    show_list("skipped, because the name is not UTF-8 or holds control characters", [repr(p) for p in files.skipped])
    show_list("folders that cannot be listed", files.closed)
    show_list("failed", [f"{job['id']}  {message}" for job, message in verdict.failed])
    if verdict.failed:
        print(f"  to retry them{'' if kept else ' in a run with --keep (the queue of this one is gone with it)'}: {retry}")
    show_list("DIFFERENT", verdict.different)
    show_list("LOST", verdict.lost)


def next_steps(daemon, files):
    example = "file-1" if files.paths else "ID"
    print(f"\nstintd is running (pid {daemon.pid}, log {daemon.log}). Three things to try:\n"
          f"  {daemon.command} submit sleep -p '{{\"seconds\": 2}}' --wait\n"
          f"  {daemon.command} job show {example}\n"
          f"  {daemon.command} stats\n"
          f"Stop it and remove what it leaves:\n"
          f"  kill {daemon.pid}; tail --pid={daemon.pid} -f /dev/null; rm -r {daemon.folder}")


def main_job(daemon, files, keep):
    """Returns whether all is as it should be."""
    print(f"run: stintd is ready, one job for each of {len(files.paths)} files", flush=True)
    seconds = run_jobs(daemon, files)
    print("run: comparing with sha256sum", flush=True)
    verdict = compare(files, daemon.jobs(f"file-{n + 1}" for n in range(len(files.paths))), sha256sum(files.paths))
    stint = daemon.command if keep else f"{daemon.build}/bin/stint --config FILE"
    report(files, verdict, seconds, f"{stint} job retry --state failed --yes", keep)
    return not verdict.different and not verdict.lost


def find_files(root, leave_out):
    try:
        return Files(os.fsencode(root), leave_out=os.fsencode(leave_out))
    except OSError as error:
        raise MainJobError(f"{root} cannot be listed: {error.strerror}") from None


def main(build, root, keep):
    folder = Path(tempfile.mkdtemp(prefix="stint-run-"))
    daemon = Daemon(Path(build).resolve(), folder)
    kept = False
    try:
        print(f"run: looking for files below {root}", flush=True)
        files = find_files(root, folder)
        daemon.start(keep_max=len(files.paths) + 1000)
        good = main_job(daemon, files, keep)
        if keep:
            next_steps(daemon, files)
            kept = True
        return 0 if good else 1
    except KeyboardInterrupt:
        print("\nrun: interrupted, stopping", file=sys.stderr)
        return 130
    except MainJobError as error:
        print(f"\nrun: {error}", file=sys.stderr)
        return 1
    finally:
        # A second Ctrl-C must not leave a daemon or a folder behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if not kept:
            try:
                daemon.stop()
            finally:
                shutil.rmtree(folder, ignore_errors=True)


def interrupt(_signal, _frame):
    raise KeyboardInterrupt


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    arguments = [a for a in sys.argv[1:] if a != "--keep"]
    if len(arguments) != 2:
        sys.exit(__doc__)
    sys.exit(main(arguments[0], arguments[1], "--keep" in sys.argv))
