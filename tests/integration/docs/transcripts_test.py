#!/usr/bin/env python3
"""Types what docs/first-minutes.md shows into a shell, beside a real stintd of the build tree given as argument, and compares what
comes with what is written there, but for times, ids and other numbers.

    transcripts_test.py BUILD [--write]      --write: puts what came into the document"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = ROOT / "docs/first-minutes.md"
sys.path.insert(0, str(ROOT / "scripts"))
from main_job_daemon import Daemon  # noqa: E402

LIMIT = 60  # seconds; only a command that hangs reaches it
BLOCK = re.compile(r"^```(console|cpp (\S+))\n(.*?)^```$", re.M | re.S)


def entries_of(transcript):
    """[(command, output)]; a command goes on while its lines end with a backslash."""
    found = []
    for line in transcript.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append([line[2:], ""])
        elif found[-1][0].endswith("\\\n") and not found[-1][1]:
            found[-1][0] += line
        else:
            found[-1][1] += line
    return found


def likeness(text):
    """What may not differ: words, not numbers, ids, or how wide a column became."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", text)
    text = re.sub(r"\d[\d.,:TZ]*( ?(ms|s|m|h|MiB|KiB|GiB))?\b", "0", text)
    return [" ".join(line.split()) for line in text.splitlines()]


def typed(command, build, folder, env):
    ended = subprocess.run(["bash", "-c", command], cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True, timeout=LIMIT, check=False)
    return ended.stdout.replace(f"{build}/tasks", "/usr/lib/stint/tasks").replace(str(folder), "/etc/stint")


def retype(build, folder, env):
    """The document with what came now."""
    def one(match):
        if match.group(2):
            (folder / match.group(2)).write_text(match.group(3))
            return match.group(0)
        lines = [f"$ {command}{typed(command, build, folder, env)}" for command, _ in entries_of(match.group(3))]
        return "```console\n" + "".join(lines) + "```"
    return BLOCK.sub(one, DOCUMENT.read_text())


def main():
    build = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="stint-transcripts-") as name:
        folder = Path(name)
        daemon = Daemon(build, folder)
        env = dict(daemon.env, PATH=f"{build}/bin:{os.environ['PATH']}", STINT_CONFIG=str(daemon.config), LC_ALL="C",
                   CPLUS_INCLUDE_PATH=str(ROOT / "tasks/include"))
        daemon.start(1000)
        try:
            came = retype(build, folder, env)
        finally:
            daemon.stop()
    if "--write" in sys.argv:
        DOCUMENT.write_text(came)
    wrong = [(wanted, got) for wanted, got in zip(likeness(DOCUMENT.read_text()), likeness(came)) if wanted != got]
    if wrong or len(likeness(DOCUMENT.read_text())) != len(likeness(came)):
        sys.exit(f"FAIL: {DOCUMENT} shows something else than what comes now; first:\n  {wrong[:1]}\n{came}\n"
                 "If that is right: tests/integration/docs/transcripts_test.py BUILD --write")
    print("ok")


main()
