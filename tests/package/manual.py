#!/usr/bin/env python3
"""Compares the manual pages with what the programs say: manual.py BUILD. Each option of each verb's help, each verb, signal and
exit code, each key of the configuration and each function, stop reason and limit of the task interface has to stand in its page, and the pages name no option
that is none."""
import json
import os
import re
import subprocess
import sys

build = os.path.abspath(sys.argv[1])
env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "NO_COLOR": "1"}
missing = []


def said(*command):
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True, timeout=30).stdout


def page(name):
    """As a reader sees it, on one line."""
    text = said("sh", "-c", f"MANWIDTH=10000 man -E ascii -l {build}/docs/man/{name} | col -bx")
    return re.sub(r"\s+", " ", text)


def options(help_text):
    return set(re.findall(r"(?<![\w-])(--[a-z][\w-]*|-[a-zA-Z](?=[, ]))", "\n".join(
        line[:28] for line in help_text.splitlines() if re.match(r"  -", line))))


def verbs(help_text):
    part = help_text.partition("Subcommands:")[2]
    return re.findall(r"^  ([a-z]+) ", part, re.M)


def all_help(program, words=()):
    """(words, help) of the program and of each verb below it."""
    text = said(program, *words, "--help")
    yield words, text
    for verb in verbs(text):
        yield from all_help(program, (*words, verb))


def expect(name, text, what):
    if not re.search(rf"(?<![\w-]){re.escape(what)}(?![\w-])", text):
        missing.append(f"{name} does not say {what}")


def check_options():
    for program, name in (("stintd", "stintd.8"), ("stint", "stint.1")):
        text, known = page(name), set()
        for words, help_text in all_help(f"{build}/bin/{program}"):
            known |= options(help_text)
            for word in words:
                expect(name, text, word)
        for option in known:
            expect(name, text, option)
        for option in set(re.findall(r"(?<![\w-])--[a-z][\w-]*", text)) - known:
            missing.append(f"{name} says {option}, which is no option")
        for code in re.findall(r"\b(\d+) ", help_text.partition("Exit codes:")[2].partition("Environment")[0]):
            expect(name, text, code)
    for signal in ("TERM", "INT", "HUP", "TSTP", "CONT"):
        expect("stintd.8", page("stintd.8"), signal)


def check_keys():
    shown = json.loads(said(f"{build}/bin/stint", "--json", "config", "show"))
    text = page("stint.toml.5")
    with open(os.path.join(os.path.dirname(__file__), "../../config/stint.toml"), encoding="utf-8") as file:
        example = file.read()
    for origin in shown["origins"]:
        key = origin.rpartition(".")[2]
        expect("stint.toml.5", text, f"{key} =")
        if not re.search(rf"^#{key} = ", example, re.M):
            missing.append(f"config/stint.toml does not say {origin}")


def check_tasks():
    text = page("stint-task.7")
    with open(os.path.join(os.path.dirname(__file__), "../../tasks/include/stint/task.h"), encoding="utf-8") as file:
        header = file.read()

    def members(struct):
        return re.search(rf"typedef struct {struct} {{(.*?)\n}}", header, re.S).group(1)

    for function in re.findall(r"\(\*(\w+)\)\(", members("stint_host")):
        expect("stint-task.7", text, function)
    for limit in re.findall(r"^  int\d+_t (\w+?)(?:_ms)?;", members("stint_limits"), re.M):
        expect("stint-task.7", text, limit)
    for reason in re.findall(r"STINT_STOP_(\w+) [1-9]", header):
        expect("stint-task.7", text, reason.lower().replace("_", " "))
    for field in re.findall(r"^  (?:uint32_t|stint_str) (\w+);", members("stint_open_info"), re.M):
        expect("stint-task.7", text, field)


check_options()
check_keys()
check_tasks()
print("\n".join(missing) or "manual: the pages agree with the programs")
sys.exit(1 if missing else 0)
