#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""From `lathe run` to the sample's first recorded step, beside PyTorch's way to the same: interpreter, import, model,
one step. Prints both in seconds and the line `first-step: ours=… peer=… ratio=…` (peer over ours).

    tests/bench/first_step.py [BIN_DIR] [--runs N]
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

PEER = """
import time, os, sys
start = float(sys.argv[1])
import torch, torch.nn as nn, torch.nn.functional as F
class Block(nn.Module):
    def __init__(s, w, h):
        super().__init__()
        s.n1, s.n2, s.h = nn.LayerNorm(w), nn.LayerNorm(w), h
        s.qkv, s.o, s.up, s.down = nn.Linear(w, 3 * w), nn.Linear(w, w), nn.Linear(w, 4 * w), nn.Linear(4 * w, w)
    def forward(s, x):
        b, t, c = x.shape
        q, k, v = (z.view(b, t, s.h, c // s.h).transpose(1, 2) for z in s.qkv(s.n1(x)).chunk(3, -1))
        a = (q @ k.transpose(-1, -2) / (c // s.h) ** 0.5)
        a = a.masked_fill(torch.ones(t, t).triu(1).bool(), float('-inf')).softmax(-1) @ v
        x = x + s.o(a.transpose(1, 2).reshape(b, t, c))
        return x + s.down(F.gelu(s.up(s.n2(x))))
w, h, layers, t, b = 128, 4, 4, 128, 16
emb, pos = nn.Embedding(256, w), nn.Embedding(t, w)
net, head = nn.Sequential(*[Block(w, h) for _ in range(layers)], nn.LayerNorm(w)), nn.Linear(w, 256)
params = [p for m in (emb, pos, net, head) for p in m.parameters()]
opt = torch.optim.AdamW(params, lr=1e-3)
data = torch.randint(0, 256, (b, t + 1))
loss = F.cross_entropy(head(net(emb(data[:, :-1]) + pos(torch.arange(t)))).flatten(0, 1), data[:, 1:].flatten())
loss.backward(); torch.nn.utils.clip_grad_norm_(params, 1.0); opt.step()
print(time.time() - start)
"""


def ours(bin_dir, store):
    env = dict(os.environ, LATHE_STORE=store)
    name = f"bench-{time.monotonic_ns()}"
    start = time.time()
    subprocess.run([bin_dir / "lathe", "run", ROOT / "resources/samples/gpt-bytes.yaml", "--set", "train.steps=2",
                    "--set", f"data.path={ROOT}/engine", "--name", name], env=env, check=True, cwd=ROOT,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    shown = subprocess.run([bin_dir / "lathe", "series", name, "train/loss", "--json"], env=env, check=True,
                           capture_output=True)
    return json.loads(shown.stdout)["points"][0]["time"] - start


def peer():
    done = subprocess.run(["/usr/bin/python3", "-c", PEER, str(time.time())], capture_output=True, text=True)
    return float(done.stdout) if done.returncode == 0 else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin_dir", nargs="?", default=ROOT / "build/release/bin", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    mine, theirs = [], []
    with tempfile.TemporaryDirectory() as store:
        for _ in range(args.runs):
            mine.append(ours(args.bin_dir, store))
            theirs.append(peer())
    print("ours:", *(f"{t:.3f}" for t in mine), "s")
    if None in theirs:
        print("peer: python3-torch is not installed; no ratio")
        print(f"first-step: ours={statistics.median(mine):.3f} peer=none ratio=none")
        return
    print("peer:", *(f"{t:.3f}" for t in theirs), "s")
    a, b = statistics.median(mine), statistics.median(theirs)
    print(f"first-step: ours={a:.3f} peer={b:.3f} ratio={b / a:.2f}")


if __name__ == "__main__":
    sys.exit(main())
