#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Unmodified scripts that log with TensorBoard's, tensorboardX's, W&B's and CSV loggers: recorded while they run, with curves equal to
the log they wrote themselves; and what Lathe exports, read by the peers."""

import json
import math
import os
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]
import lathe_e2e  # noqa: E402
import venv  # noqa: E402

PACKAGES = ["tensorboardX==2.6.5", "tensorboard==2.21.0", "wandb==0.31.0", "numpy==2.4.6", "protobuf==7.36.2", "setuptools==66.1.1"]
PYTHON = venv.interpreter(os.environ["LATHE_VENVS"], "logs", PACKAGES)

READ_SCALARS = """
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator, TENSORS, SCALARS
from tensorboard.util import tensor_util
log = EventAccumulator(sys.argv[1], size_guidance={SCALARS: 0, TENSORS: 0})
log.Reload()
found = {tag: [(e.step, repr(e.value)) for e in log.Scalars(tag)] for tag in log.Tags()["scalars"]}
for tag in log.Tags()["tensors"]:
    events = log.Tensors(tag)
    if events[0].tensor_proto.dtype in (1, 2) and not events[0].tensor_proto.tensor_shape.dim:
        found[tag] = [(e.step, repr(float(tensor_util.make_ndarray(e.tensor_proto)))) for e in events]
