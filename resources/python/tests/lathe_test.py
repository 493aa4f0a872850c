# SPDX-License-Identifier: Apache-2.0
"""Tests of the Python helper, each in processes of its own, as a training script would use it."""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HELPER = os.path.join(os.environ["LATHE_SOURCE_DIR"], "resources", "python")


class HelperTest(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.store = os.path.join(self.temporary.name, "store")
        self.work = os.path.join(self.temporary.name, "work")
        os.makedirs(self.work)

    def environment(self, **more):
        env = {k: v for k, v in os.environ.items() if not k.startswith("LATHE_") and k not in ("RANK", "WORLD_SIZE")}
        env.update(PYTHONPATH=HELPER, LATHE_STORE=self.store, PYTHONDONTWRITEBYTECODE="1")
        env.update(more)
        return env

    def script(self, code, expect=0, before=None, **more):
        done = subprocess.run([sys.executable, "-c", "import lathe\n" + code], cwd=self.work, preexec_fn=before,
                              env=self.environment(**more), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        if expect is not None:
            self.assertEqual(done.returncode, expect, done.stderr.decode())
        return done.stdout.decode(), done.stderr.decode()

    def launched(self):
        """A run folder as the supervisor would have made it."""
        folder = os.path.join(self.store, "runs", "01jd0000000000000000000000")
        os.makedirs(folder)
        return folder

    def runs(self):
        folder = os.path.join(self.store, "runs")
        return [os.path.join(folder, name) for name in sorted(os.listdir(folder))] if os.path.isdir(folder) else []

    def only_run(self):
        self.assertEqual(len(self.runs()), 1)
        return self.runs()[0]

    def lines(self, folder, file=None):
        found = []
        for name in sorted(os.listdir(folder)) if file is None else [file]:
            if name.startswith("journal"):
                with open(os.path.join(folder, name), "rb") as journal:
                    for line in journal.read().split(b"\n")[:-1]:
                        try:
                            found.append(json.loads(line))
                        except ValueError:
                            found.append({"e": "damaged"})
        return found

    def points(self, folder, metric, file=None):
        return [(line["s"], line["v"][metric]) for line in self.lines(folder, file)
                if line["e"] == "metrics" and metric in line["v"]]

    def states(self, folder):
        return [line for line in self.lines(folder) if line["e"] == "state"]

    def test_both_orders_of_log_and_a_step_that_counts_itself(self):
        folder = self.launched()
        self.script("lathe.log({'a': 1.5}, step=3); lathe.log(4, {'a': 2}); lathe.log({'a': True})",
                    LATHE_RUN_DIR=folder)
        self.assertEqual(self.points(folder, "a"), [(3, 1.5), (4, 2.0), (5, 1.0)])
        self.assertEqual(os.listdir(folder), ["journal.0.jsonl"])
        self.assertEqual(self.states(folder), [], "the supervisor tells the state")

    def test_every_event_of_a_launched_run(self):
        folder = self.launched()
        self.script("""
class Options: pass
options = Options(); options.lr = 3e-4; options.layers = (1, 2)
lathe.params(options); lathe.params({"optim": {"name": "adamw", "nan": float("nan")}}, seed=7)
lathe.tag("baseline", "x"); lathe.note("two\\nlines"); lathe.log({"l": 1.0}, step=9); lathe.text("sample", "h\\u00e9")
with lathe.init(name="better", params={"p": None}, tags="one") as run:
    run.log({"l": 2.0}, step=10)
""", LATHE_RUN_DIR=folder, RANK="2")
        lines = self.lines(folder, "journal.2.jsonl")
        params = {k: v for line in lines if line["e"] == "params" for k, v in line["v"].items()}
        self.assertEqual(params, {"lr": 3e-4, "layers": [1, 2], "optim.name": "adamw", "optim.nan": "nan", "seed": 7,
                                  "p": None})
        kinds = [line["e"] for line in lines]
        self.assertEqual(kinds, ["params", "params", "tags", "note", "metrics", "text", "name", "params", "tags",
                                 "metrics"])
        self.assertEqual(lines[5]["s"], 9)
        self.assertEqual(lines[5]["text"], "h\u00e9")
        for line in lines:
            self.assertAlmostEqual(line["t"], time.time(), delta=60)

    def test_without_lathe_around_a_run_folder_is_made(self):
        self.script("lathe.init(name='solo', experiment='e', params={'a': 1}); lathe.log({'x': 1.0}, step=1)")
        folder = self.only_run()
        with open(os.path.join(folder, "run.json")) as file:
            spec = json.load(file)
        self.assertEqual(spec["id"], os.path.basename(folder))
        self.assertEqual((spec["name"], spec["experiment"], spec["kind"]), ("solo", "e", "command"))
        self.assertEqual(spec["cwd"], os.path.realpath(self.work))
        self.assertEqual([s["state"] for s in self.states(folder)], ["running", "finished"])
        self.assertEqual(os.listdir(folder).count("journal.jsonl"), 1)

    def test_a_store_named_by_the_workspace(self):
        os.makedirs(os.path.join(self.work, ".lathe"))
        with open(os.path.join(self.work, ".lathe", "config.yaml"), "w") as file:
            file.write("# a comment\nstore: ../here  # beside it\n")
        self.script("lathe.log({'x': 1.0})", LATHE_STORE="")
        self.assertEqual(len(os.listdir(os.path.join(self.temporary.name, "here", "runs"))), 1)

    def test_an_exception_fails_the_run_and_is_not_swallowed(self):
        _, err = self.script("lathe.log({'x': 1.0}); raise ValueError('no data')", expect=1)
        self.assertIn("ValueError: no data", err)
        state = self.states(self.only_run())[-1]
        self.assertEqual((state["state"], state["exit"], state["reason"]), ("failed", 1, "ValueError: no data"))

    def test_the_context_manager_tells_the_end(self):
        self.script("""
with lathe.init(name="one") as run:
    run.log({"x": 1.0}, step=0)
try:
    with lathe.init(name="two"):
        raise RuntimeError("diverged")
except RuntimeError:
    pass
lathe.log({"x": 2.0})
""")
        ends = [self.states(folder)[-1]["state"] for folder in self.runs()]
        self.assertEqual(sorted(ends), ["failed", "finished"])

    def test_after_finish_one_warning_and_no_new_run(self):
        _, err = self.script("lathe.log({'x': 1.0}); lathe.finish()\nfor i in range(9): lathe.log({'x': 1.0})")
        self.assertEqual(err.count("lathe:"), 1)
        self.assertEqual(len(self.points(self.only_run(), "x")), 1)

    def test_numbers_that_are_none_and_scalars_of_others(self):
        folder = self.launched()
        _, err = self.script("""
class Scalar:
    def __init__(self, v): self.v = v
    def item(self): return self.v
class Broken:
    def item(self): raise RuntimeError("a tensor of 3 elements")
lathe.log({"n": float("nan"), "i": float("inf"), "m": -float("inf"), "t": Scalar(0.5), "big": 10**400,
           "bad": Broken(), "word": "abc", "none": None, "nest": {"in": 1}, "\\u00fc\\"\\n": 1.0, 7: 2.0, "h": 1e300},
          step=Scalar(4).item())
""", LATHE_RUN_DIR=folder)
        (line,) = self.lines(folder)
        self.assertEqual(line["v"], {"n": "nan", "i": "inf", "m": "-inf", "t": 0.5, "big": "inf", "nest/in": 1.0,
                                     "\u00fc\"\n": 1.0, "7": 2.0, "h": 1e300})
        self.assertIn("bad is no number", err)
        self.assertIn("word is no number", err)

    def test_numpy_scalars(self):
        try:
            import numpy  # noqa: F401
        except ImportError:
            self.skipTest("NumPy is not installed for " + sys.executable)
        folder = self.launched()
        self.script("""
import numpy as np
lathe.log({"f": np.float32(0.1), "d": np.float64(0.1), "i": np.int64(3), "a": np.array(2.5)}, step=np.int64(5))
lathe.params(lr=np.float64(0.5), n=np.int32(2))
""", LATHE_RUN_DIR=folder)
        metrics, params = self.lines(folder)
        self.assertEqual(metrics["s"], 5)
        self.assertEqual(metrics["v"], {"f": float("0.10000000149011612"), "d": 0.1, "i": 3.0, "a": 2.5})
        self.assertEqual(params["v"], {"lr": 0.5, "n": 2})

    def test_wrong_use_never_raises(self):
        folder = self.launched()
        out, err = self.script("""
lathe.log(); lathe.log("loss", 3); lathe.log({"a": 1.0}, step="x"); lathe.log({"a": 1.0}, foo=1); lathe.log([1])
lathe.params(3); lathe.params(); lathe.text(None, None, step="q"); lathe.tag(); lathe.note(None); lathe.init(tags=5)
print("went on")
""", LATHE_RUN_DIR=folder)
        self.assertEqual(out, "went on\n")
        self.assertIn("lathe:", err)
        self.assertNotIn("Traceback", err)

    def test_fork_multiprocessing_and_subprocess_share_the_run(self):
        self.script("""
import multiprocessing, os, subprocess, sys
lathe.log({"x": 0.0}, step=0)
pids = []
for child in range(4):
    pid = os.fork()
    if pid == 0:
        for i in range(100): lathe.log({"x": float(child)}, step=i)
        os._exit(0)
    pids.append(pid)
for i in range(100): lathe.log({"x": 9.0}, step=i)
for pid in pids: os.waitpid(pid, 0)
def work(n):
    lathe.log({"y": float(n)}, step=n)
for method in ("fork", "forkserver"):
    process = multiprocessing.get_context("fork").Process(target=work, args=(1,))
    process.start(); process.join()
subprocess.run([sys.executable, "-c", "import lathe; lathe.log({'z': 1.0}, step=1)"], check=True)
""")
        folder = self.only_run()
        self.assertEqual(len(self.points(folder, "x")), 501)
        self.assertEqual(len(self.points(folder, "y")), 2)
        self.assertEqual(self.points(folder, "z"), [(1, 1.0)])
        self.assertEqual([s["state"] for s in self.states(folder)], ["running", "finished"])
        self.assertNotIn("damaged", [line["e"] for line in self.lines(folder)])

    def test_threads_write_whole_lines(self):
        folder = self.launched()
        self.script("""
import threading
def work(n):
    for i in range(500): lathe.log({"t%d" % n: float(i)}, step=i)
threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
[t.start() for t in threads]; [t.join() for t in threads]
""", LATHE_RUN_DIR=folder)
        for n in range(8):
            self.assertEqual(self.points(folder, "t%d" % n), [(i, float(i)) for i in range(500)])

    def test_ranks_of_another_launcher_are_one_run(self):
        env = dict(WORLD_SIZE="4", MASTER_ADDR="127.0.0.1", MASTER_PORT="29501")
        code = "import lathe, os; lathe.log({'r': float(os.environ['RANK'])}, step=1)"
        ranks = [subprocess.Popen([sys.executable, "-c", code], env=self.environment(RANK=str(r), **env), cwd=self.work)
                 for r in range(4)]
        self.assertEqual([p.wait(60) for p in ranks], [0] * 4)
        folder = self.only_run()
        self.assertEqual(sorted(v for _, v in self.points(folder, "r")), [0.0, 1.0, 2.0, 3.0])
        self.assertEqual(len(self.states(folder)), 2)

    def test_a_file_that_may_not_grow_gives_one_warning(self):
        folder = self.launched()
        out, err = self.script("""
for i in range(2000): lathe.log({"x": float(i)}, step=i)
print("went on")
""", before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000)), LATHE_RUN_DIR=folder)
        self.assertEqual(out, "went on\n")
        self.assertEqual(err.count("lathe:"), 1, err)
        points = self.points(folder, "x")
        self.assertEqual(points, [(i, float(i)) for i in range(len(points))])
        self.assertGreater(len(points), 100)

    def test_a_full_device_gives_one_warning_and_lines_stay_whole_when_space_returns(self):
        folder = self.launched()
        os.symlink("/dev/full", os.path.join(folder, "journal.0.jsonl"))
        out, err = self.script("for i in range(9): lathe.log({'x': 1.0})\nprint('went on')", LATHE_RUN_DIR=folder)
        self.assertEqual(out, "went on\n")
        self.assertEqual(err.count("lathe:"), 1, err)

    def test_a_store_that_cannot_be_made(self):
        out, err = self.script("for i in range(9): lathe.log({'x': 1.0})\nprint('went on')",
                               LATHE_STORE="/proc/no/such/store")
        self.assertEqual(out, "went on\n")
        self.assertEqual(err.count("lathe:"), 1, err)

    def test_a_torn_end_of_an_earlier_writer_swallows_nothing(self):
        folder = self.launched()
        with open(os.path.join(folder, "journal.0.jsonl"), "w") as file:
            file.write('{"t":1,"e":"metr')
        self.script("lathe.log({'x': 1.0}, step=1)", LATHE_RUN_DIR=folder)
        self.assertEqual(self.points(folder, "x"), [(1, 1.0)])

    def test_kill_at_any_moment_keeps_every_acknowledged_line(self):
        code = "import lathe, sys\nfor i in range(10**6):\n lathe.log({'x': i * 0.5}, step=i)\n print(i, flush=True)\n"
        for attempt in range(20):
            folder = os.path.join(self.store, "runs", "kill%d" % attempt)
            os.makedirs(folder)
            process = subprocess.Popen([sys.executable, "-c", code], env=self.environment(LATHE_RUN_DIR=folder),
                                       stdout=subprocess.PIPE, cwd=self.work)
            first = process.stdout.readline()
            time.sleep(random.uniform(0, 0.02))
            process.send_signal(signal.SIGKILL)
            said = (first + process.stdout.read()).split()
            process.stdout.close()
            process.wait()
            points = self.points(folder, "x")
            self.assertEqual(points[: len(said)], [(i, i * 0.5) for i in range(len(said))])

    def test_old_python_can_compile_it(self):
        import ast

        with open(os.path.join(HELPER, "lathe.py"), encoding="utf-8") as file:
            ast.parse(file.read(), feature_version=(3, 8))


if __name__ == "__main__":
    unittest.main()
