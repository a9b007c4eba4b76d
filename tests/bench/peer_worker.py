#!/usr/bin/python3
"""One stintd with as many workers as said, for peers.py: a configuration in a folder of its own, then exec."""
import os
import pathlib
import sys
import tempfile

BUILD = pathlib.Path(__file__).resolve().parents[2] / "build/release"
folder = tempfile.mkdtemp(prefix="stint-peer-")
config = pathlib.Path(folder, "stint.toml")
config.write_text(
    f'state_dir = "{folder}/state"\nlog_level = "error"\n[redis]\nurl = "redis://127.0.0.1:{os.environ["BENCH_PORT"]}"\n'
    f'[workers]\nprocesses = {sys.argv[1]}\n[plugins]\npaths = ["{BUILD}/bench"]\n[plugins.bench.config]\n'
    f'count_file = "{os.environ["BENCH_COUNT_FILE"]}"\nlatency_file = "{os.environ["BENCH_LAT_FILE"]}"\n'
    '[queues.default]\nkeep = "0s"\n')
os.execv(BUILD / "bin/stintd", ["stintd", "--config", str(config)])
