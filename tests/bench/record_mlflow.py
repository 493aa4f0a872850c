# SPDX-License-Identifier: Apache-2.0
"""What one mlflow.log_metric costs a script through Lathe's endpoint, beside MLflow's own server (SQLite) on this machine, in turns.
Needs the programs in LATHE_BIN_DIR and PyPI (some 900 MB for the server); without PyPI it says so and ends well.

    LATHE_BIN_DIR=build/release/bin LATHE_SOURCE_DIR=. python3 tests/bench/record_mlflow.py [CALLS]"""

import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/peers"))
import venv  # noqa: E402  (ours)

SCRIPT = """
import json, sys, time, mlflow
took = []
with mlflow.start_run() as run:
    mlflow.log_metric("warm", 0)
    for step in range(int(sys.argv[1])):
        begin = time.perf_counter()
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
        took.append(time.perf_counter() - begin)
    begin = time.perf_counter()
    client = mlflow.MlflowClient()
    rows = [mlflow.entities.Metric(f"m{i % 10}", i, 1, i) for i in range(1000)]
    client.log_batch(run.info.run_id, metrics=rows)
    batch = time.perf_counter() - begin
print(json.dumps({"calls": took, "batch": batch}))
"""


def measured(python, calls, environment):
    done = subprocess.run([python, "-c", SCRIPT, str(calls)], env={**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", **environment},
                          stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def main():
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    lathe = pathlib.Path(os.environ.get("LATHE_BIN_DIR", ROOT / "build/release/bin")) / "lathe"
    python = venv.interpreter(os.environ.get("LATHE_VENVS", str(ROOT / "build/venvs")), "mlflow-server", ["mlflow==3.17.2"])
    if python is None:
        print(f"skipped: {venv.reason}")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        port = 20000 + os.getpid() % 10000
        peer_uri = f"http://127.0.0.1:{port}"
        peer = subprocess.Popen([python, "-m", "mlflow", "server", "--port", str(port), "--workers", "1", "--backend-store-uri",
                                 f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", f"{folder}/files"], cwd=folder,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        ours = subprocess.Popen([lathe, "--store", f"{folder}/store", "serve", "--port", "0", "--json"], stdout=subprocess.PIPE, text=True)
        try:
            said = json.loads(ours.stdout.readline())
            for _ in range(600):
                try:
                    urllib.request.urlopen(peer_uri + "/health", timeout=2)
                    break
                except OSError:
                    time.sleep(0.2)
            here, there = [], []
            for _ in range(2):
                here.append(measured(python, calls, {"MLFLOW_TRACKING_URI": said["uri"], "MLFLOW_TRACKING_TOKEN": said["token"]}))
                there.append(measured(python, calls, {"MLFLOW_TRACKING_URI": peer_uri}))
        finally:
            ours.send_signal(signal.SIGINT)
            ours.wait()
            os.killpg(peer.pid, signal.SIGKILL)
            peer.wait()
        for name, pick in (("median of log_metric", lambda m: statistics.median(m["calls"])),
                           ("p99 of log_metric", lambda m: sorted(m["calls"])[int(len(m["calls"]) * 0.99)]),
                           ("log_batch of 1000", lambda m: m["batch"])):
            mine, others = min(map(pick, here)), min(map(pick, there))
            print(f"mlflow {name}: ours={mine * 1e3:.2f} ms peer={others * 1e3:.2f} ms ratio={others / mine:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
