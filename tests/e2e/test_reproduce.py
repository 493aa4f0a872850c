# SPDX-License-Identifier: Apache-2.0
"""What surrounds a run is recorded, its code comes back, it starts again, goes on, and its artifacts are found."""

import json
import os
import shutil
import subprocess
import unittest

from lathe_e2e import BIN, PYTHON, SAMPLE, SOURCE, LatheTest, main, wait_for


class Reproduce(LatheTest):
    def git(self, *arguments, cwd=None):
        return subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments],
                              cwd=cwd or self.work, env=self.env, check=True, capture_output=True, text=True).stdout

    def repository(self):
        if not shutil.which("git"):
            self.skipTest("git is not installed")
        self.git("init", "-q")
        self.script("import sys\nprint('lr', sys.argv[1:])\n", "train.py")
        (self.work / "logo.bin").write_bytes(bytes(range(256)))
        self.git("add", "-A")
        self.git("commit", "-qm", "start")
        self.script("import sys\nprint('changed', sys.argv[1:])\n", "train.py")
        (self.work / "logo.bin").write_bytes(bytes(range(255, -1, -1)))
        (self.work / "new.bin").write_bytes(b"\0untracked")
        (self.work / ".env").write_text("TOKEN=verysecret\n")

    def folder(self, run):
        return self.store / "runs" / self.show(run)["id"]

    def test_restore_and_rerun_of_a_script(self):
        self.repository()
        self.ok("run", "--name", "first", "--", PYTHON, "train.py", "--lr", "0.1")
        env = self.folder("first") / "env"
        wait_for("the description of the run", lambda: (env / "packages.json").exists())
        self.assertTrue(json.loads((env / "packages.json").read_text())["version"].startswith("3."))
        self.assertIn("kernel", json.loads((env / "host.json").read_text()))
        self.assertNotIn("verysecret", "".join(p.read_text(errors="replace") for p in env.iterdir())
                         + (self.folder("first") / "code.patch").read_text(errors="replace"))
        before = {p.name: p.read_bytes() for p in self.work.iterdir() if p.is_file() and p.name != ".env"}

        said = self.lathe("rerun", "first", "--dry-run")
        self.assertIn("everything that was recorded of first is matched here", said.stderr)
        self.script("print('something else')\n", "train.py")
        said = self.lathe("rerun", "first", "--dry-run")
        self.assertIn("the uncommitted work differs: .env, logo.bin, new.bin, train.py", said.stderr)

        restored = self.json("restore", "first", self.dir / "copy")
        self.assertEqual(restored["missing"], [".env: secret when the run started, and not copied"])
        got = {p.name: p.read_bytes() for p in (self.dir / "copy").iterdir() if p.is_file()}
        self.assertEqual(got, before)
        self.assertEqual(self.lathe("restore", "first", self.dir / "copy").returncode, 5)

        out = self.ok("rerun", "first", "--code", self.dir / "again", "--set", "lr=0.5", "--name", "second")
        self.assertIn("changed ['--lr', '0.5']", out)
        spec = json.loads((self.folder("second") / "run.json").read_text())
        self.assertEqual((spec["parent"]["run"], spec["parent"]["how"]), (self.show("first")["id"], "rerun"))
        wrong = self.lathe("rerun", "first", "--set", "nothing=1")
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("no such key", wrong.stderr)

    def test_resume_and_fork_of_a_script(self):
        self.script("""
import lathe, os
start = int(open(lathe.resume_from()).read()) if lathe.resume_from() else 0
for step in range(start, start + 4):
    lathe.log({"x": float(step)}, step=step)
    if step % 2:
        open("ck%d" % step, "w").write(str(step))
        lathe.checkpoint("ck%d" % step, step=step)
print("from", start, os.environ.get("LATHE_RESUME_STEP"))
""")
        self.assertIn("from 0 None", self.ok("run", "--name", "a", "--", PYTHON, "script.py"))
        self.assertIn("from 3 3", self.ok("resume", "a", "--name", "b"))
        self.assertIn("from 1 1", self.ok("fork", "a", "--step", "2", "--name", "c"))
        spec = json.loads((self.folder("c") / "run.json").read_text())
        self.assertEqual((spec["parent"]["how"], spec["parent"]["step"]), ("fork", 1))
        self.assertEqual([p["step"] for p in self.points("b", "x")], [3, 4, 5, 6])
        self.assertEqual(self.lathe("fork", "a", "--step", "0").returncode, 3)
        self.ok("run", "--name", "none", "--", "true")
        missing = self.lathe("resume", "none")
        self.assertEqual(missing.returncode, 3)
        self.assertIn("lathe.checkpoint", missing.stderr)

    def test_a_recipe_goes_on_as_if_it_had_never_ended(self):
        if not (BIN / "lathe-train").exists():
            self.skipTest("lathe-train is not built")
        small = ["model.layers=1", "model.width=32", "model.heads=2", "model.context=32", "train.batch=4", "train.steps=8",
                 "train.checkpoint_every=4", "train.log_every=1", f"data.path={SOURCE}/engine/core"]
        self.ok("run", SAMPLE, *[word for value in small for word in ("--set", value)], "--name", "whole", timeout=280)
        self.ok("fork", "whole", "--step", "5", "--name", "forked", timeout=280)
        whole = {p["step"]: p["value"] for p in self.points("whole", "train/loss")}
        forked = {p["step"]: p["value"] for p in self.points("forked", "train/loss")}
        self.assertGreaterEqual(len(forked), 3)
        for step, value in forked.items():
            self.assertEqual(value, whole[step], step)
        parent = json.loads((self.folder("forked") / "run.json").read_text())["parent"]
        self.assertEqual((parent["how"], parent["step"]), ("fork", 4))

    def test_artifacts_across_runs_and_their_end(self):
        self.script("""
import lathe, os
os.makedirs("model", exist_ok=True)
open("model/weights.txt", "w").write("one")
lathe.artifact("net", "model", type="model", aliases=["best"])
open("model/weights.txt", "w").write("two")
lathe.artifact("net", "model", type="model")
lathe.image("picture", [[0.0, 1.0]], step=1)
""", "make.py")
        self.script("import lathe\nprint(lathe.use_artifact('net:best').path('weights.txt'))\n", "use.py")
        self.ok("run", "--name", "maker", "--", PYTHON, "make.py")
        content = self.ok("run", "--name", "user", "--", PYTHON, "use.py").strip()
        with open(content) as file:
            self.assertEqual(file.read(), "one")
        versions = self.json("artifacts")["artifacts"]
        self.assertEqual([(v["version"], v["aliases"]) for v in versions], [("v0", ["best"]), ("v1", ["latest"])])
        self.assertEqual(versions[0]["madeBy"][0]["name"], "maker")
        self.assertEqual(versions[0]["usedBy"][0]["name"], "user")
        self.ok("artifact", "get", "net:v0", self.dir / "out")
        self.assertEqual((self.dir / "out/weights.txt").read_text(), "one")
        (self.work / "extra").write_text("by hand")
        self.assertEqual(self.json("artifact", "add", "data", "extra", "--alias", "raw")["version"], "v0")
        self.assertIn("data:v0", self.ok("artifact", "show", "data:raw"))
        self.ok("artifact", "alias", "net:v1", "best")
        self.assertEqual(self.json("artifact", "show", "net:best")["version"], "v1")
        self.assertEqual(self.lathe("artifact", "show", "nett").returncode, 3)

        # Nothing that is named goes; what a removed run named goes with it.
        self.assertEqual(self.json("gc", "--grace", "0")["gone"], [])
        self.ok("rm", "maker")
        self.assertEqual(self.json("gc", "--grace", "0")["gone"], [])
        self.ok("rm", "user")

        def would_go():  # once their supervisors are gone
            would = self.json("gc", "--grace", "0", "--deleted", "--keep-deleted", "0", "--dry-run")
            return len([g for g in would["gone"] if g["path"].startswith("runs/")]) == 2

        wait_for("both runs to be free to go", would_go, 10)
        self.json("gc", "--grace", "0", "--deleted", "--keep-deleted", "0")
        left = [p for p in (self.store / "objects").rglob("*") if p.is_file() and len(p.name) == 64]
        self.assertEqual(len(left), 2, "the artifact that was added by hand and its manifest")
        self.assertEqual([r["name"] for r in self.runs()], ["add data"])

    def test_a_start_does_not_wait_for_the_description(self):
        import time

        begun = time.monotonic()
        self.ok("run", "--detach", "--name", "d", "--", PYTHON, "-c", "import time; time.sleep(1)")
        print("start took %.3f s" % (time.monotonic() - begun))
        packages = self.folder("d") / "env/packages.json"
        wait_for("the packages", packages.exists)
        self.assertEqual(self.state("d") in ("running", "finished"), True)

    def test_a_run_without_lathe_around_describes_itself(self):
        env = dict(self.env, PYTHONPATH=str(BIN.parent / "share/lathe/python"))
        subprocess.run([PYTHON, "-c", "import lathe, time; lathe.init(name='solo'); lathe.log({'x': 1.0}); time.sleep(1)"],
                       cwd=self.work, env=env, check=True)
        run = self.folder("solo")
        wait_for("the description", (run / "env/packages.json").exists)
        self.assertEqual(json.loads((run / "env/host.json").read_text())["name"], os.uname().nodename)


if __name__ == "__main__":
    main()
