# SPDX-License-Identifier: Apache-2.0
"""What the end-to-end tests share: a store of their own, the programs, and waiting with a deadline."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

BIN = pathlib.Path(os.environ["LATHE_BIN_DIR"])
SOURCE = pathlib.Path(os.environ["LATHE_SOURCE_DIR"])
SAMPLE = SOURCE / "resources/samples/gpt-bytes.yaml"
PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable


def wait_for(what, condition, seconds=30.0):
    """Polls until condition() is true and returns its value; fails with `what` after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain: {what}")
        time.sleep(0.05)


class LatheTest(unittest.TestCase):
    """Each test has a folder, a store and a home of its own."""

    maxDiff = None

    def setUp(self):
        self._temp = tempfile.TemporaryDirectory(prefix="lathe-e2e-", ignore_cleanup_errors=True)
        self.addCleanup(self._temp.cleanup)
        self.dir = pathlib.Path(self._temp.name)
        self.store = self.dir / "store"
        self.work = self.dir / "work"
        self.work.mkdir()
        home = self.dir / "home"
        home.mkdir()
        self.env = {key: value for key, value in os.environ.items() if not key.startswith("XDG_")}
        self.env.update(HOME=str(home), LATHE_STORE=str(self.store), LC_ALL="C.UTF-8")
        self.env.pop("PYTHONPATH", None)
        self.addCleanup(self._stop_all)

    def _stop_all(self):
        for run in self.runs():
            if run["state"] in ("starting", "running"):
                self.lathe("stop", run["id"], "--grace", "0")

    def lathe(self, *args, cwd=None, env=None, timeout=120, stdin=subprocess.DEVNULL):
        """Runs `lathe` to its end; returns CompletedProcess with text output."""
        return subprocess.run([BIN / "lathe", *map(str, args)], cwd=cwd or self.work, env=env or self.env,
                              stdin=stdin, capture_output=True, text=True, errors="replace", timeout=timeout)

    def start(self, *args, **options):
        return subprocess.Popen([BIN / "lathe", *map(str, args)], cwd=self.work, env=self.env,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                text=True, errors="replace", **options)

    def ok(self, *args, **options):
        done = self.lathe(*args, **options)
        self.assertEqual(done.returncode, 0, f"lathe {args}: {done.stdout}\n{done.stderr}")
        return done.stdout

    def json(self, *args, **options):
        return json.loads(self.ok(*args, "--json", **options))

    def runs(self):
        if not self.store.exists():
            return []
        listed = self.json("ls")
        return listed["runs"] if isinstance(listed, dict) else listed

    def show(self, run):
        return self.json("show", run)

    def state(self, run):
        return self.show(run)["state"]

    def points(self, run, key):
        return self.json("series", run, key)["points"]

    def script(self, text, name="script.py"):
        path = self.work / name
        path.write_text(text)
        return path


def main():
    unittest.main(verbosity=2)
