# SPDX-License-Identifier: Apache-2.0
"""A run outlives the window and the CLI; a killed supervisor leaves a run that is lost, with all that was logged."""

import os
import signal
import subprocess
import time
import unittest

from lathe_e2e import BIN, PYTHON, LatheTest, main, wait_for

COUNT = """
import lathe, time
for i in range({steps}):
    lathe.log({{"i": i}}, step=i)
    time.sleep(0.02)
"""


class Survive(LatheTest):
    def started(self, name):
        return wait_for("the run to log", lambda: self.runs() and self.state(name) == "running" and
                        self.show(name)["metrics"].get("i") and self.show(name))

    def test_kill_9_of_the_cli(self):
        self.script(COUNT.format(steps=100))
        cli = self.start("run", "--name", "s", "--", PYTHON, "script.py", start_new_session=True)
        self.started("s")
        os.killpg(cli.pid, signal.SIGKILL)
        cli.communicate()
        wait_for("the run to finish by itself", lambda: self.state("s") == "finished")
        self.assertEqual([p["step"] for p in self.points("s", "i")], list(range(100)))

    def test_kill_9_of_the_window(self):
        window_program = BIN / "lathe-workbench"
        if not window_program.exists():
            self.skipTest("built without the workbench")
        recipe = self.work / "tiny.yaml"
        recipe.write_text("model: {layers: 1, width: 32, heads: 2, context: 32}\n"
                          "data: {path: text}\ntrain: {steps: 400, batch: 4}\n")
        (self.work / "text").mkdir()
        (self.work / "text/a.txt").write_text("the quick brown fox jumps over the lazy dog\n" * 500)
        window = subprocess.Popen([window_program, "--workspace", self.work, "--run-recipe", recipe, "--set",
                                   f"data.path={self.work}/text"],
                                  env=self.env, cwd=self.work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        run = wait_for("the window's run", lambda: next(iter(self.runs()), None), 60)
        wait_for("its first step", lambda: "train/loss" in self.show(run["id"])["metrics"], 60)
        window.send_signal(signal.SIGKILL)
        window.communicate()
        wait_for("the run to finish by itself", lambda: self.state(run["id"]) == "finished", 90)
        self.assertEqual(self.points(run["id"], "train/loss")[-1]["step"], 400)

    def test_kill_9_of_the_supervisor(self):
        self.script(COUNT.format(steps=3000))
        self.ok("run", "--detach", "--name", "s", "--", PYTHON, "script.py")
        run = self.started("s")
        pids = subprocess.run(["pgrep", "-f", f"supervise.*{run['id']}"], capture_output=True, text=True).stdout.split()
        self.assertTrue(pids, "no supervisor found")
        for pid in pids:
            os.kill(int(pid), signal.SIGKILL)
        wait_for("the run to be shown as lost", lambda: self.state("s") == "lost")
        steps = [p["step"] for p in self.points("s", "i")]
        self.assertEqual(steps, list(range(len(steps))))
        self.assertGreater(len(steps), 0)
        self.ok("stop", "s", "--grace", "0")
        before = len(self.points("s", "i"))
        time.sleep(0.3)
        self.assertEqual(len(self.points("s", "i")), before, "the orphan still runs after lathe stop")

    def test_ctrl_c_stops_the_run_and_says_so(self):
        self.script(COUNT.format(steps=3000))
        cli = self.start("run", "--name", "s", "--", PYTHON, "script.py")
        self.started("s")
        cli.send_signal(signal.SIGINT)
        said, _ = cli.communicate(timeout=30)
        self.assertEqual(cli.returncode, 130, said)
        self.assertIn("stop", said.lower())
        self.assertEqual(self.state("s"), "stopped")

    def test_stop_ends_the_whole_tree(self):
        self.script("import os, subprocess, time\n"
                    "for _ in range(2): subprocess.Popen(['sleep', '987'], start_new_session=True)\n"
                    "if os.fork() == 0:\n  os.setsid(); time.sleep(987)\n"
                    "print('up', flush=True)\ntime.sleep(987)\n")
        self.ok("run", "--detach", "--name", "tree", "--", PYTHON, "script.py")
        run = self.show("tree")
        wait_for("the script", lambda: "up" in self.ok("logs", "tree"))
        self.ok("stop", "tree", "--grace", "0.5")
        wait_for("stopped", lambda: self.state("tree") == "stopped")

        def left():
            found = []
            for pid in filter(str.isdigit, os.listdir("/proc")):
                try:
                    with open(f"/proc/{pid}/environ", "rb") as file:
                        if run["id"].encode() in file.read() and int(pid) != os.getpid():
                            found.append(pid)
                except OSError:
                    pass
            return found
        wait_for("no process of the run to be left", lambda: not left(), 10)


if __name__ == "__main__":
    main()
