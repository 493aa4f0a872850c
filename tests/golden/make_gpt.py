#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes gpt.json: logits, gradients and losses of a small GPT-2 as PyTorch computes them in fp64.

Run with a Python that has torch (Debian: /usr/bin/python3 with python3-torch): make_gpt.py > gpt.json
engine/nn/tests/gpt_test.cpp builds the same model from the same numbers and compares.
"""
import json
import math

import torch
import torch.nn.functional as F

LAYERS, WIDTH, HEADS, CONTEXT, VOCAB, BATCH = 2, 8, 2, 8, 17, 3
LR, BETAS, EPS, DECAY, CLIP, STEPS = 1e-2, (0.9, 0.95), 1e-8, 0.1, 1.0, 10


def number(k):
    """The k-th of a fixed row of numbers in [-0.5, 0.5)."""
    return ((k * 2654435761) % 2**32) / 2**32 - 0.5


def shapes():
    yield "wte.weight", (VOCAB, WIDTH)
    yield "wpe.weight", (CONTEXT, WIDTH)
    for i in range(LAYERS):
        for name, shape in (
            ("ln_1", (WIDTH,)), ("attn.qkv", (3 * WIDTH, WIDTH)), ("attn.out", (WIDTH, WIDTH)),
            ("ln_2", (WIDTH,)), ("mlp.in", (4 * WIDTH, WIDTH)), ("mlp.out", (WIDTH, 4 * WIDTH)),
        ):
            yield f"h.{i}.{name}.weight", shape
            yield f"h.{i}.{name}.bias", shape[:1]
    yield "ln_f.weight", (WIDTH,)
    yield "ln_f.bias", (WIDTH,)


def parameters():
    made, k = {}, 1
    for name, shape in shapes():
        count = math.prod(shape)
        values = torch.tensor([number(k + i) for i in range(count)], dtype=torch.float64).reshape(shape)
        k += count
        if ".ln_" in name or name.startswith("ln_"):
            values = values + (1 if name.endswith("weight") else 0)
        made[name] = values.requires_grad_()
    return made


def forward(p, ids):
    batch, time = ids.shape
    x = p["wte.weight"][ids] + p["wpe.weight"][:time]
    for i in range(LAYERS):
        h = lambda name: (p[f"h.{i}.{name}.weight"], p[f"h.{i}.{name}.bias"])
        q, k, v = F.linear(F.layer_norm(x, (WIDTH,), *h("ln_1")), *h("attn.qkv")).split(WIDTH, dim=2)
        q, k, v = (t.view(batch, time, HEADS, WIDTH // HEADS).transpose(1, 2) for t in (q, k, v))
        scores = q @ k.transpose(2, 3) / math.sqrt(WIDTH // HEADS)
        scores = scores.masked_fill(torch.ones(time, time).triu(1).bool(), -math.inf)
        y = (scores.softmax(dim=3) @ v).transpose(1, 2).reshape(batch, time, WIDTH)
        x = x + F.linear(y, *h("attn.out"))
        a = F.linear(F.layer_norm(x, (WIDTH,), *h("ln_2")), *h("mlp.in"))
        a = 0.5 * a * (1 + torch.tanh(math.sqrt(2 / math.pi) * (a + 0.044715 * a**3)))
        x = x + F.linear(a, *h("mlp.out"))
    return F.layer_norm(x, (WIDTH,), p["ln_f.weight"], p["ln_f.bias"]) @ p["wte.weight"].T


def main():
    p = parameters()
    ids = torch.tensor([[(7 * b + 3 * t * t + t) % VOCAB for t in range(CONTEXT)] for b in range(BATCH)])
    targets = torch.tensor([[(5 * b + 2 * t * t + 1) % VOCAB for t in range(CONTEXT)] for b in range(BATCH)])

    def loss_of(logits):
        return F.cross_entropy(logits.reshape(-1, VOCAB), targets.reshape(-1))

    logits = forward(p, ids)
    loss_of(logits).backward()
    gradients = {name: value.grad.flatten().tolist() for name, value in p.items()}

    decayed = [v for v in p.values() if v.dim() > 1]
    kept = [v for v in p.values() if v.dim() == 1]
    groups = [{"params": decayed, "weight_decay": DECAY}, {"params": kept, "weight_decay": 0}]
    adamw = torch.optim.AdamW(groups, lr=LR, betas=BETAS, eps=EPS)
    losses, norms = [], []
    for _ in range(STEPS):
        adamw.zero_grad()
        loss = loss_of(forward(p, ids))
        loss.backward()
        # Not clip_grad_norm_: it divides by norm + 1e-6.
        norms.append(math.sqrt(sum((v.grad**2).sum().item() for v in p.values())))
        for v in p.values():
            v.grad.mul_(min(1, CLIP / norms[-1]))
        adamw.step()
        losses.append(loss.item())
    print(json.dumps({
        "torch": torch.__version__,
        "config": {"layers": LAYERS, "width": WIDTH, "heads": HEADS, "context": CONTEXT, "vocab": VOCAB},
        "adamw": {"lr": LR, "beta1": BETAS[0], "beta2": BETAS[1], "epsilon": EPS, "weight_decay": DECAY,
                  "clip": CLIP},
        "ids": ids.tolist(), "targets": targets.tolist(), "logits": logits.flatten().tolist(),
        "gradients": gradients, "losses": losses, "norms": norms,
    }))


main()
