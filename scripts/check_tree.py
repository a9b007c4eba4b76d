#!/usr/bin/env python3
"""The rules of this tree that no compiler checks: who may include whom, Lua headers, key names, sizes, modes.

Run by ctest (label lint). Prints one line a finding and exits 1 if there is any."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LUA = Path("common/queue/lua")
CORPUS = Path("tests/fuzz/corpus")
CODE = {".cc", ".c", ".h", ".hpp", ".lua", ".py", ".sh", ".cmake"}
MAX_LINES, MAX_SCRIPT_LINES, MAX_FUNCTION_LINES, MAX_README_LINES = 400, 80, 60, 150
# Folder -> the first parts of a path that its files may include with quotes. Angle brackets: see check_includes.
ARROWS = {
    "common": {"common", "lua"},
    "client": {"client", "common"},
    "daemon": {"client", "common", "daemon"},
    "worker": {"common", "worker", "tasks/include", "stint"},
}
# Commands on no key of a queue: greetings, and hints that may be refused.
KEYLESS = {"ping", "client", "info", "select", "publish", "multi", "exec", "watch", "unwatch"}
# Plain commands of daemons and workers that change nothing in Redis: dying around them shows nothing.
READS = {"exists", "hget", "hmget", "hscan", "lrange", "time", "zcard", "zmscore", "zrange", "zrangebyscore", "zscan"} | KEYLESS
TRIED = re.compile(r'points\("([\w-]+)",\s*\{([^}]*)\},\s*\{([^}]*)\}\)')
findings = []


def report(path, line, text):
    findings.append(f"{path}:{line}: {text}" if line else f"{path}: {text}")


def tracked_files():
    """Everything in git, new files too; without git (a source archive) everything outside build/."""
    try:
        out = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard", "-z"],
                             capture_output=True, check=True).stdout.decode()
        names = [Path(name) for name in out.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = [p.relative_to(ROOT) for p in ROOT.rglob("*") if p.relative_to(ROOT).parts[0] not in ("build", ".git")]
    return sorted(name for name in names if (ROOT / name).is_file())


# What <stint/client.hpp> can do too: the command line does it by the same code in client/, never by commands of its own.
CLIENT_VERBS = re.compile(r"daemon/cli/(submit\w*|wait\w*|look|steer|read_input)\.(cc|h)")
OWN_COMMAND = re.compile(r"\bsession_?(\.|->)(ask|ask_all|run|run_all)\(|\bredis::")


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def may_include(top, header):
    """What is installed: for tasks, or for programs that submit; the command line knows what is behind the latter."""
    return top == "tests" or top in (("client",) if header == "stint/client.hpp" else ("tasks", "worker"))


def check_includes(path, text):
    top = path.parts[0]
    only_client = bool(CLIENT_VERBS.fullmatch(str(path)))
    for number, line in enumerate(text.splitlines(), 1):
        quoted = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        angled = re.match(r"\s*#\s*include\s+<([^>]+)>", line)
        if quoted and top in ARROWS:
            target = quoted.group(1)
            if not any(target.startswith(folder + "/") for folder in ARROWS[top]):
                report(path, number, f"{top}/ may not include {target}")
        if only_client and (quoted and quoted.group(1).startswith(("common/queue/", "common/redis/")) or OWN_COMMAND.search(line)):
            report(path, number, "what a client can do goes by client/ alone")
        if quoted and top == "tasks" and not (ROOT / path.parent / quoted.group(1)).is_file():
            report(path, number, f"tasks/ includes only <stint/...> and files beside: {quoted.group(1)}")
        if angled and angled.group(1).startswith("stint/") and not may_include(top, angled.group(1)):
            report(path, number, f"{top}/ may not include <{angled.group(1)}>")


def check_function_sizes(path, lines):
    start = None
    for number, line in enumerate(lines, 1):
        opens = re.match(r"[A-Za-z}].*\{$", line) and not re.match(
            r"(namespace|class|struct|enum|union|extern|template|static constexpr|constexpr|const|inline constexpr)\b", line)
        if opens:
            start = number
        if line.startswith("}") and start is not None:
            if number - start > MAX_FUNCTION_LINES:
                report(path, start, f"a function of {number - start + 1} lines; at most {MAX_FUNCTION_LINES}")
            start = None


def check_text(path, text):
    lines = text.split("\n")
    if path.suffix in CODE and len(lines) - 1 > MAX_LINES:
        report(path, 0, f"{len(lines) - 1} lines; at most {MAX_LINES}")
    if path.name == "README.md" and path.parent == Path(".") and len(lines) - 1 > MAX_README_LINES:
        report(path, 0, f"{len(lines) - 1} lines; at most {MAX_README_LINES}")
    if path.suffix in (".h", ".hpp") and not re.match(r"(//|/\*) ?\S", lines[0]):
        report(path, 1, "a header opens by saying what it is")
    if text and not text.endswith("\n"):
        report(path, len(lines), "no newline at the end")
    later = re.compile(r"\b(TO" + "DO|FIX" + r"ME|X" + r"XX)\b")
    for number, line in enumerate(lines, 1):
        if later.search(line):
            report(path, number, "work left for later belongs into an issue")
        if path.suffix in CODE and re.search(r"[ \t]+$", line):
            report(path, number, "space at the end of a line")
    if path.suffix in (".cc", ".c", ".h", ".hpp") and path.parts[0] != "tests":
        check_function_sizes(path, lines)


def check_test_names(path, text):
    """CMake takes ; [ ] in a test's name apart, and the test would silently never run."""
    for match in re.finditer(r'TEST_CASE\(\s*((?:"[^"]*"\s*)+)', text):
        if match.group(1).startswith('"-'):
            report(path, text.count("\n", 0, match.start()) + 1, "a test's name that begins with - is an option to Catch")
        if re.search(r"[;\[\]\\]", match.group(1)):
            report(path, text.count("\n", 0, match.start()) + 1, "; [ ] or \\ in the name of a test: ctest would not run it")


