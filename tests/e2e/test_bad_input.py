# SPDX-License-Identifier: Apache-2.0
"""Each wrong input gives one clear message with what to do, and an exit code; nothing is lost."""

import os
import subprocess
import unittest

from lathe_e2e import PYTHON, SAMPLE, LatheTest, main, wait_for


class BadInput(LatheTest):
    def refused(self, args, code, *words, env=None):
        done = self.lathe(*args, env=env)
        text = done.stdout + done.stderr
        self.assertEqual(done.returncode, code, text)
        for word in words:
            self.assertIn(word, text)
        self.assertNotIn("terminate called", text)
        self.assertNotIn("Traceback", text)
        self.assertLess(len(done.stderr.strip().splitlines()), 6, text)
        return text

    def recipe(self, text):
        path = self.work / "r.yaml"
        path.write_text(text)
        return path

    def test_no_such_recipe(self):
        self.refused(["run", "nothing.yaml"], 3, "nothing.yaml")
        self.assertEqual(self.runs(), [])

    def test_a_script_where_a_recipe_belongs(self):
        (self.work / "train.py").write_text("print('hello')\n")
        self.refused(["run", "train.py"], 2, "lathe run -- python3 train.py")
        self.refused(["run", "python3", "train.py"], 2, "lathe run -- python3 train.py")

    def test_yaml_that_does_not_parse_says_line_and_column(self):
        text = self.refused(["run", self.recipe("model:\n  kind: gpt\n  layers: [1, 2\ntrain: x\n")], 2, "YAML")
        self.assertRegex(text, r"r\.yaml:4:\d+: ")

    def test_unknown_key_names_the_nearest(self):
        self.refused(["run", self.recipe("train:\n  setps: 10\n")], 2, "train.setps", "train.steps")
        self.refused(["run", SAMPLE, "--set", "optim.lrr=1"], 2, "optim.lrr", "optim.lr")

    def test_impossible_values(self):
        for value in ("train.steps=-1", "train.steps=many", "parallel.data=0", "optim.lr=-3"):
            self.refused(["run", SAMPLE, "--set", value], 2, value.split("=")[0])

    def test_empty_folder(self):
        (self.work / "empty").mkdir()
        self.refused(["run", SAMPLE, "--set", f"data.path={self.work}/empty"], 2, "empty")

    def test_missing_data_folder(self):
        self.refused(["run", SAMPLE, "--set", "data.path=/no/such/folder"], 3, "/no/such/folder")

    def test_command_not_found(self):
        self.refused(["run", "--", "no-such-program-here"], 3, "no-such-program-here", "not found")

    def test_no_command(self):
        self.refused(["run"], 2, "lathe run")

    def test_unknown_run_and_series(self):
        self.refused(["show", "nobody"], 3, "nobody")
        self.ok("run", "--name", "r", "--", "sh", "-c", "echo loss=1 step=1")
        self.refused(["series", "r", "lsos"], 3, "lsos", "loss")
        self.refused(["stop", "r"], 2, "r")

    @unittest.skipIf(os.geteuid() == 0 and not os.path.exists("/usr/bin/unshare"), "needs unshare as root")
    def test_store_read_only(self):
        self.ok("run", "--name", "kept", "--", "true")
        if os.geteuid() == 0:
            # Root ignores modes: a read-only bind mount in a namespace of its own is what a read-only disk is.
            probe = subprocess.run(["unshare", "--mount", "mount", "--bind", self.store, self.store],
                                   capture_output=True, text=True)
            if probe.returncode:
                self.skipTest("mount namespaces are not allowed here: " + probe.stderr.strip())
            script = (f"mount --bind {self.store} {self.store} && mount -o remount,ro,bind {self.store} && "
                      f"{os.environ['LATHE_BIN_DIR']}/lathe run -- true; code=$?; "
                      f"{os.environ['LATHE_BIN_DIR']}/lathe show kept --json >/dev/null || exit 99; exit $code")
            done = subprocess.run(["unshare", "--mount", "sh", "-c", script], env=self.env, cwd=self.work,
                                  capture_output=True, text=True)
        else:
            subprocess.run(["chmod", "-R", "a-w", self.store], check=True)
            self.addCleanup(subprocess.run, ["chmod", "-R", "u+w", self.store])
            done = self.lathe("run", "--", "true")
        self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
        self.assertIn(str(self.store), done.stderr)

    def test_torn_and_garbage_lines_are_skipped_and_reported(self):
        self.ok("run", "--name", "t", "--", "sh", "-c", "for i in 1 2 3; do echo loss=$i step=$i; done")
        journal = self.store / "runs" / self.show("t")["id"] / "journal.jsonl"
        with journal.open("ab") as file:
            file.write(b'garbage \xff line\n{"t":1,"e":"metrics","s":9,"v":{"loss":9}}\n{"t":2,"e":"met')
        self.assertEqual([p["value"] for p in self.points("t", "loss")], [1, 2, 3, 9])
        self.assertGreaterEqual(self.show("t")["tornLines"], 1)

    def test_a_damaged_run_is_listed_and_harms_no_other(self):
        self.ok("run", "--name", "good", "--", "true")
        bad = self.store / "runs" / "01hzzzzzzzzzzzzzzzzzzzzzzz"
        bad.mkdir()
        (bad / "run.json").write_text("{ not json")
        listed = self.runs()
        self.assertEqual(len(listed), 2)
        self.assertEqual(len([run for run in listed if run.get("problem")]), 1)

    def test_two_writers_on_one_journal(self):
        self.ok("run", "--detach", "--name", "w", "--", "sleep", "30")
        run = wait_for("the run", lambda: self.state("w") == "running" and self.show("w"))
        folder = self.store / "runs" / run["id"]
        second = subprocess.run([os.environ["LATHE_BIN_DIR"] + "/lathe-agent", "supervise", folder], env=self.env,
                                capture_output=True, text=True, timeout=30)
        self.assertEqual(second.returncode, 5, second.stdout + second.stderr)
        self.assertIn("journal", second.stderr)
        self.assertEqual(self.state("w"), "running")
        self.ok("stop", "w", "--grace", "1")

    def test_unknown_option_and_command(self):
        self.refused(["run", "--nmae", "x", "--", "true"], 2, "--nmae")
        self.refused(["lss"], 2, "lss")

    def test_host_unreachable(self):
        config = self.work / "ssh_config"
        config.write_text("Host gone\n  HostName 127.0.0.1\n  Port 1\n")
        self.refused(["run", "--host", "gone", "--", "true"], 6, "gone",
                     env=dict(self.env, LATHE_SSH_CONFIG=str(config)))


if __name__ == "__main__":
    main()
