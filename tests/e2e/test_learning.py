# SPDX-License-Identifier: Apache-2.0
"""A ResNet learns to read digits: MNIST's test files, 9,000 to learn from and 1,000 kept out, above 98%. Skipped where the
files are not there; LATHE_TEST_DATA, or ../shared/data beside the sources, is looked at."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

BIN = pathlib.Path(os.environ["LATHE_BIN_DIR"])
SOURCE = pathlib.Path(os.environ["LATHE_SOURCE_DIR"])
IMAGES, LABELS = "mnist-t10k-images-idx3-ubyte.gz", "mnist-t10k-labels-idx1-ubyte.gz"


def data_folder():
    places = [os.environ.get("LATHE_TEST_DATA"), SOURCE.parent / "shared/data", SOURCE.parent.parent / "shared/data"]
    return next((pathlib.Path(p) for p in places if p and (pathlib.Path(p) / IMAGES).exists()), None)


class Learning(unittest.TestCase):
    def test_resnet_reads_digits(self):
        data = data_folder()
        if data is None:
            self.skipTest(f"{IMAGES} is not there; put it and {LABELS} into a folder and name it in LATHE_TEST_DATA")
        with tempfile.TemporaryDirectory(prefix="lathe-learning-") as folder:
            mnist = pathlib.Path(folder) / "mnist"
            mnist.mkdir()
            for name in (IMAGES, LABELS):
                (mnist / name).symlink_to(data / name)
            run = pathlib.Path(folder) / "run"
            done = subprocess.run([BIN / "lathe-train", "train", SOURCE / "resources/samples/resnet-digits.yaml", "--out", run,
                                   "--set", f"data.path={mnist}"], capture_output=True, text=True, timeout=1500)
            self.assertEqual(done.returncode, 0, done.stderr)
            points = [json.loads(line) for line in (run / "journal.0.jsonl").read_text().splitlines()]
            accuracy = [p["v"]["val/accuracy"] for p in points if p["e"] == "metrics" and "val/accuracy" in p["v"]]
            print(done.stdout.splitlines()[-1], "accuracy", accuracy)
            self.assertGreater(accuracy[-1], 0.98)
            plan = next(line for line in done.stdout.splitlines() if line.startswith("data"))
            self.assertIn("9000", plan)


if __name__ == "__main__":
    unittest.main()
