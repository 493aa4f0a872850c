#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The step of bench_train_step in PyTorch, at its best on a CPU: peer_step.py NAME [ROUNDS [STEPS [THREADS]]].

Prints "tokens/s=…" (or images, samples) a round, then the peak of memory. train.sh sets the environment that Debian's build needs to be fast.
"""
import resource
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

SHAPES = {  # layers, width, heads, context, vocab, batch
    "gpt-small": (6, 384, 6, 256, 256, 8),
    "gpt-tiny": (4, 128, 4, 128, 256, 16),
    "gpt2-124m": (12, 768, 12, 64, 50257, 4),
}


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.fc_in, self.fc_out = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x, mask):
        batch, time_, width = x.shape
        q, k, v = self.qkv(self.ln_1(x)).split(width, dim=2)
        q, k, v = (t.view(batch, time_, self.heads, width // self.heads).transpose(1, 2) for t in (q, k, v))
        if hasattr(F, "scaled_dot_product_attention"):
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            scores = torch.baddbmm(mask, q.reshape(-1, time_, width // self.heads),
                                   k.reshape(-1, time_, width // self.heads).transpose(1, 2),
                                   alpha=(width // self.heads) ** -0.5)
            y = torch.bmm(F.softmax(scores, dim=-1), v.reshape(-1, time_, width // self.heads)).view_as(q)
        x = x + self.out(y.transpose(1, 2).reshape(batch, time_, width))
        return x + self.fc_out(F.gelu(self.fc_in(self.ln_2(x)), approximate="tanh"))


class Gpt(nn.Module):
    def __init__(self, layers, width, heads, context, vocab):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(vocab, width), nn.Embedding(context, width)
        self.h = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.ln_f = nn.LayerNorm(width)
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.normal_(p, std=0.02)
        mask = torch.full((1, context, context), float("-inf")).triu(1)
        self.register_buffer("mask", mask, persistent=False)

    def forward(self, ids):
        x = self.wte(ids) + self.wpe.weight[: ids.shape[1]]
        for block in self.h:
            x = block(x, self.mask)
        return F.linear(self.ln_f(x), self.wte.weight)


class Residual(nn.Module):
    def __init__(self, inputs, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn1, self.bn2 = nn.BatchNorm2d(width), nn.BatchNorm2d(width)
        self.short = nn.Identity()
        if stride != 1 or inputs != width:
            self.short = nn.Sequential(nn.Conv2d(inputs, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)), inplace=True)
        return F.relu(self.bn2(self.conv2(y)) + self.short(x), inplace=True)


def resnet18(classes):
    layers = [nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True)]
    inputs = 64
    for stage in range(4):
        for i in range(2):
            layers.append(Residual(inputs, 64 << stage, 2 if stage > 0 and i == 0 else 1))
            inputs = 64 << stage
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, classes))


def mlp():
    return nn.Sequential(nn.Linear(784, 512), nn.ReLU(inplace=True), nn.Linear(512, 512), nn.ReLU(inplace=True),
                         nn.Linear(512, 10))


def work_of(name):
    """Model, inputs, targets, items a step and their unit."""
    if name == "resnet18":
        return resnet18(10), torch.randn(64, 3, 32, 32), torch.randint(0, 10, (64,)), 64, "images"
    if name == "mlp":
        return mlp(), torch.randn(128, 784), torch.randint(0, 10, (128,)), 128, "samples"
    layers, width, heads, context, vocab, batch = SHAPES[name]
    data = torch.randint(0, vocab, (batch * context + 1,))
    model = Gpt(layers, width, heads, context, vocab)
    return model, data[:-1].view(batch, context), data[1:], batch * context, "tokens"


def main():
    name = sys.argv[1] if len(sys.argv) > 1 else "gpt-small"
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    steps = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    if len(sys.argv) > 4:
        torch.set_num_threads(int(sys.argv[4]))
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    model, inputs, targets, items, unit = work_of(name)
    decayed = [p for p in model.parameters() if p.dim() > 1]
    kept = [p for p in model.parameters() if p.dim() == 1]
    groups = [{"params": decayed}, {"params": kept, "weight_decay": 0}]
    adamw = torch.optim.AdamW(groups, lr=3e-4, foreach=True)

    def step():
        adamw.zero_grad(set_to_none=True)
        logits = model(inputs)
        loss = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adamw.step()
        return loss

    step()
    for _ in range(rounds):
        begin, cpu = time.perf_counter(), time.process_time()
        for _ in range(steps):
            loss = step()
        seconds = (time.perf_counter() - begin) / steps
        speed, cpu = items / seconds, (time.process_time() - cpu) / steps
        print(f"{name}: {unit}/s={speed:.0f} ms={1e3 * seconds:.1f} cpu_ms={1e3 * cpu:.1f} loss={loss.item():.4f}",
              flush=True)
    print(f"{name}: peak_mib={resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}")


main()
