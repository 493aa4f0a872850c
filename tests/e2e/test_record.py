# SPDX-License-Identifier: Apache-2.0
"""A plain script is recorded: by the helper, by its console, with its end and its output."""

import math
import os
import shutil
import subprocess
import unittest

from lathe_e2e import BIN, PYTHON, LatheTest, main, wait_for


class Record(LatheTest):
    def test_helper_points_arrive_exactly(self):
        self.script("""
import lathe, math
lathe.params({"optim": {"lr": 0.1}, "name": "x"})
for i in range(50):
    lathe.log({"loss": math.exp(-i / 10), "odd": float("nan") if i == 7 else i}, step=i)
lathe.log({"loss": 1e-300}, step=10)   # steps may go back; nothing is dropped
""")
        self.ok("run", "--name", "helper", "--", PYTHON, "script.py")
        points = self.points("helper", "loss")
        self.assertEqual(len(points), 51)
        self.assertEqual([p["value"] for p in points[:50]], [math.exp(-i / 10) for i in range(50)])
        self.assertEqual((points[50]["step"], points[50]["value"]), (10, 1e-300))
        self.assertEqual(self.points("helper", "odd")[7]["value"], "nan")
        shown = self.show("helper")
        self.assertEqual(shown["state"], "finished")
        self.assertEqual(shown["params"]["optim.lr"], 0.1)

    def test_console_pairs_become_series(self):
        self.ok("run", "--name", "pairs", "--", "sh", "-c",
                "for i in 1 2 3; do echo \"epoch loss=0.$i step=$i acc=9$i\"; done")
        self.assertEqual([(p["step"], p["value"]) for p in self.points("pairs", "loss")],
                         [(1, 0.1), (2, 0.2), (3, 0.3)])
        self.assertEqual(len(self.points("pairs", "acc")), 3)

    def test_output_is_kept_as_it_came(self):
        self.ok("run", "--name", "out", "--", PYTHON, "-c",
                "import sys; sys.stdout.buffer.write(b'\\xff\\x00bytes\\n'); print('e', file=sys.stderr)")
        run = self.show("out")
        kept = (self.store / "runs" / run["id"] / "output.log").read_bytes()
        self.assertIn(b"\xff\x00bytes\n", kept)
        self.assertIn(b"e\n", kept)
        self.assertIn("bytes", self.ok("logs", "out"))

    def test_exit_code_is_the_runs(self):
        done = self.lathe("run", "--name", "bad", "--", "sh", "-c", "echo oops; exit 7")
        self.assertEqual(done.returncode, 1)
        shown = self.show("bad")
        self.assertEqual((shown["state"], shown["exitCode"]), ("failed", 7))

    def test_a_run_is_found_by_name_id_and_prefix(self):
        self.ok("run", "--name", "alpha", "--experiment", "e1", "--", "true")
        run = self.show("alpha")
        for name in (run["id"], run["id"][:20], "alpha"):
            self.assertEqual(self.show(name)["id"], run["id"])
        missing = self.lathe("show", "alpah")
        self.assertEqual(missing.returncode, 3)
        self.assertIn("alpha", missing.stderr)

    def test_index_deleted_or_garbage_is_rebuilt_with_nothing_lost(self):
        for name in ("a", "b"):
            self.ok("run", "--name", name, "--", "sh", "-c", "for i in 1 2 3; do echo loss=$i step=$i; done")
        before = [self.points(name, "loss") for name in ("a", "b")]
        for damage in (lambda p: p.unlink(), lambda p: p.write_bytes(b"garbage" * 1000),
                       lambda p: p.write_bytes(p.read_bytes()[:700])):
            for path in self.store.glob("index.db*"):
                if path.name == "index.db":
                    damage(path)
                else:
                    path.unlink(missing_ok=True)
            self.assertEqual([self.points(name, "loss") for name in ("a", "b")], before)
        self.ok("reindex")
        self.assertEqual([self.points(name, "loss") for name in ("a", "b")], before)

    def test_plot_draws_in_the_terminal_and_as_svg(self):
        self.ok("run", "--name", "p", "--", "sh", "-c", "for i in 1 2 3 4; do echo loss=$i step=$i; done")
        self.assertGreater(len(self.ok("plot", "p", "--key", "loss").splitlines()), 5)
        out = self.work / "p.svg"
        self.ok("plot", "p", "--key", "loss", "--out", out)
        self.assertIn("<svg", out.read_text())

    def test_code_is_recorded(self):
        if not shutil.which("git"):
            self.skipTest("git is not installed")
        git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
        for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "start"]):
            subprocess.run(git + command, cwd=self.work, env=self.env, check=True)
        self.script("print('hello')")
        self.ok("run", "--name", "code", "--", PYTHON, "script.py")
        run = self.show("code")
        commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=self.work, capture_output=True, text=True,
                                check=True).stdout.strip()
        self.assertEqual(run["code"]["commit"], commit)
        self.assertIn("hello", (self.store / "runs" / run["id"] / "code.patch").read_text())

    def test_detached_run_and_follow(self):
        self.ok("run", "--detach", "--name", "d", "--", "sh", "-c", "sleep 0.5; echo done-now")
        followed = self.ok("logs", "d", "-f")
        self.assertIn("done-now", followed)
        wait_for("the run to end", lambda: self.state("d") == "finished")

    def test_helper_works_with_no_lathe_around(self):
        self.script("import lathe\nwith lathe.init(name='alone'):\n  lathe.log({'x': 1.5}, step=3)\n")
        env = dict(self.env, PYTHONPATH=str(BIN.parent / "share/lathe/python"))
        subprocess.run([PYTHON, "script.py"], cwd=self.work, env=env, check=True)
        self.assertEqual(self.points("alone", "x")[0]["value"], 1.5)


if __name__ == "__main__":
    main()
