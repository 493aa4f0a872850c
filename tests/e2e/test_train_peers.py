# SPDX-License-Identifier: Apache-2.0
"""What lathe-train exports is read by the programs that it is for: onnxruntime, safetensors, tokenizers (and transformers
where it is installed), from PyPI in pinned versions."""

import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

BIN = pathlib.Path(os.environ["LATHE_BIN_DIR"])
SOURCE = pathlib.Path(os.environ["LATHE_SOURCE_DIR"])
sys.path.insert(0, str(SOURCE / "tests/peers"))
import venv  # noqa: E402

PACKAGES = ["numpy==1.26.4", "onnx==1.16.2", "onnxruntime==1.18.1", "safetensors==0.4.4", "tokenizers==0.20.0"]


class TrainPeers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.python = venv.interpreter(str(BIN.parent / "peers"), "train", PACKAGES)
        if cls.python is None:
            raise unittest.SkipTest(venv.reason)

    def setUp(self):
        self._temp = tempfile.TemporaryDirectory(prefix="lathe-peers-")
        self.addCleanup(self._temp.cleanup)
        self.dir = pathlib.Path(self._temp.name)
        words = ["loss falls", "the model learns", "what follows", "it's 42 times", "naïve café", "— 漢字 —"]
        text = "".join(f"{words[i % 6]}, {words[i * 7 % 5]} {i % 13}.\n" for i in range(600))
        data = text.encode()[: 16 * 600]
        (self.dir / "text.txt").write_bytes(data)
        (self.dir / "words.txt").write_text(text)

    def train(self, *words):
        environment = {k: v for k, v in os.environ.items() if k not in ("LATHE_RUN_DIR", "WORLD_SIZE", "LATHE_WORKSPACE")}
        done = subprocess.run([BIN / "lathe-train", *map(str, words)], capture_output=True, text=True, env=environment, timeout=240)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def check(self, what):
        done = subprocess.run([self.python, "-B", SOURCE / "tests/peers/train_checks.py", what, self.dir],
                              capture_output=True, text=True, timeout=240)
        self.assertEqual(done.returncode, 0, done.stderr[-3000:])
        print(done.stdout.strip())

    def trained(self, recipe):
        """Trains, evaluates on all of the data and exports; leaves what the checks read."""
        (self.dir / "recipe.yaml").write_text(json.dumps(recipe))
        run = self.dir / "run"
        shutil.rmtree(run, ignore_errors=True)
        self.train("train", self.dir / "recipe.yaml", "--out", run)
        (self.dir / "eval.json").write_text(self.train("eval", run, "--json"))
        self.train("export", run, self.dir / "model.onnx")
        steps = recipe["train"]["steps"]
        shutil.copy(run / f"checkpoints/step_{steps}/checkpoint.json", self.dir / "checkpoint.json")
        return run

    def text_recipe(self, **model):
        return {"model": model, "data": {"path": str(self.dir / "text.txt"), "validation": 0},
                "optim": {"lr": 0.01}, "train": {"steps": 20, "batch": 8}}

    def test_gpt(self):
        run = self.trained(self.text_recipe(kind="gpt", layers=2, width=32, heads=4, context=16))
        self.check("text")
        self.train("export", run, self.dir / "hf")
        self.check("hf")
        # And back: the same loss from the folder that was exported.
        again = json.loads(self.train("eval", self.dir / "hf", "--data", self.dir / "text.txt", "--json"))
        self.assertAlmostEqual(again["loss"], json.loads((self.dir / "eval.json").read_text())["loss"], places=5)

    def test_table(self):
        rows = [(i % 17 - 8, i * 7 % 11 - 5) for i in range(300)]
        lines = ["a,b,kind"] + [f"{a},{b},{'near' if a * a + b * b < 40 else 'far'}" for a, b in rows]
        (self.dir / "table.csv").write_text("\n".join(lines) + "\n")
        self.trained({"model": {"kind": "mlp", "layers": 2, "width": 16},
                      "data": {"path": str(self.dir / "table.csv"), "validation": 0},
                      "train": {"steps": 60, "batch": 32}})
        self.check("table")

    def digits(self):
        folder = self.dir / "digits"
        folder.mkdir(exist_ok=True)
        pixels, labels = bytearray(), bytearray()
        for i in range(64):
            pixels += bytes((i * 37 + k * k * 11) % 200 if k // 64 != i % 4 else 255 for k in range(256))
            labels.append(i % 4)
        (folder / "train-images-idx3-ubyte").write_bytes(struct.pack(">4i", 0x803, 64, 16, 16) + pixels)
        (folder / "train-labels-idx1-ubyte").write_bytes(struct.pack(">2i", 0x801, 64) + labels)
        return {"data": {"path": str(folder), "validation": 0}, "train": {"steps": 12, "batch": 16}}

    def test_images(self):
        self.trained(self.digits() | {"model": {"kind": "mlp", "layers": 1, "width": 16}})
        self.check("image")

    def test_resnet_and_vit(self):
        self.trained(self.digits() | {"model": {"kind": "resnet18", "width": 8}})
        self.check("image")
        self.trained(self.digits() | {"model": {"kind": "vit", "layers": 2, "width": 24, "heads": 2, "patch": 4}})
        self.check("image")

    def test_llama_and_lstm(self):
        run = self.trained(self.text_recipe(kind="llama", layers=2, width=32, heads=4, key_heads=2, context=16))
        self.check("text")
        self.train("export", run, self.dir / "hf")
        again = json.loads(self.train("eval", self.dir / "hf", "--data", self.dir / "text.txt", "--json"))
        self.assertAlmostEqual(again["loss"], json.loads((self.dir / "eval.json").read_text())["loss"], places=5)
        self.trained(self.text_recipe(kind="lstm", layers=2, width=24, context=16))
        self.check("text")

    def test_tokens(self):
        (self.dir / "recipe.yaml").write_text(json.dumps(
            {"model": {"kind": "gpt", "context": 16},
             "data": {"path": str(self.dir / "words.txt"), "tokenizer": "bpe", "vocabulary": 400, "validation": 0}}))
        self.train("pack", self.dir / "recipe.yaml", self.dir / "text.lpk")
        self.check("tokens")


if __name__ == "__main__":
    unittest.main()
