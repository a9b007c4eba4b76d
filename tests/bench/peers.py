"""Puts stint beside other job queues, in a harness that takes a Python file in BENCH_EXTRA which adds to PEERS. Its workloads call
`cmd enq N | bulk N BATCH | lat N MS` and start `worker(c)`; a worker counts in $BENCH_COUNT_FILE and tells latencies in $BENCH_LAT_FILE.

    BENCH_EXTRA=tests/bench/peers.py STINT_TREE=$PWD HARNESS/run-peer stint W2
"""
import os as _os

_tree = _os.environ.get("STINT_TREE", _os.getcwd())
_driver = f'exec {_tree}/build/release/bin/bench-driver redis://127.0.0.1:$BENCH_PORT "$@"'
PEERS["stint"] = dict(  # noqa: F821
    cmd=["/bin/sh", "-c", _driver, "bench-driver"], env={}, n=400000, batch=1000,
    worker=lambda c: ["/usr/bin/python3", f"{_tree}/tests/bench/peer_worker.py", str(c)],
    confs=[(1, 1), (1, 2), (1, 4), (1, 8)], lat=(1, 2), term=8)
