# SPDX-License-Identifier: Apache-2.0
"""A run on a box behind a real sshd on loopback outlives the connection and is whole here afterwards."""

import getpass
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time
import unittest

from lathe_e2e import BIN, PYTHON, LatheTest, main, wait_for

SSHD = "/usr/sbin/sshd"


@unittest.skipUnless(os.path.exists(SSHD) and shutil.which("ssh-keygen"), "openssh-server is not installed")
class Ssh(LatheTest):
    def setUp(self):
        super().setUp()
        self.box = self.dir / "box"
        self.box.mkdir(mode=0o700)
        for key in ("host", "user", "other"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.box / key], check=True)
        (self.box / "authorized").write_text((self.box / "user.pub").read_text())
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.known("host")
        # The far side has a home and a store of its own, so that nothing is found here by accident.
        self.far_home = self.box / "home"
        self.far_home.mkdir()
        (self.box / "config").write_text(
            f"Host box\n  HostName 127.0.0.1\n  Port {self.port}\n  User {getpass.getuser()}\n"
            f"  IdentityFile {self.box}/user\n  IdentitiesOnly yes\n  UserKnownHostsFile {self.box}/known\n"
            "  GlobalKnownHostsFile /dev/null\n  ConnectTimeout 5\n")
        self.env["LATHE_SSH_CONFIG"] = str(self.box / "config")
        self.env.pop("SSH_AUTH_SOCK", None)
        self.sshd = None
        self.serve()
        self.addCleanup(self.cut)

    def known(self, key):
        public = (self.box / f"{key}.pub").read_text().split()[:2]
        (self.box / "known").write_text(f"[127.0.0.1]:{self.port} {' '.join(public)}\n")

    def serve(self):
        os.makedirs("/run/sshd", exist_ok=True) if os.geteuid() == 0 else None
        self.sshd = subprocess.Popen(
            [SSHD, "-D", "-e", "-f", "/dev/null", "-p", str(self.port), "-h", self.box / "host",
             "-o", "ListenAddress=127.0.0.1", "-o", f"PidFile={self.box}/pid",
             "-o", f"AuthorizedKeysFile={self.box}/authorized", "-o", "StrictModes=no", "-o", "UsePAM=no",
             "-o", "PermitRootLogin=yes", "-o", "Subsystem=sftp internal-sftp",
             "-o", f"SetEnv=HOME={self.far_home} XDG_DATA_HOME={self.far_home}/data"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=(self.box / "sshd.log").open("ab"))

        def up():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0
        wait_for("sshd", up)

    def cut(self):
        """kill -9 of the listener and of every connection it serves."""
        if not self.sshd:
            return
        children = subprocess.run(["pgrep", "-P", str(self.sshd.pid)], capture_output=True, text=True).stdout.split()
        grandchildren = [pid for child in children for pid in
                         subprocess.run(["pgrep", "-P", child], capture_output=True, text=True).stdout.split()]
        for pid in [self.sshd.pid, *map(int, children), *map(int, grandchildren)]:
            try:
                name = pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
                if name == "sshd":
                    os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        self.sshd.wait()
        self.sshd = None

    def test_a_run_on_the_box_outlives_the_connection_and_is_whole_here(self):
        far = self.dir / "far"
        far.mkdir()
        (far / "train.py").write_text("import lathe, time\nfor i in range(150):\n"
                                      "    lathe.log({'i': i}, step=i)\n    print('line', i, flush=True)\n"
                                      "    time.sleep(0.04)\n")
        cli = self.start("run", "--host", "box", "--name", "far", "--cwd", far, "--", PYTHON, "train.py")
        wait_for("the run's first points here", lambda: self.runs() and self.show("far")["metrics"].get("i"), 60)
        self.cut()
        time.sleep(1)
        self.assertNotIn(self.state("far"), ("finished", "failed", "stopped"))
        self.serve()
        said, _ = cli.communicate(timeout=90)
        self.assertEqual(cli.returncode, 0, said)
        self.assertEqual(self.state("far"), "finished")
        self.assertEqual([p["step"] for p in self.points("far", "i")], list(range(150)))
        text = self.ok("logs", "far")
        self.assertEqual([line for line in text.splitlines() if line.startswith("line")],
                         [f"line {i}" for i in range(150)])

    def test_a_detached_run_is_caught_up_later(self):
        self.ok("run", "--host", "box", "--detach", "--name", "far", "--", "sh", "-c",
                "for i in 1 2 3 4 5; do echo loss=$i step=$i; sleep 0.1; done")
        self.cut()
        time.sleep(1.5)
        self.serve()
        self.assertEqual(self.lathe("logs", "far", "-f", timeout=60).returncode, 0)
        wait_for("the end to be known here", lambda: self.state("far") == "finished", 30)
        self.assertEqual([p["value"] for p in self.points("far", "loss")], [1, 2, 3, 4, 5])

    def test_stop_reaches_the_box(self):
        self.ok("run", "--host", "box", "--detach", "--name", "far", "--", "sleep", "987")
        self.ok("stop", "far", "--grace", "1")
        wait_for("stopped", lambda: self.state("far") == "stopped", 30)

    def test_a_changed_host_key_stops(self):
        self.known("other")
        done = self.lathe("run", "--host", "box", "--", "true")
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("known", done.stderr)
        self.assertIn("key", done.stderr)

    def test_an_unknown_host_key_is_not_accepted_without_asking(self):
        (self.box / "known").write_text("")
        done = self.lathe("run", "--host", "box", "--", "true")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("SHA256:", done.stderr)
        self.assertEqual((self.box / "known").read_text(), "")

    def test_a_refused_key_says_so(self):
        (self.box / "authorized").write_text((self.box / "other.pub").read_text())
        done = self.lathe("run", "--host", "box", "--", "true")
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("box", done.stderr)


if __name__ == "__main__":
    main()
