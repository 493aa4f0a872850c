#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_layers.py finds each breach, in both forms of include, and lets pass what is right."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECKER = pathlib.Path(__file__).parent / "check_layers.py"
APACHE = "// SPDX-License-Identifier: Apache-2.0\n"
GPL = "// SPDX-License-Identifier: GPL-3.0-or-later\n"

RIGHT = {
    "engine/core/json.h": APACHE,
    "engine/record/run.h": APACHE + '#include "core/json.h"\n#include <string>\n',
    "engine/train/recipe.h": APACHE + '#include "core/json.h"\n',
    "engine/cli/main.cpp": APACHE + '#include "record/run.h"\n#include "engine.h"\n',
    "engine/engine.h": APACHE + '#include "record/run.h"\n',
    "app/pane.h": GPL + "#include <QWidget>\n",
    "plugins/runs/table.h": GPL + '#include "app/pane.h"\n#include "record/run.h"\n',
    "plugins/git/pane.cpp": GPL + '#include "app/pane.h"\n',
}


class CheckLayers(unittest.TestCase):
    def check(self, **changes):
        """The checker's exit code and words for the right tree with these files changed (a__b.h is a/b.h)."""
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            files = RIGHT | {name.replace("__", "/").replace("_h", ".h").replace("_cpp", ".cpp"): text
                             for name, text in changes.items()}
            for name, text in files.items():
                path = root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            done = subprocess.run([sys.executable, CHECKER, folder], capture_output=True, text=True)
            return done.returncode, done.stdout

    def refused(self, words, **changes):
        code, said = self.check(**changes)
        self.assertEqual(code, 1, said)
        self.assertIn(words, said)
        self.assertIn("1 breach", said)

    def both(self, words, place, head, name):
        for form in ('"%s"', "<%s>"):
            self.refused(words, **{place: head + "#include " + form % name + "\n"})

    def test_the_right_tree_passes(self):
        self.assertEqual(self.check(), (0, ""))

    def test_layers(self):
        self.both("core may not include record", "engine__core__up_h", APACHE, "record/run.h")
        self.both("cli may not include train", "engine__cli__up_cpp", APACHE, "train/recipe.h")
        self.both("record may not include train", "engine__record__up_h", APACHE, "train/recipe.h")
        self.both("only cli and the app hold the facade", "engine__record__up_h", APACHE, "engine.h")
        self.both("engine/ includes app/pane.h", "engine__core__up_h", APACHE, "app/pane.h")
        self.refused("is not in the list of layers", engine__new__one_h=APACHE)

    def test_no_qt_in_the_engine(self):
        for name in ("QString", "QtCore/QString", "qglobal.h", "Qsci/qsciscintilla.h"):
            self.both("includes Qt's", "engine__core__up_h", APACHE, name)

    def test_app_and_plugins(self):
        self.both("app/ includes the plugin header", "app__up_h", GPL, "plugins/runs/table.h")
        self.both("plugin git includes plugin runs", "plugins__git__up_h", GPL, "plugins/runs/table.h")
        self.both("talks to lathe-train as a process", "plugins__git__up_h", GPL, "train/recipe.h")
        self.both("talks to lathe-train as a process", "app__up_h", GPL, "train/recipe.h")

    def test_what_is_linux_s_own(self):
        self.both("is Linux's own", "engine__record__up_cpp", APACHE, "sys/inotify.h")
        self.both("is Linux's own", "app__up_cpp", GPL, "linux/limits.h")
        self.assertEqual(self.check(engine__core__process_cpp=APACHE + "#include <sys/prctl.h>\n")[0], 0)

    def test_cycles_heads_and_length(self):
        for form in ('"%s"', "<%s>"):
            include = "#include " + form + "\n"
            self.refused("cycle of includes", engine__core__a_h=APACHE + include % "core/b.h",
                         engine__core__b_h=APACHE + include % "core/a.h")
        self.refused("wants the head", engine__core__up_h="int x;\n")
        self.refused("wants the head", engine__core__up_h=GPL)
        self.refused("split it", engine__core__up_h=APACHE + "\n" * 700)
        self.assertEqual(self.check(engine__core__up_h=APACHE + "// Long because of a table.\n" + "\n" * 700)[0], 0)


if __name__ == "__main__":
    unittest.main()