def check_mode(path, text):
    executable = os.access(ROOT / path, os.X_OK)
    if text.startswith("#!") and path.suffix != ".lua" and not executable:
        report(path, 0, "begins with #! but is not executable")
    if executable and not text.startswith("#!"):
        report(path, 0, "is executable but no script")


def table_rows(text, heading):
    """The first cells of the table below a heading of docs/protocol.md, each cut at its commas."""
    section = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| ")][1:]
    return {part.strip() for row in rows for part in row.split(",")}


def check_lua_header(path, text, lib):
    header = text.split("\nlocal ")[0] if "\nlocal " in text else text
    if not text.startswith(f"-- {path.name} "):
        report(path, 1, f"the first line is '-- {path.name}   the arrow'")
    for word in ("KEYS", "ARGV", "Returns"):
        if not re.search(rf"^-- .*{word}", header, re.M):
            report(path, 1, f"the header does not say {word}")
    body = re.sub(r"--[^\n]*", "", text)
    for key in ("KEYS[2]", "KEYS[3]"):
        if (key in header) != (key in body):
            report(path, 1, f"{key} in header or body, not in both")
    uses = re.search(r"^-- Uses: ([a-z_, ]+)$", text, re.M)
    for name in re.split(r", *", uses.group(1).strip()) if uses else []:
        if name not in lib:
            report(path, 0, f"Uses: {name}, but there is no lib/{name}.lua")
    lines = text.count("\n")
    if lines > MAX_SCRIPT_LINES:
        report(path, 0, f"{lines} lines; a script has at most {MAX_SCRIPT_LINES}")


