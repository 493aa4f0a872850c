# SPDX-License-Identifier: Apache-2.0
"""The stock MLflow client against Lathe: over a whole store (`lathe serve`), in a launched run, and with a server of the user's own.
LATHE_PEER_SERVER=1 also tries the whole `mlflow server` (some 900 MB)."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]
import venv  # noqa: E402  (ours, not the standard library's)
from lathe_e2e import BIN, LatheTest, wait_for  # noqa: E402

PEERS = os.environ.get("LATHE_VENVS", "/tmp/lathe-venvs")
CLIENTS = {"3": "mlflow-skinny==3.17.2", "2": "mlflow-skinny==2.22.1"}
SERVER = "mlflow==3.17.2"

PYTHON = venv.interpreter(PEERS, "mlflow3", [CLIENTS["3"]])


class Served:
    """A `lathe serve` over a store."""

    def __init__(self, test, store, *options):
        self.process = subprocess.Popen([BIN / "lathe", "--store", str(store), "serve", "--json", *map(str, options)], env=test.env,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        test.addCleanup(self.kill)
        self.said = json.loads(self.process.stdout.readline())

    def kill(self):
        self.process.kill()
        self.process.communicate()

    def environment(self):
        return {"MLFLOW_TRACKING_URI": self.said["uri"], "MLFLOW_TRACKING_TOKEN": self.said["token"]}


class MlflowTest(LatheTest):
    def setUp(self):
        super().setUp()
        self.env.update(MLFLOW_HTTP_REQUEST_MAX_RETRIES="3", MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true")
        for name in ("MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN"):
            self.env.pop(name, None)

    def python(self, script, env=None, python=PYTHON):
        return subprocess.run([python, "-c", script] if "\n" in script else [python, script], env={**self.env, **(env or {})},
                              capture_output=True, text=True, timeout=300, cwd=self.work)

    def script(self, text):
        path = self.work / "script.py"
        path.write_text(text)
        return path

    def said(self, text):
        return json.loads(text.strip().splitlines()[-1])

    def summaries(self):
        listed = self.lathe("ls", "--json")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        return {run["name"]: run for run in json.loads(listed.stdout)["runs"]}


class Serve(MlflowTest):
    def test_every_call_of_both_clients(self):
        for version, package in CLIENTS.items():
            with self.subTest(client=package):
                python = venv.interpreter(PEERS, "mlflow" + version, [package])
                if python is None:
                    self.skipTest(venv.reason)
                served = Served(self, self.dir / ("store" + version), "--port", 0)
                done = self.python(str(HERE / "mlflow_calls.py"), served.environment(), python)
                self.assertEqual(done.returncode, 0, done.stderr[-3000:])
                served.process.send_signal(signal.SIGINT)
                self.assertEqual(served.process.wait(10), 0)

    def test_wrong_token_and_restart(self):
        served = Served(self, self.store, "--port", 0)
        refused = self.python("import mlflow\nmlflow.set_experiment('x')\n", {**served.environment(), "MLFLOW_TRACKING_TOKEN": "wrong"})
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("MLFLOW_TRACKING_TOKEN", refused.stderr)
        first = self.python("import mlflow\nrun = mlflow.start_run(run_name='long')\nmlflow.log_metric('a', 1, step=1)\n"
                            "print(run.info.run_id)\nimport os\nos.kill(os.getpid(), 9)\n", served.environment())
        run = first.stdout.strip().splitlines()[-1]
        served.process.send_signal(signal.SIGKILL)
        served.process.wait(10)
        self.assertEqual(self.summaries()["long"]["state"], "lost")
        again = Served(self, self.store, "--port", served.said["uri"].rsplit(":", 1)[1])
        self.assertEqual(again.said, served.said)
        second = self.python(f"import mlflow\nwith mlflow.start_run(run_id='{run}'):\n    mlflow.log_metric('a', 2, step=2)\n",
                             served.environment())
        self.assertEqual(second.returncode, 0, second.stderr)
        self.assertEqual(self.summaries()["long"]["state"], "finished")
        points = json.loads(self.lathe("series", "long", "a", "--json").stdout)["points"]
        self.assertEqual([(p["step"], p["value"]) for p in points], [(1, 1), (2, 2)])

    def test_runs_of_lathe_are_found(self):
        self.lathe("run", "-e", "vision", "-n", "plain", "--tag", "ablation", "--", "sh", "-c", "echo loss=0.5 step=3")
        served = Served(self, self.store, "--port", 0)
        done = self.python("import mlflow, json\nruns = mlflow.search_runs(experiment_names=['vision'], filter_string=\"metrics.loss < 1 and "
                           "tags.ablation = 'true'\", output_format='list')\nprint(json.dumps([[r.info.run_name, r.info.status, "
                           "r.data.metrics['loss']] for r in runs]))\n", served.environment())
        self.assertEqual(self.said(done.stdout), [["plain", "FINISHED", 0.5]], done.stderr)


class Launched(MlflowTest):
    def test_the_first_run_is_the_launched_one(self):
        script = self.script("""
