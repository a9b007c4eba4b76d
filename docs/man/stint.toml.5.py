#!/usr/bin/env python3
"""Prints the manual page stint.toml(5) for scdoc, made of the comments in the example: stint.toml.5.py FILE."""
import re
import sys

HEAD = """stint.toml(5)

# NAME

stint.toml - configuration of stintd and stint

# DESCRIPTION

"""
TAIL = """
# FILES

_/etc/stint/stint.toml_, _/usr/share/doc/stint/examples/stint.toml_

# SEE ALSO

*stint*(1), *stintd*(8), *stint-task*(7)
"""


def plain(text):
    """Without what scdoc would take for its own."""
    return re.sub(r"([\\*_#<>`|\[\]])", r"\\\1", text)


def prose(lines, indent=""):
    """A comment as scdoc's text; what stands four blanks further in is shown as it is."""
    shown = False
    for line in lines:
        code = line.startswith("    ")
        if code != shown:
            yield indent + "```"
        shown = code
        yield indent + (line[4:] if code else plain(line))
    if shown:
        yield indent + "```"


def page(lines):
    comment = []
    for line in lines:
        section = re.fullmatch(r"#?\[([\w.]+)\]", line)
        setting = re.fullmatch(r"#?(\w+) = (.*)", line)
        if section:
            yield f"\n# [{section[1]}]\n"
            yield from prose(comment)
        elif setting:
            yield f"\n*{plain(setting[1])}* = {plain(setting[2])}"
            yield from prose(comment, "\t")
        elif line.startswith("#"):
            comment.append(line[2:])
            continue
        else:
            yield ""
            yield from prose(comment)
        comment = []


with open(sys.argv[1], encoding="utf-8") as example:
    print(HEAD + "\n".join(page(example.read().splitlines()[1:])) + TAIL)