def check_key_names(path, text, keys):
    patterns = [r"(?:P|KEYS\[1\]) \.\. '([a-z]+:?)", r"will\('[A-Z]+', '([a-z]+:?)", r"\bbeside\('([a-z]+)'",
                r"\bkeys_?(?:\(\))?\(\"([a-z]+)\"\)"]
    for number, line in enumerate(text.splitlines(), 1):
        for pattern in patterns:
            for name in re.findall(pattern, re.sub(r"--.*", "", line)):
                if name not in keys:
                    report(path, number, f"key '{name}' is no row of the table of keys in docs/protocol.md")


def check_rights(files):
    """Every command that a script, the daemon or a worker gives on keys stands in rights.lua."""
    listed = set(re.findall(r"\{'([a-z]+)'", read(LUA / "rights.lua")))
    for path in files:
        text = read(path) if path.suffix in (".lua", ".cc") and path.parts[0] in ("common", "daemon", "worker") else ""
        if path.parts[:2] == ("daemon", "cli"):
            continue  # what only the command line asks for is refused to it alone
        given = re.findall(r"call\('([A-Z]+)'|will\('([A-Z]+)'|plain\(\s*\{\s*\"([A-Z]+)\"", text)
        for name in sorted({"".join(one).lower() for one in given} - listed - KEYLESS):
            report(path, 0, f"command '{name}' is missing in {LUA}/rights.lua")


def senders(files):
    """Free functions of common/ -> the scripts that they send, themselves or by another one."""
    bodies = {}
    function = re.compile(r"^(?![ }#/]|namespace)[^;={(]*(?<![:~\w])(\w+)\([^;{]*\{\n(.*?)^\}", re.M | re.S)
    for path in files:
        if path.parts[0] == "common" and path.suffix == ".cc":
            for name, body in function.findall(read(path)):
                bodies[name] = bodies.get(name, "") + body
    sent = {name: set(re.findall(r"lua::k_(\w+)", body)) for name, body in bodies.items()}
    grown = True
    while grown:
        more = {name: sent[name].union(*(sent[one] for one in called(body, sent))) for name, body in bodies.items()}
        grown, sent = more != sent, more
    return {name: scripts for name, scripts in sent.items() if scripts}


def called(text, names):
    """Those of the names that are called here as free functions, with arguments."""
    return set(re.findall(r"(?<![\w.>:~])(?:stint::)?(\w+)\((?!\))", text)) & set(names)


def process_of(path, files):
    """The name that common/kill_point.h gives to the process in which this file runs: of itself, or of all who include it."""
    def renamed(one):
        return re.findall(r'kill_points_of\("([\w-]+)"\)', read(one))
    if renamed(path):
        return renamed(path)[0]
    header = f'#include "{path.with_suffix(".h")}"'
    users = [one for one in files if one.suffix == ".cc" and one.parts[0] != "tests" and one != path and header in read(one)]
    names = {name for one in users for name in renamed(one) or [None]}
    return (names.pop() if len(names) == 1 else None) or {"daemon": "stintd", "worker": "stint-worker"}[path.parts[0]]


def check_kill_points(files):
    """All that a process can send to change something, and all its own places, are tried in tests/killpoints."""
    faces = senders(files)
    tried = {}
    for path in files:
        for program, names, places in TRIED.findall(read(path)) if path.parts[:2] == ("tests", "killpoints") else []:
            quoted = re.findall(r'"([^"]+)"', names)
            tried.setdefault(program, set()).update(re.findall(r'"([^"]+)"', places))
            tried[program] |= {f"{where} {name}" for where in ("before", "after") for name in quoted}
    needed = {}
    for path in files:
        if path.parts[0] not in ("daemon", "worker") or path.parts[1] == "cli" or path.suffix != ".cc":
            continue
        text, program = re.sub(r"//.*", "", read(path)), process_of(path, files)
        sent = set().union(*(faces[name] for name in called(text, faces)))
        plain = re.findall(r'(?:plain\(\s*|vector<std::string> \w+)\{\s*"([A-Z]+)"', text)
        sent |= {name for name in plain if name.lower() not in READS}
        for name in sent:
            needed.setdefault(program, {}).update({f"before {name}": path, f"after {name}": path})
        for where, what in re.findall(r'kill_point\("(\w+)", "([^"]+)"\)', text):
            needed.setdefault(program, {})[f"{where} {what}"] = path
    for program, points in needed.items():
        for point in sorted(set(points) - tried.get(program, set())):
            report(points[point], 0, f"no test in tests/killpoints dies there: {program}: {point}")
    for program in tried:
        for point in sorted(tried[program] - set(needed.get(program, {}))):
            report("tests/killpoints", 0, f"nothing sends or reaches this: {program}: {point}")


