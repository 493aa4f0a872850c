# SPDX-License-Identifier: Apache-2.0
"""Tests of the Python helper, each in processes of its own, as a training script would use it."""

import hashlib
import json
import os
import random
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import wave
import zlib

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
lathe.image("i", "no/such.png"); lathe.image("i", [[1, 2], [3]]); lathe.image("i", b"nothing"); lathe.audio("a", [0.1])
lathe.histogram("h"); lathe.histogram("h", []); lathe.histogram("h", [float("nan")]); lathe.table("t", ["a"], [[1, 2]])
lathe.artifact("a/b", "."); lathe.artifact("a", "/no/such"); lathe.use_artifact("none:v1"); lathe.goal("x", "up")
lathe.log(1, 2, 3, 4); lathe.init(frobnicate=1).log({"a": 1.0}); lathe.artifact("a", "/etc", frobnicate=1)
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
        for attempt in range(200):
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

    def events(self, folder, kind):
        return [line for line in self.lines(folder) if line["e"] == kind]

    def media(self, folder, event):
        with open(os.path.join(folder, event["file"]), "rb") as file:
            content = file.read()
        self.assertEqual(event["file"].split("/")[1].split(".")[0], hashlib.sha256(content).hexdigest())
        return content

    def png(self, content):
        """(width, height, channels, pixels), read without the writer's code."""
        self.assertEqual(content[:8], b"\x89PNG\r\n\x1a\n")
        at, chunks = 8, {}
        while at < len(content):
            (size,) = struct.unpack(">I", content[at : at + 4])
            kind, body = content[at + 4 : at + 8], content[at + 8 : at + 8 + size]
            self.assertEqual(struct.unpack(">I", content[at + 8 + size : at + 12 + size])[0], zlib.crc32(kind + body))
            chunks[kind] = body
            at += 12 + size
        width, height, depth, colour = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
        channels = {0: 1, 4: 2, 2: 3, 6: 4}[colour]
        raw, stride = zlib.decompress(chunks[b"IDAT"]), width * channels + 1
        self.assertEqual((depth, len(raw)), (8, height * stride))
        return width, height, channels, b"".join(raw[row * stride + 1 : (row + 1) * stride] for row in range(height))

    def test_summary_goal_group_alert_progress_checkpoint(self):
        folder = self.launched()
        self.script("""
lathe.summary({"acc": 0.5, "best": float("inf")}, words="good"); lathe.goal("acc", "max"); lathe.goal({"loss": "min"})
lathe.group("seeds"); lathe.alert("diverged", "at 3", level="warning"); lathe.progress(3, 10)
lathe.log({"a": 1.0}, step=6); lathe.checkpoint("ck/step_6"); lathe.log(b=2.0, step=7)
""", LATHE_RUN_DIR=folder)
        lines = [{k: v for k, v in line.items() if k != "t"} for line in self.lines(folder)]
        self.assertEqual(lines, [
            {"e": "summary", "v": {"acc": 0.5, "best": "inf", "words": "good"}},
            {"e": "goal", "v": {"acc": "max"}},
            {"e": "goal", "v": {"loss": "min"}},
            {"e": "group", "group": "seeds"},
            {"e": "alert", "level": "warn", "title": "diverged", "text": "at 3"},
            {"e": "progress", "s": 3, "total": 10},
            {"e": "metrics", "s": 6, "v": {"a": 1.0}},
            {"e": "checkpoint", "s": 6, "path": os.path.join(os.path.realpath(self.work), "ck/step_6")},
            {"e": "metrics", "s": 7, "v": {"b": 2.0}},
        ])

    def test_images_of_lists_buffers_files_and_bytes(self):
        folder = self.launched()
        self.script("""
lathe.image("grey", [[0.0, 0.5, 1.0], [1.0, float("nan"), 0.25]], step=1, caption="six")
lathe.image("rgb", [[[255, 0, 7], [1, 2, 3]]], step=2)
lathe.image("chw", [[[1, 2, 3, 4, 5]] * 5, [[6, 7, 8, 9, 10]] * 5, [[0, 0, 0, 0, 0]] * 5], step=3)
lathe.image("wide", [[-10.0, 0.0, 10.0]], step=4)
lathe.image("buffer", memoryview(bytes(range(6))).cast("B", (2, 3)), step=5)
from lathe import _png
lathe.image("many", [_png(1, 1, 1, b"x"), _png(2, 1, 1, b"xy"), _png(2, 1, 1, b"xy")], step=6, caption=["a", "b", "c"])
open("p.png", "wb").write(_png(4, 3, 4, bytes(48)))
lathe.image("path", "p.png", step=7)
class Figure:
    def savefig(self, file, format): file.write(_png(9, 8, 1, bytes(72)))
class Axes:
    figure = Figure()
class Picture:
    mode, size = "RGB", (2, 2)
    def save(self, file, format): file.write(_png(2, 2, 3, bytes(12)))
lathe.image("figure", Axes(), step=8); lathe.image("pil", Picture(), step=9)
""", LATHE_RUN_DIR=folder)
        images = self.events(folder, "image")
        names = [event["name"] for event in images]
        self.assertEqual(names, ["grey", "rgb", "chw", "wide", "buffer", "many", "many", "many", "path", "figure", "pil"])
        pixels = [self.png(self.media(folder, event)) for event in images]
        self.assertEqual(pixels[0], (3, 2, 1, bytes([0, 128, 255, 255, 0, 64])))
        self.assertEqual(pixels[1], (2, 1, 3, bytes([255, 0, 7, 1, 2, 3])))
        self.assertEqual(pixels[2][:3], (5, 5, 3))
        self.assertEqual(pixels[2][3][:6], bytes([1, 6, 0, 2, 7, 0]))
        self.assertEqual(pixels[3], (3, 1, 1, bytes([0, 128, 255])))
        self.assertEqual(pixels[4], (3, 2, 1, bytes(range(6))))
        self.assertEqual([(e["index"], e["caption"], e["width"]) for e in images[5:8]],
                         [(0, "a", 1), (1, "b", 2), (2, "c", 2)])
        self.assertEqual(images[6]["file"], images[7]["file"], "the same picture is one file")
        self.assertEqual([(e["width"], e["height"]) for e in images[8:]], [(4, 3), (9, 8), (2, 2)])
        self.assertEqual((images[0]["s"], images[0]["caption"]), (1, "six"))
        self.assertEqual([name for name in os.listdir(os.path.join(folder, "media")) if ".new" in name], [])

    def test_arrays_of_numpy_pillow_and_matplotlib(self):
        try:
            import numpy  # noqa: F401
        except ImportError:
            self.skipTest("NumPy is not installed for " + sys.executable)
        folder = self.launched()
        self.script("""
import numpy as np
a = np.arange(30, dtype=np.uint8).reshape(2, 5, 3)
lathe.image("u8", a, step=0); lathe.image("chw", np.moveaxis(a, 2, 0), step=0)
lathe.image("bool", np.array([[True, False]])); lathe.image("float", np.array([[0.0, 1.0]], np.float32))
lathe.image("list", [a, a * 2]); lathe.image("nan", np.array([[np.nan, 1.0]]))
lathe.histogram("h", np.array([0.0, 1.0, 1.0, np.inf]), bins=2)
lathe.audio("s", np.array([0.0, 1.0, -1.0]), rate=100)
lathe.table("t", ["a"], np.array([[1.5], [2.5]]))
""", LATHE_RUN_DIR=folder)
        images = {event["name"]: self.png(self.media(folder, event)) for event in self.events(folder, "image")}
        self.assertEqual(images["u8"], (5, 2, 3, bytes(range(30))))
        self.assertEqual(images["chw"], images["u8"])
        self.assertEqual(images["bool"], (2, 1, 1, bytes([255, 0])))
        self.assertEqual(images["float"], (2, 1, 1, bytes([0, 255])))
        self.assertEqual(images["list"][3], bytes(2 * i for i in range(30)))
        self.assertEqual(self.events(folder, "histogram")[0]["counts"], [1, 2])
        self.assertEqual(self.events(folder, "table")[0]["rows"], [[1.5], [2.5]])
        with wave.open(os.path.join(folder, self.events(folder, "audio")[0]["file"])) as sound:
            self.assertEqual(struct.unpack("<3h", sound.readframes(3)), (0, 32767, -32767))

    def test_histogram_table_and_audio_without_numpy(self):
        folder = self.launched()
        self.script("""
lathe.histogram("h", [0, 1, 2, [3, 4] and 3, 4, float("nan")], step=1, bins=4)
lathe.histogram("counted", edges=[0, 1, 2], counts=[5, 6], step=2); lathe.histogram("same", [2, 2], bins=1)
lathe.table("t", ["a", "b"], [[1, "x"], [float("inf"), None]], step=3)
lathe.table("dicts", [{"a": 1}, {"b": 2}]); lathe.table("large", ["n"], [["x" * 100]] * 20000)
lathe.audio("tone", [0.0, 0.5, -2.0 + 1.0], rate=8000, step=4)
lathe.audio("stereo", [[0, 1], [2, 3], [4, 5]], rate=10, step=5)
""", LATHE_RUN_DIR=folder)
        first, counted, same = self.events(folder, "histogram")
        self.assertEqual((first["edges"], first["counts"], first["s"]), ([0, 1, 2, 3, 4], [1, 1, 1, 2], 1))
        self.assertEqual((counted["edges"], counted["counts"]), ([0, 1, 2], [5, 6]))
        self.assertEqual((same["edges"], same["counts"]), ([1.5, 2.5], [2]))
        table, dicts, large = self.events(folder, "table")
        self.assertEqual((table["columns"], table["rows"]), (["a", "b"], [[1, "x"], ["inf", None]]))
        self.assertEqual((dicts["columns"], dicts["rows"]), (["a", "b"], [[1, None], [None, 2]]))
        self.assertEqual(len(json.loads(self.media(folder, large))["rows"]), 20000)
        self.assertNotIn("rows", large)
        tone, stereo = self.events(folder, "audio")
        with wave.open(os.path.join(folder, tone["file"])) as sound:
            self.assertEqual((sound.getframerate(), sound.getnchannels(), sound.getnframes()), (8000, 1, 3))
            self.assertEqual(struct.unpack("<3h", sound.readframes(3)), (0, 16384, -32767))
        with wave.open(os.path.join(folder, stereo["file"])) as sound:
            self.assertEqual((sound.getnchannels(), sound.getnframes()), (2, 3))
        self.assertAlmostEqual(stereo["seconds"], 0.3)

    def objects(self):
        found = {}
        for folder, _, names in os.walk(os.path.join(self.store, "objects")):
            for name in names:
                if len(name) == 64:
                    with open(os.path.join(folder, name), "rb") as file:
                        found[name] = file.read()
                    self.assertEqual(hashlib.sha256(found[name]).hexdigest(), name)
                else:
                    self.assertEqual(name, ".lock")
        return found

    def test_artifacts_are_kept_once_versioned_and_found_again(self):
        os.makedirs(os.path.join(self.work, "model", "sub"))
        for name, content in (("a.txt", "one"), ("sub/b.bin", "two"), ("sub/same.txt", "one")):
            with open(os.path.join(self.work, "model", name), "w") as file:
                file.write(content)
        with open(os.path.join(self.work, "big.bin"), "wb") as file:
            file.write(os.urandom(3 << 20))
        os.chmod(os.path.join(self.work, "model", "a.txt"), 0o755)
        out, err = self.script("""
made = lathe.artifact("net", "model", type="model", aliases=["best"], metadata={"loss": 0.5})
print(made.version, made.bytes, len(made.files))
open("model/a.txt", "w").write("changed")
print(lathe.artifact("net", "model").version, lathe.artifact("net", files={"x/big": "big.bin"}).version)
""")
        self.assertEqual((out.split(), err), (["v0", "9", "3", "v1", "v2"], ""))
        objects = self.objects()
        self.assertEqual(sorted(len(o) for o in objects.values() if len(o) < 10), [3, 3, 7], "kept once")
        first = self.events(self.only_run(), "artifact")[0]
        self.assertEqual(json.loads(objects[first["manifest"]]), {"files": [
            {"path": "a.txt", "sha256": hashlib.sha256(b"one").hexdigest(), "bytes": 3, "exec": True},
            {"path": "sub/b.bin", "sha256": hashlib.sha256(b"two").hexdigest(), "bytes": 3},
            {"path": "sub/same.txt", "sha256": hashlib.sha256(b"one").hexdigest(), "bytes": 3}]})
        self.assertEqual((first["role"], first["type"], first["aliases"], first["metadata"], first["bytes"]),
                         ("output", "model", ["best"], {"loss": 0.5}, 9))
        out, err = self.script("""
best = lathe.use_artifact("net:best"); best.get("copy")
print(best.version, lathe.use_artifact("net:v1").version, lathe.use_artifact("net").version, best.path("sub/b.bin"))
""")
        self.assertEqual((out.split()[:3], err), (["v0", "v1", "v2"], ""))
        with open(os.path.join(self.work, "copy", "sub", "b.bin")) as file:
            self.assertEqual(file.read(), "two")
        self.assertTrue(os.access(os.path.join(self.work, "copy", "a.txt"), os.X_OK))
        self.assertEqual([e["role"] for e in self.events(self.runs()[1], "artifact")], ["input"] * 3)
        os.unlink(os.path.join(self.store, "artifacts.cache"))
        self.assertIn("v2", self.script("print(lathe.use_artifact('net').version)")[0], "the cache is a cache")

    def test_huge_data_is_fingerprinted_and_not_copied(self):
        with open(os.path.join(self.work, "huge.bin"), "wb") as file:
            file.truncate(200 << 20)
        code = """
one = lathe.use_artifact("data", path="huge.bin")
with open("huge.bin", "r+b") as f: f.seek(0); f.write(b"x")
two = lathe.use_artifact("data", path="huge.bin")
url = lathe.artifact("far", "s3://bucket/x/y.tar")
print(one.version, two.version, one.files[0]["digest"][:15], url.files[0]["ref"], url.files[0]["path"])
"""
        out, err = self.script(code)
        self.assertEqual((out.split(), err), (["v0", "v1", "sampled-sha256:", "s3://bucket/x/y.tar", "y.tar"], ""))
        self.assertLess(sum(len(o) for o in self.objects().values()), 10000)

    def test_a_folder_of_ten_thousand_files(self):
        folder = os.path.join(self.work, "many")
        for part in range(100):
            os.makedirs(os.path.join(folder, str(part)))
            for n in range(100):
                with open(os.path.join(folder, str(part), "%d.txt" % n), "w") as file:
                    file.write("%d %d" % (part, n))
        out, err = self.script("print(len(lathe.artifact('many', 'many').files), lathe.artifact('many', 'many').version)")
        self.assertEqual((out.split(), err), (["10000", "v0"], ""))
        self.assertEqual(len(self.objects()), 10001)

    def test_kill_while_an_artifact_is_kept_leaves_no_false_object(self):
        with open(os.path.join(self.work, "big.bin"), "wb") as file:
            file.write(os.urandom(8 << 20))
        code = ("import lathe, sys\nlathe.log({'x': 1.0})\nprint('go', flush=True)\n"
                "for i in range(99):\n open('n', 'w').write(str(i))\n lathe.artifact('a', files=['big.bin', 'n'])\n")
        for attempt in range(15):
            process = subprocess.Popen([sys.executable, "-c", code], env=self.environment(), cwd=self.work,
                                       stdout=subprocess.PIPE)
            process.stdout.readline()
            time.sleep(random.uniform(0, 0.08))
            process.kill()
            process.stdout.close()
            process.wait()
        for folder, _, names in os.walk(os.path.join(self.store, "objects")):
            for name in names:
                if len(name) == 64:
                    with open(os.path.join(folder, name), "rb") as file:
                        self.assertEqual(hashlib.sha256(file.read()).hexdigest(), name)
        for run in self.runs():
            for event in self.events(run, "artifact"):
                with open(os.path.join(self.store, "objects", event["manifest"][:2], event["manifest"])) as file:
                    for entry in json.load(file)["files"]:
                        self.assertTrue(os.path.exists(
                            os.path.join(self.store, "objects", entry["sha256"][:2], entry["sha256"])))

    def test_a_run_made_here_is_resumed(self):
        self.script("lathe.log({'x': 1.0}, step=1)")
        folder = self.only_run()
        self.script("lathe.init(resume=%r); lathe.log({'x': 2.0}, step=2)" % os.path.basename(folder))
        self.assertEqual(self.points(self.only_run(), "x"), [(1, 1.0), (2, 2.0)])
        self.assertEqual([s["state"] for s in self.states(folder)], ["running", "finished"] * 2)
        _, err = self.script("lathe.init(resume='nothing'); lathe.finish()")
        self.assertIn("no run nothing to resume", err)

    def test_no_thread_in_a_launched_run_and_none_beside_a_fork(self):
        folder = self.launched()
        count = "import threading\nlathe.log({'x': 1.0})\nprint(threading.active_count())"
        self.assertEqual(self.script(count, LATHE_RUN_DIR=folder)[0], "1\n")
        out, err = self.script(count + """
import os, warnings
warnings.simplefilter("error")
for _ in range(20):
    pid = os.fork()
    if pid == 0:
        os._exit(threading.active_count())
    assert os.waitpid(pid, 0)[1] == 256
lathe.log({'x': 2.0}); print(threading.active_count())
""")
        self.assertEqual((out.split(), err), (["2", "2"], ""))

    def test_the_journal_reaches_the_disk_within_a_second(self):
        out, _ = self.script("""
import time
synced = []
original = lathe._fdatasync
lathe._fdatasync = lambda fd: (synced.append(lathe._now()), original(fd))
lathe._SYNC_SECONDS = 0.05
for i in range(100):
    lathe.log({"x": 1.0}); time.sleep(0.01)
print(len(synced) > 5)
""")
        self.assertEqual(out, "True\n")

    def test_old_python_can_compile_it(self):
        import ast

        with open(os.path.join(HELPER, "lathe.py"), encoding="utf-8") as file:
            ast.parse(file.read(), feature_version=(3, 8))


if __name__ == "__main__":
    unittest.main()