import json, mlflow, os
mlflow.set_experiment("from script")
with mlflow.start_run(run_name="mine", tags={"kind": "test"}) as run:
    mlflow.log_params({"lr": 0.1})
    for step in range(50):
        mlflow.log_metrics({"loss": 1 / (step + 1), "acc": step / 50}, step=step)
    mlflow.log_text("hello", "notes/hello.txt")
    with mlflow.start_run(nested=True, run_name="child") as child:
        mlflow.log_metric("loss", 3, step=1)
found = mlflow.search_runs(experiment_names=["from script"], output_format="list", order_by=["attributes.run_name"])
seen = mlflow.get_run(run.info.run_id)
print(json.dumps({"found": [r.info.run_name for r in found], "status": seen.info.status, "lathe": seen.data.tags["lathe.id"],
                  "loss": seen.data.metrics["loss"], "launched": os.environ["LATHE_RUN_ID"]}))
""")
        ran = self.lathe("run", "--", PYTHON, script)
        self.assertEqual(ran.returncode, 0, ran.stderr + ran.stdout)
        said = next(json.loads(line) for line in ran.stdout.splitlines() if line.startswith('{"found"'))
        self.assertEqual(said["found"], ["child", "mine"])
        self.assertEqual((said["status"], said["loss"]), ("FINISHED", 1 / 50))
        self.assertEqual(said["lathe"], said["launched"])
        runs = self.summaries()
        self.assertEqual({name: run["state"] for name, run in runs.items()}, {"mine": "finished", "child": "finished"})
        self.assertEqual(runs["mine"]["experiment"], "from script")
        points = json.loads(self.lathe("series", "mine", "loss", "--json").stdout)["points"]
        self.assertEqual([(p["step"], p["value"]) for p in points], [(s, 1 / (s + 1)) for s in range(50)])
        folder = self.store / "runs" / runs["mine"]["id"]
        self.assertEqual((folder / "artifacts/notes/hello.txt").read_text(), "hello")
        self.assertEqual((folder / "supervisor.log").read_text(), "")

    def test_a_killed_collector_loses_nothing_that_was_acknowledged(self):
        script = self.script("""
import mlflow, os, pathlib, signal, time
with mlflow.start_run():
    for step in range(300):
        mlflow.log_metric("loss", step, step=step)
        if step in (60, 140):
            # The collector is a child of our parent, the supervisor.
            for entry in pathlib.Path("/proc").glob("[0-9]*"):
                try:
                    line = (entry / "cmdline").read_bytes().split(b"\\0")
                    parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                except OSError:
                    continue
                if b"collect" in line and parent == os.getppid():
                    os.kill(int(entry.name), signal.SIGKILL)
                    print("killed", flush=True)
    with mlflow.start_run(nested=True, run_name="child"):
        mlflow.log_metric("inner", 1)
""")
        self.env["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "7"
        ran = self.lathe("run", "-n", "survivor", "--", PYTHON, script, timeout=200)
        self.assertEqual(ran.returncode, 0, ran.stderr + ran.stdout)
        self.assertEqual(ran.stdout.count("killed"), 2)
        points = json.loads(self.lathe("series", "survivor", "loss", "--json").stdout)["points"]
        self.assertEqual([(p["step"], p["value"]) for p in points], [(s, s) for s in range(300)])
        self.assertEqual(self.summaries()["child"]["state"], "finished")

    def test_the_users_own_server_gets_everything_too(self):
        other = Served(self, self.dir / "other", "--port", 0)
        script = self.script("""
import mlflow
mlflow.set_experiment("shared")
with mlflow.start_run(run_name="twice") as run:
    mlflow.log_params({"lr": 0.1, "depth": 3})
    for step in range(200):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_text("hello", "notes/hello.txt")
    with mlflow.start_run(nested=True, run_name="child"):
        mlflow.log_metric("inner", 1)
client = mlflow.MlflowClient()
client.create_registered_model("kept there")
""")
        ran = self.lathe("run", "--", PYTHON, script, env={**self.env, **other.environment()})
        self.assertEqual(ran.returncode, 0, ran.stderr + ran.stdout)
        mine = self.summaries()["twice"]
        wait_for("everything to be passed on", (self.store / "runs" / mine["id"] / "mlflow-forward/done").exists)
        there = self.python("""
