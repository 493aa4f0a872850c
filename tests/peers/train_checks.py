# SPDX-License-Identifier: Apache-2.0
"""Reads with onnx, onnxruntime, safetensors and tokenizers what lathe-train wrote, and compares what comes out. Run by
test_train_peers.py with an interpreter that has them: train_checks.py WHAT FOLDER; the folder holds what the test made."""

import json
import math
import pathlib
import struct
import sys

import numpy as np
import onnx
import onnxruntime
from safetensors.numpy import load_file
from tokenizers import Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel

folder = pathlib.Path(sys.argv[2])


def cross_entropy(logits, targets):
    logits = logits.astype(np.float64)
    top = logits.max(axis=-1, keepdims=True)
    sums = np.log(np.exp(logits - top).sum(axis=-1)) + top[..., 0]
    return float((sums - np.take_along_axis(logits, targets[..., None], axis=-1)[..., 0]).mean())


def session(path):
    onnx.checker.check_model(str(path), full_check=True)
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def windows(path, context):
    """The windows of a text whose length is a multiple of the context: Lathe ends it with one NUL."""
    tokens = np.frombuffer(path.read_bytes() + b"\0", dtype=np.uint8).astype(np.int32)
    count = (len(tokens) - 1) // context
    assert count * context == len(tokens) - 1
    inputs = tokens[:-1].reshape(count, context)
    return inputs, tokens[1:].reshape(count, context).astype(np.int64)


def text_model():
    expected = json.loads((folder / "eval.json").read_text())["loss"]
    run = session(folder / "model.onnx")
    inputs, targets = windows(folder / "text.txt", run.get_inputs()[0].shape[1])
    logits = run.run(["logits"], {"input": inputs})[0]
    loss = cross_entropy(logits, targets)
    assert abs(loss - expected) < 1e-4, f"onnxruntime {loss}, lathe {expected}"
    one = run.run(["logits"], {"input": inputs[:1]})[0]
    assert np.abs(one - logits[:1]).max() < 1e-4, "the batch is not free"


def hugging_face():
    """GPT-2's forward in NumPy over the file as transformers lays it out."""
    config = json.loads((folder / "hf/config.json").read_text())
    weights = {k.removeprefix("transformer."): v.astype(np.float64) for k, v in load_file(folder / "hf/model.safetensors").items()}
    heads, context = config["n_head"], config["n_positions"]
    inputs, targets = windows(folder / "text.txt", context)

    def norm(x, name):
        mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
        return (x - mean) / np.sqrt(variance + config["layer_norm_epsilon"]) * weights[name + ".weight"] + weights[name + ".bias"]

    def conv1d(x, name):
        return x @ weights[name + ".weight"] + weights[name + ".bias"]

    x = weights["wte.weight"][inputs] + weights["wpe.weight"][None]
    batch, time, width = x.shape
    mask = np.triu(np.full((time, time), -np.inf), 1)
    for layer in range(config["n_layer"]):
        h = f"h.{layer}."
        q, k, v = (part.reshape(batch, time, heads, -1).swapaxes(1, 2)
                   for part in np.split(conv1d(norm(x, h + "ln_1"), h + "attn.c_attn"), 3, axis=-1))
        scores = q @ k.swapaxes(-1, -2) / math.sqrt(width // heads) + mask
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        y = (scores / scores.sum(-1, keepdims=True) @ v).swapaxes(1, 2).reshape(batch, time, width)
        x = x + conv1d(y, h + "attn.c_proj")
        m = conv1d(norm(x, h + "ln_2"), h + "mlp.c_fc")
        m = 0.5 * m * (1 + np.tanh(math.sqrt(2 / math.pi) * (m + 0.044715 * m ** 3)))
        x = x + conv1d(m, h + "mlp.c_proj")
    loss = cross_entropy(norm(x, "ln_f") @ weights["wte.weight"].T, targets)
    expected = json.loads((folder / "eval.json").read_text())["loss"]
    assert abs(loss - expected) < 1e-4, f"numpy {loss}, lathe {expected}"
    try:
        import torch
        from transformers import GPT2LMHeadModel
    except ImportError:
        print("transformers is not there: its GPT-2 was not asked")
        return
    model = GPT2LMHeadModel.from_pretrained(folder / "hf")
    with torch.no_grad():
        logits = model(torch.from_numpy(inputs.astype(np.int64))).logits.numpy()
    assert abs(cross_entropy(logits, targets) - expected) < 1e-4


def table_model():
    """Features brought to mean 0 as the checkpoint says, then the same loss."""
    data = json.loads((folder / "checkpoint.json").read_text())["data"]
    rows = [line.split(",") for line in (folder / "table.csv").read_text().splitlines()[1:]]
    x = np.array([[float(cell) for cell in row[:-1]] for row in rows], dtype=np.float32)
    x = (x - np.array(data["table"]["mean"], dtype=np.float32)) / np.array(data["table"]["deviation"], dtype=np.float32)
    y = np.array([data["class_names"].index(row[-1]) for row in rows])
    loss = cross_entropy(session(folder / "model.onnx").run(["logits"], {"input": x.astype(np.float32)})[0], y)
    expected = json.loads((folder / "eval.json").read_text())["loss"]
    assert abs(loss - expected) < 1e-4, f"onnxruntime {loss}, lathe {expected}"


def image_model():
    data = json.loads((folder / "checkpoint.json").read_text())["data"]["image"]
    images = (folder / "digits/train-images-idx3-ubyte").read_bytes()
    count, height, width = struct.unpack(">3i", images[4:16])
    x = np.frombuffer(images[16:], dtype=np.uint8).reshape(count, 1, height, width) / np.float32(255)
    x = (x - np.float32(data["mean"][0])) / np.float32(data["deviation"][0])
    y = np.frombuffer((folder / "digits/train-labels-idx1-ubyte").read_bytes()[8:], dtype=np.uint8).astype(np.int64)
    logits = session(folder / "model.onnx").run(["logits"], {"input": x.astype(np.float32)})[0]
    evaluated = json.loads((folder / "eval.json").read_text())
    loss = cross_entropy(logits, y)
    assert abs(loss - evaluated["loss"]) < 1e-4, f"onnxruntime {loss}, lathe {evaluated['loss']}"
    assert abs((logits.argmax(-1) == y).mean() - evaluated["accuracy"]) < 1e-6


def tokens():
    """The learnt merges cut a text as the tokenizers library cuts it with the same two files."""
    with open(folder / "text.lpk", "rb") as file:
        assert file.read(8) == b"LATHEPK1"
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        begin, count = header["parts"]["train"]
        file.seek(begin)
        ours = list(struct.unpack(f"<{count}I", file.read(4 * count)))
    files = folder / "text.lpk.tokenizer"
    theirs = Tokenizer(BPE.from_file(str(files / "vocab.json"), str(files / "merges.txt")))
    theirs.pre_tokenizer = ByteLevel(add_prefix_space=False)
    theirs.decoder = ByteLevelDecoder()
    text = (folder / "words.txt").read_text()
    expected = theirs.encode(text).ids
    assert ours[-1] == json.loads((files / "vocab.json").read_text())["<|endoftext|>"]
    assert ours[:-1] == expected, f"first difference at {next(i for i, (a, b) in enumerate(zip(ours, expected)) if a != b)}"
    assert theirs.decode(expected) == text


{"text": text_model, "hf": hugging_face, "table": table_model, "image": image_model, "tokens": tokens}[sys.argv[1]]()
print("ok", sys.argv[1])
