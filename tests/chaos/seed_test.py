#!/usr/bin/python3
"""The schedule of faults comes from the seed and from nothing else: not from the clock, nor from the order of a set, which each
process has anew. So it is asked of two processes."""
import pathlib
import subprocess
import sys

RUN = pathlib.Path(__file__).resolve().parent / 'run'


def schedule(seed):
    return subprocess.run([RUN, '--schedule', '--seed', str(seed)], capture_output=True, text=True, timeout=50, check=True).stdout


first, again, other = schedule(7), schedule(7), schedule(8)
if not first or first != again:
    sys.exit(f'seed 7 gives two schedules:\n{first}\n{again}')
if first == other:
    sys.exit('the seeds 7 and 8 give the same schedule')
