# SPDX-License-Identifier: Apache-2.0
"""The window: every pane draws in both themes, wrong options are refused, a broken plugin harms no other."""

import subprocess
import struct
import unittest

from lathe_e2e import BIN, PYTHON, LatheTest, main


def png_size(path):
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n", "not a PNG file"
    return struct.unpack(">II", head[16:24])


class Workbench(LatheTest):
    def grab(self, *args, code=0):
        out = self.dir / "out.png"
        out.unlink(missing_ok=True)
        done = subprocess.run([BIN / "lathe-workbench", "--grab", out, "--workspace", self.work, *map(str, args)],
                              env=self.env, cwd=self.work, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return out, done

    def test_every_pane_in_both_themes(self):
        self.script("print('hello')")
        self.ok("run", "--name", "shown", "--", "sh", "-c", "for i in 1 2 3 4 5; do echo loss=0.$i step=$i; done")
        pictures = set()
        for theme in ("dark", "light"):
            for pane in ("files", "runs", "hosts", "git", "terminal"):
                out, _ = self.grab("--theme", theme, "--pane", pane, "--size", "1280x800", "--after", "0.5")
                self.assertEqual(png_size(out), (1280, 800))
                pictures.add(out.read_bytes())
        self.assertEqual(len(pictures), 10, "two panes or themes draw the very same picture")

    def test_opens_a_file_and_a_run(self):
        path = self.script("import math\nprint(math.pi)\n")
        self.ok("run", "--name", "shown", "--", "sh", "-c", "echo loss=0.1 step=1")
        out, _ = self.grab("--open", path, "--run", "shown", "--size", "1024x640")
        self.assertEqual(png_size(out), (1024, 640))

    def test_wrong_options(self):
        _, done = self.grab("--pane", "nonsense", code=3)
        self.assertIn("nonsense", done.stderr)
        self.grab("--size", "wide", code=2)
        self.grab("--theme", "pink", code=2)

    def test_plot_becomes_png_and_pdf(self):
        self.ok("run", "--name", "p", "--", "sh", "-c", "for i in 1 2 3; do echo loss=0.$i step=$i; done")
        for kind, magic in (("png", b"\x89PNG"), ("pdf", b"%PDF")):
            out = self.work / f"p.{kind}"
            self.ok("plot", "p", "--key", "loss", "--out", out)
            self.assertTrue(out.read_bytes().startswith(magic))


if __name__ == "__main__":
    main()
