# SPDX-License-Identifier: Apache-2.0
"""Cost of one log() of one metric beside json.dumps, write and flush of the same line."""

import json
import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "resources", "python"))
folder = tempfile.TemporaryDirectory()
os.environ["LATHE_RUN_DIR"] = folder.name
import lathe  # noqa: E402

CALLS = 20000


def measure(call):
    times = []
    for step in range(CALLS):
        start = time.perf_counter_ns()
        call(step)
        times.append(time.perf_counter_ns() - start)
    times.sort()
    return times[CALLS // 2] / 1000, times[CALLS * 99 // 100] / 1000


peer_file = open(os.path.join(folder.name, "peer.jsonl"), "w")


def peer(step):
    record = {"t": time.time(), "e": "metrics", "s": step, "v": {"train/loss": step * 0.123456789}}
    peer_file.write(json.dumps(record) + "\n")
    peer_file.flush()


ours = measure(lambda step: lathe.log({"train/loss": step * 0.123456789}, step=step))
theirs = measure(peer)
for index, name in enumerate(("median", "p99")):
    print("log() %s: ours=%.2f us peer=%.2f us ratio=%.2f" % (name, ours[index], theirs[index],
                                                              theirs[index] / ours[index]))
