#!/usr/bin/env python3
"""Runs what docs/clients.md and README.md show in Python, Node and PHP (if it is there, with Debian's php-redis) against a real stintd of the build tree given as argument.

The code is taken out of the documents, and only the socket's path and the task's name are replaced in it: so what is written
there is what runs. Each must print the result, and say of a job that failed, or that is none, what became of it."""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "scripts"))
from main_job_daemon import Daemon  # noqa: E402

LIMIT = 60  # seconds; only a snippet that hangs reaches it


def snippets(document, language):
    found = re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / document).read_text(), re.M | re.S)
    if not found:
        sys.exit(f"FAIL: no code in {language} in {document}")
    return found


def replaced(text, old, new):
    if old not in text:
        sys.exit(f"FAIL: a snippet does not say {old!r}:\n{text}")
    return text.replace(old, new)


def run(folder, language, code):
    name, *command = {"python": ("snippet.py", sys.executable), "js": ("snippet.mjs", "node", "--preserve-symlinks"),
                      "php": ("snippet.php", "php")}[language]
    path = folder / name
    path.write_text(code)
    ended = subprocess.run(command + [path], cwd=folder, capture_output=True, text=True, timeout=LIMIT, check=False)
    return ended.returncode, ended.stdout.strip(), ended.stderr.strip()


def expect(what, got, wanted):
    if got != wanted:
        sys.exit(f"FAIL: {what}: {got!r}, not {wanted!r}")
    print(f"-- {what}: ok")


def check(folder, language, code):
    code = replaced(code, "/var/lib/stint/redis.sock", str(folder / "state/redis.sock"))
    status, out, err = run(folder, language, code)
    expect(f"{language}: exit code ({err})", status, 0)
    expect(f"{language}: the result", json.loads(out), {"any": ["json"]})
    for task, end in (("nobody-has-it", "failed: unknown-task"), ("no task", "rejected: ")):
        quoted = re.search(r"submit\((?:\$r, )?(['\"]echo['\"])", code)
        status, out, err = run(folder, language, replaced(code, quoted.group(1), f"'{task}'"))
        expect(f"{language}: exit code of task {task!r}", status, 1)
        expect(f"{language}: what is said of it", (out, err.startswith(end)), ("", True))


def has_php():
    try:
        ended = subprocess.run(["php", "-m"], capture_output=True, text=True, timeout=LIMIT, check=False)
    except FileNotFoundError:
        return False
    return "redis" in ended.stdout.split()


def check_readme(folder):
    for language, result in (("python", "{'any': ['json']}"), ("js", "{ any: [ 'json' ] }")):
        for code in snippets("README.md", language):
            code = replaced(code, "/tmp/stint-demo/redis.sock", str(folder / "state/redis.sock"))
            status, out, err = run(folder, language, replaced(code, "greet", "echo"))
            expect(f"README.md, {language}: exit code ({err})", status, 0)
            expect(f"README.md, {language}: the result", out, result)


def main():
    with tempfile.TemporaryDirectory(prefix="stint-clients-") as name:
        folder = Path(name)
        (folder / "node_modules").symlink_to("/usr/share/nodejs")  # where Debian's node-redis is
        daemon = Daemon(Path(sys.argv[1]).resolve(), folder)
        daemon.start(1000)
        try:
            if not has_php():
                print("not shown here: PHP, which needs php-cli and php-redis")
            for language in ("python", "js", "php") if has_php() else ("python", "js"):
                for code in snippets("docs/clients.md", language):
                    check(folder, language, code)
            check_readme(folder)
        finally:
            daemon.process.terminate()
            daemon.process.wait(LIMIT)
    print("ok")


main()