def check_lua(files):
    protocol = read("docs/protocol.md")
    keys = {re.sub(r"<.*", "", name) for cell in table_rows(protocol, "Keys") for name in re.findall(r"`P ([^`]+)`", cell)}
    keys |= set(re.findall(r"(?:\(|channel )`P ([a-z]+)`", protocol))  # told in a row of others; the pub/sub channel
    lib = {p.stem for p in files if p.parent == LUA / "lib"}
    scripts = {p.stem for p in files if p.parent == LUA and p.suffix == ".lua"}
    rows = table_rows(protocol, "Scripts")
    for name in sorted(scripts - rows):
        report(LUA / f"{name}.lua", 0, "is no row of the table of scripts in docs/protocol.md")
    for name in sorted(rows - scripts):
        report("docs/protocol.md", 0, f"script '{name}' has no {LUA}/{name}.lua")
    check_rights(files)
    used = set()
    for path in files:
        if path.suffix == ".lua" and LUA in path.parents:
            text = read(path)
            check_key_names(path, text, keys)
            used |= set(re.split(r", *", (re.findall(r"^-- Uses: ([a-z_, ]+)$", text, re.M) or [""])[0].strip()))
            if path.parent == LUA:
                check_lua_header(path, text, lib)
        elif path.suffix in (".cc", ".h") and path.parts[0] in ("client", "common", "daemon", "worker"):
            check_key_names(path, read(path), keys)
    for name in sorted(lib - used):
        report(LUA / "lib" / f"{name}.lua", 0, "no script uses it")


# What a file declares for itself, at the left margin of an anonymous namespace.
OWN_NAME = re.compile(r"(?:(?:struct|class|enum(?: class)?|using) (\w+)|[A-Za-z][\w:<>,&* ]*?[ &*](\w+)(?:\(|\{|\[|;| = ))")


def own_names(text):
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r"namespace \{|\}  // namespace$", line):
            inside = line.startswith("namespace")
        own = OWN_NAME.match(line) if inside else None
        if own and not line.startswith(("using namespace", "template")):
            yield number, own.group(1) or own.group(2), line


def check_own_names(files):
    """In the unity build, and for scripts/tidy, files of a folder are one, and which ones changes with every file that is added."""
    firsts = {}
    for path in files:
        if path.suffix == ".cc" and (path.parts[0] != "tests" or path.name.endswith("_test.cc")):
            for number, name, line in own_names(read(path)):
                first, its_line = firsts.setdefault((path.parent, name), (path, line))
                if first != path and not (line == its_line and line.startswith("using")):
                    report(path, number, f"{name} is in {first.name} too: share it in a header, or give it another name")


def main():
    files = tracked_files()
    for path in files:
        try:
            text = read(path)
        except UnicodeDecodeError:
            continue  # binary test data
        if CORPUS in path.parents:
            continue  # inputs of fuzz targets: each byte of them is meant
        check_text(path, text)
        check_mode(path, text)
        check_test_names(path, text)
        if path.suffix in (".cc", ".c", ".h", ".hpp"):
            check_includes(path, text)
    check_lua(files)
    check_kill_points(files)
    check_own_names(files)
    for finding in findings:
        print(finding)
    print(f"check_tree: {len(files)} files, {len(findings)} findings")
    return 1 if findings else 0


sys.exit(main())