json.dump(found, sys.stdout)
"""


def pairs(points):
    return [(point["step"], float(point["value"])) for point in points]


def as_numbers(rows):
    return [(step, float(value)) for step, value in rows]


class Logs(lathe_e2e.LatheTest):
    def peer(self, code, *args, cwd=None):
        done = subprocess.run([PYTHON, "-c", code, *map(str, args)], cwd=cwd or self.work, env=self.env, capture_output=True,
                              text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def record(self, text):
        """Runs the script under Lathe to its end; returns the run's id."""
        script = self.script(text)
        return json.loads(self.ok("run", "--json", "--", PYTHON, script))["id"]

    def assert_same(self, run, key, expected):
        got = pairs(self.points(run, key))
        self.assertEqual(len(got), len(expected), key)
        for (step, value), (own_step, own) in zip(got, expected):
            self.assertEqual(step, own_step, key)
            self.assertTrue(value == own or (math.isnan(value) and math.isnan(own)), f"{key} at {step}: {value} is not {own}")

    def test_tensorboardx_is_recorded_as_it_logged(self):
        run = self.record("""
import numpy as np
from tensorboardX import SummaryWriter
with SummaryWriter("runs/a") as log:
    for step in range(200):
        log.add_scalar("train/loss", 1 / (step + 1), step)
        log.add_scalars("both", {"x": step, "y": -step}, step)
    log.add_scalar("odd", float("nan"), 0)
    log.add_scalar("odd", float("inf"), 1)
    log.add_histogram("weights", np.arange(100.0), 3)
    log.add_image("picture", np.zeros((3, 4, 5), dtype="uint8"), 7)
    log.add_text("words", "hello", 9)
    log.add_hparams({"lr": 0.5, "name": "adam"}, {"hparam/best": 0.25})
""")
        own = json.loads(self.peer(READ_SCALARS, "runs/a"))
        for key in ("train/loss", "odd"):
            self.assert_same(run, key, as_numbers(own[key]))
        self.assertEqual(len(own["train/loss"]), 200)
        self.assertEqual(pairs(self.points(run, "both/x")), [(step, float(step)) for step in range(200)])
        self.assertEqual(pairs(self.points(run, "both/y"))[5], (5, -5.0))
        shown = self.show(run)
        self.assertEqual(shown["params"]["lr"], 0.5)
        journal = (self.store / "runs" / run / "journal.collect.jsonl").read_text().splitlines()
        events = [json.loads(line) for line in journal]
        kinds = {event["e"] for event in events}
        self.assertLessEqual({"histogram", "image", "text"}, kinds)
        image = next(event for event in events if event["e"] == "image")
        self.assertEqual((image["width"], image["height"]), (5, 4))
        self.assertTrue((self.store / "runs" / run / image["file"]).read_bytes().startswith(b"\x89PNG"))

    def test_two_folders_and_tensor_scalars_are_recorded(self):
        run = self.record("""
import numpy as np, time
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.scalar import metadata
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util import tensor_util
for part, sign in (("train", 1), ("validation", -1)):  # as Keras' callback lays them out
    writer = EventFileWriter("logs/" + part)
    for epoch in range(30):
        value = Summary.Value(tag="epoch_loss", tensor=tensor_util.make_tensor_proto(np.float32(sign * epoch / 3)),
                              metadata=metadata.create_summary_metadata("", ""))
        writer.add_event(Event(wall_time=time.time(), step=epoch, summary=Summary(value=[value])))
    writer.close()
""")
        for part in ("train", "validation"):
            own = json.loads(self.peer(READ_SCALARS, f"logs/{part}"))
            self.assert_same(run, f"{part}/epoch_loss", as_numbers(own["epoch_loss"]))

    def test_the_curve_is_there_while_the_script_runs(self):
        script = self.script("""
import pathlib, time
from tensorboardX import SummaryWriter
log = SummaryWriter("runs", flush_secs=1)
step = 0
while not pathlib.Path("enough").exists():
    log.add_scalar("loss", 1 / (step + 1), step)
    step += 1
    time.sleep(0.1)
log.close()
""")
        self.ok("run", "--detach", "--", PYTHON, script)
        run = self.runs()[0]["id"]
        lathe_e2e.wait_for("points of the running script", lambda: "loss" in json.dumps(self.show(run).get("metrics")), 60)
        self.assertEqual(self.state(run), "running")
        (self.work / "enough").touch()
        lathe_e2e.wait_for("its end", lambda: self.state(run) == "finished", 60)
        own = json.loads(self.peer(READ_SCALARS, "runs"))
        self.assert_same(run, "loss", as_numbers(own["loss"]))

    def test_wandb_needs_no_login_and_is_recorded(self):
        run = self.record("""
import wandb
with wandb.init(project="vision", name="first", tags=["a"], notes="why", config={"lr": 0.5, "model": {"depth": 3}}) as run:
    for step in range(50):
        run.log({"loss": 1 / (step + 1), "nested": {"acc": step}})
    run.log({"odd": float("nan"), "table": wandb.Table(columns=["x"], data=[[1], [2]])}, step=90)
    run.summary["best"] = 0.125
""")
        self.assert_same(run, "loss", [(step, 1 / (step + 1)) for step in range(50)])
        self.assert_same(run, "nested.acc", [(step, float(step)) for step in range(50)])
        self.assert_same(run, "odd", [(90, math.nan)])
        shown = self.show(run)
        self.assertEqual(shown["params"]["model.depth"], 3)
        self.assertEqual(shown["name"], "first")
        self.assertEqual(shown["tags"], ["a"])
        # The same folder, imported, gives the same curve.
        other = self.dir / "other"
        told = self.json("--store", other, "import", self.work / "wandb")
        self.assertEqual((told["new"], told["problems"]), (1, []))
        again = self.json("--store", other, "import", self.work / "wandb")
        self.assertEqual((again["new"], again["same"]), (0, 1))
        points = self.json("--store", other, "series", told["runs"][0], "loss")["points"]
        self.assertEqual(pairs(points), pairs(self.points(run, "loss")))

    def test_csv_that_is_written_again_with_more_columns(self):
        run = self.record("""
import csv, pathlib
rows = []
folder = pathlib.Path("lightning_logs/version_0")
folder.mkdir(parents=True)
(folder / "hparams.yaml").write_text("lr: 0.01\\nlayers: 3\\n")
for step in range(40):  # as Lightning's CSVLogger does
    rows.append({"step": step, "loss": 1 / (step + 1)} | ({"acc": step / 40} if step >= 20 else {}))
    with open(folder / "metrics.csv", "w", newline="") as file:
        table = csv.DictWriter(file, sorted({key for row in rows for key in row}))
        table.writeheader()
        table.writerows(rows)
""")
        self.assert_same(run, "loss", [(step, 1 / (step + 1)) for step in range(40)])
        self.assert_same(run, "acc", [(step, step / 40) for step in range(20, 40)])
        self.assertEqual(self.show(run)["params"]["layers"], 3)

    def test_tensorboard_and_wandb_read_what_is_exported(self):
        script = self.script("""
import lathe
lathe.params(lr=0.1, name="x")
for step in range(100):
    lathe.log({"loss": 1 / (step + 1), "half": step / 2}, step=step)
""")
        run = json.loads(self.ok("run", "--json", "--", lathe_e2e.PYTHON, script))["id"]
        told = self.json("export", run, "--to", "tensorboard", "--out", self.dir / "tb")["exported"][0]
        own = json.loads(self.peer(READ_SCALARS, told["path"]))
        for key in ("loss", "half"):
            self.assert_same(run, key, as_numbers(own[key]))
        # The web page's own door to the data.
        self.peer("""
import sys
from tensorboard import context
from tensorboard.backend.event_processing import data_provider, plugin_event_multiplexer
from tensorboard.plugins.scalar import metadata
all = plugin_event_multiplexer.EventMultiplexer(tensor_size_guidance={"scalars": 0})
all.AddRunsFromDirectory(sys.argv[1]); all.Reload()
data = data_provider.MultiplexerDataProvider(all, sys.argv[1])
runs = data.read_scalars(context.RequestContext(), experiment_id="", plugin_name=metadata.PLUGIN_NAME, downsample=10**6)
(tags,) = [tags for name, tags in runs.items() if name != "."]
assert [point.value for point in tags["loss"]] == [1 / (step + 1) for step in range(100)], tags["loss"][:3]
assert len(tags["half"]) == 100
""", self.dir / "tb")
        told = self.json("export", run, "--to", "wandb", "--out", self.dir / "wb")["exported"][0]
        count = self.peer("""
import glob, struct, sys, zlib
from wandb.proto import wandb_internal_pb2 as pb
data = open(glob.glob(sys.argv[1] + "/*.wandb")[0], "rb").read()
assert data[:7] == b":W&B\\xe1\\xbe\\x00"
at, held, found = 7, b"", 0
while at < len(data):
    if 32768 - at % 32768 < 7:
        at += 32768 - at % 32768
        continue
    total, length, kind = struct.unpack("<IHB", data[at:at + 7])
    assert zlib.crc32(data[at + 6:at + 7 + length]) == total
    held += data[at + 7:at + 7 + length]
    if kind in (1, 4):
        record = pb.Record.FromString(held)
        held = b""
        found += record.WhichOneof("record_type") == "history" and any(i.nested_key[:] == ["loss"] for i in record.history.item)
    at += 7 + length
print(found)
""", told["path"])
        self.assertEqual(int(count), 100)


if __name__ == "__main__":
    if PYTHON is None:
        print(f"skipped: {venv.reason}")
        sys.exit(77)
    lathe_e2e.main()