import json, mlflow
client = mlflow.MlflowClient()
runs = {r.info.run_name: r for r in mlflow.search_runs(experiment_names=["shared"], output_format="list")}
twice, child = runs["twice"], runs["child"]
print(json.dumps({"params": twice.data.params, "status": twice.info.status, "parent": child.data.tags["mlflow.parentRunId"] == twice.info.run_id,
                  "history": [[m.step, m.value] for m in client.get_metric_history(twice.info.run_id, "loss")],
                  "files": [f.path for f in client.list_artifacts(twice.info.run_id, "notes")],
                  "models": [m.name for m in client.search_registered_models()], "other": twice.info.run_id}))
""", other.environment())
        self.assertEqual(there.returncode, 0, there.stderr)
        said = self.said(there.stdout)
        self.assertEqual(said["params"], {"lr": "0.1", "depth": "3"})
        self.assertEqual(said["history"], [[s, 1 / (s + 1)] for s in range(200)])
        self.assertEqual((said["status"], said["parent"], said["files"], said["models"]),
                         ("FINISHED", True, ["notes/hello.txt"], ["kept there"]))
        points = json.loads(self.lathe("series", "twice", "loss", "--json").stdout)["points"]
        self.assertEqual(len(points), 200)

    def test_a_folder_or_database_of_the_users_is_left_alone(self):
        script = self.script("import mlflow, os\nprint('uri', mlflow.get_tracking_uri())\n")
        ran = self.lathe("run", "-n", "left", "--", PYTHON, script, env={**self.env, "MLFLOW_TRACKING_URI": "sqlite:///mine.db"})
        self.assertIn("uri sqlite:///mine.db", ran.stdout)
        log = self.store / "runs" / self.summaries()["left"]["id"] / "supervisor.log"
        self.assertIn("MLFLOW_TRACKING_URI", log.read_text())


@unittest.skipUnless(os.environ.get("LATHE_PEER_SERVER"), "LATHE_PEER_SERVER=1 tries the whole mlflow server")
class RealServer(MlflowTest):
    def setUp(self):
        super().setUp()
        python = venv.interpreter(PEERS, "mlflow-server", [SERVER])
        if python is None:
            self.skipTest(venv.reason)
        self.port = 20000 + os.getpid() % 10000
        self.uri = f"http://127.0.0.1:{self.port}"
        self.server = subprocess.Popen([python, "-m", "mlflow", "server", "--port", str(self.port), "--workers", "1", "--backend-store-uri",
                                        f"sqlite:///{self.dir}/mlflow.db", "--artifacts-destination", str(self.dir / "files")],
                                       env=self.env, cwd=self.dir, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                       start_new_session=True)
        self.addCleanup(lambda: (os.killpg(self.server.pid, signal.SIGKILL), self.server.wait()))
        import urllib.request

        def answers():
            try:
                return urllib.request.urlopen(self.uri + "/health", timeout=2).status == 200
            except OSError:
                return False

        wait_for("mlflow server", answers, 120)

    def test_passed_on_to_the_real_server(self):
        script = self.script("""
import mlflow
mlflow.set_experiment("shared")
with mlflow.start_run(run_name="real", tags={"team": "nlp"}):
    mlflow.log_params({"lr": 0.1})
    for step in range(100):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_text("hello", "hello.txt")
""")
        ran = self.lathe("run", "--", PYTHON, script, env={**self.env, "MLFLOW_TRACKING_URI": self.uri}, timeout=300)
        self.assertEqual(ran.returncode, 0, ran.stderr + ran.stdout)
        wait_for("everything to be passed on", (self.store / "runs" / self.summaries()["real"]["id"] / "mlflow-forward/done").exists, 60)
        seen = """
import json, mlflow
client = mlflow.MlflowClient()
runs = mlflow.search_runs(experiment_names=["shared"], output_format="list")
print(json.dumps([[r.info.run_name, r.info.status, r.data.params, len(client.get_metric_history(r.info.run_id, "loss")),
                   [f.path for f in client.list_artifacts(r.info.run_id)]] for r in runs]))
"""
        there = self.python(seen, {"MLFLOW_TRACKING_URI": self.uri})
        self.assertEqual(self.said(there.stdout), [["real", "FINISHED", {"lr": "0.1"}, 100, ["hello.txt"]]], there.stderr)
        pushed = self.lathe("export", "real", "--to", "mlflow-rest", "--uri", self.uri)
        self.assertEqual(pushed.returncode, 0, pushed.stderr)
        there = self.python(seen, {"MLFLOW_TRACKING_URI": self.uri})
        self.assertEqual(self.said(there.stdout), [["real", "FINISHED", {"lr": "0.1"}, 100, ["hello.txt"]]] * 2, there.stderr)


if __name__ == "__main__":
    if PYTHON is None:
        print(f"skipped: {venv.reason}")
        sys.exit(77)
    unittest.main(verbosity=2)
