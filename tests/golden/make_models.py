#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes models.json: what small models of every family give in PyTorch, in fp64.

Run with a Python that has torch (Debian: /usr/bin/python3 with python3-torch): make_models.py > models.json
golden_test.cpp makes the same models from the registry, sets the same weights and compares logits, gradients (of each
parameter its norm and its product with a fixed row of numbers), running values and ten losses under AdamW.
"""
import json
import math

import torch
import torch.nn.functional as F

BETAS, EPS, DECAY, STEPS = (0.9, 0.95), 1e-8, 0.1, 10


def number(k):
    """The k-th of a fixed row of numbers in [-0.5, 0.5)."""
    return ((k * 2654435761) % 2**32) / 2**32 - 0.5


def numbers(first, shape):
    values = [number(first + i) for i in range(math.prod(shape))]
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def is_norm(name):
    """Weights that multiply a normalised value: drawn around one."""
    return any(part in name for part in ("norm", "bn", "ln_", "downsample.1")) and name.endswith("weight")


class Model:
    lr = 1e-2

    def __init__(self, shapes, buffers=()):
        self.p, k = {}, 1
        for name, shape in shapes:
            scale = 1 / math.sqrt(math.prod(shape[1:])) if len(shape) > 1 else 1
            values = numbers(k, shape) * 2 * scale
            self.p[name] = (values + (1 if is_norm(name) else 0)).requires_grad_()
            k += math.prod(shape)
        self.buffers = {
            name: torch.full(shape, 1.0 if name.endswith("var") else 0.0, dtype=torch.float64) for name, shape in buffers
        }


class Mlp(Model):
    kind, values = "mlp", {"layers": 2, "width": 12, "activation": "gelu"}
    input = {"kind": "flat", "features": 7, "outputs": 5}

    def __init__(self):
        widths = [7, 12, 12, 5]
        super().__init__(
            (f"layers.{i}.{n}", s)
            for i, (a, b) in enumerate(zip(widths, widths[1:]))
            for n, s in (("weight", (b, a)), ("bias", (b,)))
        )

    def forward(self, x):
        for i in range(3):
            x = F.linear(x, self.p[f"layers.{i}.weight"], self.p[f"layers.{i}.bias"])
            if i < 2:
                x = F.gelu(x, approximate="tanh")
        return x


def attention(q, k, v, causal):
    """[B, H, T, D]; heads of k and v are repeated for groups of queries."""
    group = q.shape[1] // k.shape[1]
    k, v = k.repeat_interleave(group, 1), v.repeat_interleave(group, 1)
    scores = q @ k.transpose(2, 3) / math.sqrt(q.shape[3])
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[2:]).triu(1).bool(), -math.inf)
    return (scores.softmax(3) @ v).transpose(1, 2).flatten(2)


class Llama(Model):
    W, H, K, HID, T, V = 16, 4, 2, 24, 6, 19
    kind = "llama"
    values = {"layers": 2, "width": W, "heads": H, "key_heads": K, "hidden": HID, "context": T}
    input = {"kind": "tokens", "vocabulary": V}

    def __init__(self):
        def shapes():
            yield "embed_tokens.weight", (self.V, self.W)
            for i in range(2):
                yield f"layers.{i}.input_layernorm.weight", (self.W,)
                yield f"layers.{i}.self_attn.qkv.weight", ((self.H + 2 * self.K) * self.W // self.H, self.W)
                yield f"layers.{i}.self_attn.o_proj.weight", (self.W, self.W)
                yield f"layers.{i}.post_attention_layernorm.weight", (self.W,)
                yield f"layers.{i}.mlp.gate_up.weight", (2 * self.HID, self.W)
                yield f"layers.{i}.mlp.down_proj.weight", (self.W, self.HID)
            yield "norm.weight", (self.W,)
            yield "lm_head.weight", (self.V, self.W)

        super().__init__(shapes())

    def norm(self, x, name):
        return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + 1e-5) * self.p[name]

    def turn(self, x):
        """The rotation as Hugging Face writes it: cos·x + sin·rotate_half(x)."""
        depth = x.shape[3]
        steps = 10000.0 ** (-torch.arange(0, depth, 2, dtype=torch.float64) / depth)
        angle = torch.outer(torch.arange(x.shape[2], dtype=torch.float64), steps).repeat(1, 2)
        half = torch.cat((-x[..., depth // 2 :], x[..., : depth // 2]), -1)
        return x * angle.cos() + half * angle.sin()

    def forward(self, ids):
        p, (b, t), d = self.p, ids.shape, self.W // self.H
        x = p["embed_tokens.weight"][ids]
        for i in range(2):
            n = f"layers.{i}."
            qkv = F.linear(self.norm(x, n + "input_layernorm.weight"), p[n + "self_attn.qkv.weight"])
            q, k, v = (
                part.view(b, t, -1, d).transpose(1, 2) for part in qkv.split((self.W, self.K * d, self.K * d), 2)
            )
            x = x + F.linear(attention(self.turn(q), self.turn(k), v, True), p[n + "self_attn.o_proj.weight"])
            gate, up = F.linear(
                self.norm(x, n + "post_attention_layernorm.weight"), p[n + "mlp.gate_up.weight"]
            ).chunk(2, -1)
            x = x + F.linear(F.silu(gate) * up, p[n + "mlp.down_proj.weight"])
        return F.linear(self.norm(x, "norm.weight"), p["lm_head.weight"])


class Lstm(Model):
    W, T, V = 6, 7, 13
    kind, values = "lstm", {"layers": 2, "width": W, "context": T}
    input = {"kind": "tokens", "vocabulary": V}

    def __init__(self):
        def shapes():
            yield "embedding.weight", (self.V, self.W)
            for i in range(2):
                yield f"layers.{i}.input.weight", (4 * self.W, self.W)
                yield f"layers.{i}.input.bias", (4 * self.W,)
                yield f"layers.{i}.recurrent.weight", (4 * self.W, self.W)
            yield "head.weight", (self.V, self.W)
            yield "head.bias", (self.V,)

        super().__init__(shapes())

    def forward(self, ids):
        p, x = self.p, self.p["embedding.weight"][ids]
        zero = torch.zeros(1, x.shape[0], self.W, dtype=torch.float64)
        for i in range(2):
            n = f"layers.{i}."
            weights = [p[n + "input.weight"], p[n + "recurrent.weight"], p[n + "input.bias"]]
            weights.append(torch.zeros_like(weights[2]))
            x, _, _ = torch._VF.lstm(x, (zero, zero), weights, True, 1, 0.0, False, False, True)
        return F.linear(x, p["head.weight"], p["head.bias"])


class Vit(Model):
    W, H, P, S, C = 12, 3, 2, 6, 5
    kind, values = "vit", {"layers": 2, "width": W, "heads": H, "patch": P}
    input = {"kind": "images", "channels": 3, "side": S, "outputs": C}

    def __init__(self):
        def shapes():
            yield "cls_token", (1, 1, self.W)
            yield "pos_embed", (1, (self.S // self.P) ** 2 + 1, self.W)
            yield "patch_embed.proj.weight", (self.W, 3, self.P, self.P)
            yield "patch_embed.proj.bias", (self.W,)
            for i in range(2):
                for name, shape in (
                    ("norm1", (self.W,)), ("attn.qkv", (3 * self.W, self.W)), ("attn.proj", (self.W, self.W)),
                    ("norm2", (self.W,)), ("mlp.fc1", (4 * self.W, self.W)), ("mlp.fc2", (self.W, 4 * self.W)),
                ):
                    yield f"blocks.{i}.{name}.weight", shape
                    yield f"blocks.{i}.{name}.bias", shape[:1]
            yield "norm.weight", (self.W,)
            yield "norm.bias", (self.W,)
            yield "head.weight", (self.C, self.W)
            yield "head.bias", (self.C,)

        super().__init__(shapes())

    def forward(self, x):
        p, d = self.p, self.W // self.H
        pair = lambda name: (p[name + ".weight"], p[name + ".bias"])
        x = F.conv2d(x, *pair("patch_embed.proj"), stride=self.P).flatten(2).transpose(1, 2)
        x = torch.cat((p["cls_token"].expand(len(x), -1, -1), x), 1) + p["pos_embed"]
        for i in range(2):
            n = f"blocks.{i}."
            qkv = F.linear(F.layer_norm(x, (self.W,), *pair(n + "norm1"), 1e-6), *pair(n + "attn.qkv"))
            q, k, v = (part.view(*part.shape[:2], self.H, d).transpose(1, 2) for part in qkv.chunk(3, 2))
            x = x + F.linear(attention(q, k, v, False), *pair(n + "attn.proj"))
            h = F.layer_norm(x, (self.W,), *pair(n + "norm2"), 1e-6)
            x = x + F.linear(F.gelu(F.linear(h, *pair(n + "mlp.fc1"))), *pair(n + "mlp.fc2"))
        return F.linear(F.layer_norm(x, (self.W,), *pair("norm"), 1e-6)[:, 0], *pair("head"))


class Resnet(Model):
    lr = 1e-3  # larger steps of so small a network turn rounding into another path

    def __init__(self, depth, small, width, side, classes):
        self.small, self.bottleneck = small, depth == 50
        self.lengths = (2, 2, 2, 2) if depth == 18 else (3, 4, 6, 3)
        self.kind = f"resnet{depth}"
        self.values = {"stem": "small" if small else "large", "width": width}
        self.input = {"kind": "images", "channels": 3, "side": side, "outputs": classes}
        shapes, buffers = [], []

        def norm(name, c):
            shapes.extend(((name + ".weight", (c,)), (name + ".bias", (c,))))
            buffers.extend(((name + ".running_mean", (c,)), (name + ".running_var", (c,))))

        kernel = 3 if small else 7
        shapes.append(("conv1.weight", (width, 3, kernel, kernel)))
        norm("bn1", width)
        inputs = width
        for stage, length in enumerate(self.lengths):
            w = width << stage
            outputs = 4 * w if self.bottleneck else w
            for i in range(length):
                n = f"layer{stage + 1}.{i}."
                convs = ((w, inputs, 1), (w, w, 3), (outputs, w, 1)) if self.bottleneck else ((w, inputs, 3), (w, w, 3))
                for j, (o, c, k) in enumerate(convs):
                    shapes.append((f"{n}conv{j + 1}.weight", (o, c, k, k)))
                    norm(f"{n}bn{j + 1}", o)
                if (stage > 0 and i == 0) or inputs != outputs:
                    shapes.append((n + "downsample.0.weight", (outputs, inputs, 1, 1)))
                    norm(n + "downsample.1", outputs)
                inputs = outputs
        shapes.extend((("fc.weight", (classes, inputs)), ("fc.bias", (classes,))))
        super().__init__(shapes, buffers)

    def norm(self, x, name):
        b = self.buffers
        return F.batch_norm(x, b[name + ".running_mean"], b[name + ".running_var"], self.p[name + ".weight"],
                            self.p[name + ".bias"], True, 0.1, 1e-5)

    def forward(self, x):
        p = self.p
        x = F.conv2d(x, p["conv1.weight"], stride=1 if self.small else 2, padding=1 if self.small else 3)
        x = self.norm(x, "bn1").relu()
        if not self.small:
            x = F.max_pool2d(x, 3, 2, 1)
        for stage, length in enumerate(self.lengths):
            for i in range(length):
                n, stride = f"layer{stage + 1}.{i}.", 2 if stage > 0 and i == 0 else 1
                short = x
                if n + "downsample.0.weight" in p:
                    short = self.norm(F.conv2d(x, p[n + "downsample.0.weight"], stride=stride), n + "downsample.1")
                strides = (1, stride, 1) if self.bottleneck else (stride, 1)
                for j, s in enumerate(strides):
                    w = p[f"{n}conv{j + 1}.weight"]
                    x = self.norm(F.conv2d(x, w, stride=s, padding=w.shape[2] // 2), f"{n}bn{j + 1}")
                    if j + 1 < len(strides):
                        x = x.relu()
                x = (x + short).relu()
        return F.linear(x.mean((2, 3)), p["fc.weight"], p["fc.bias"])


def batch_of(model):
    i = model.input
    if i["kind"] == "tokens":
        rows, time, vocab = 3, model.values["context"], i["vocabulary"]
        ids = torch.tensor([[(7 * b + 3 * t * t + t) % vocab for t in range(time)] for b in range(rows)])
        targets = torch.tensor([[(5 * b + 2 * t * t + 1) % vocab for t in range(time)] for b in range(rows)])
        return ids, targets
    rows = 4
    shape = (rows, i["features"]) if i["kind"] == "flat" else (rows, i["channels"], i["side"], i["side"])
    return numbers(100000, shape) * 2, torch.tensor([(3 * b + 1) % i["outputs"] for b in range(rows)])


def golden(model):
    inputs, targets = batch_of(model)

    def loss_of(logits):
        return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1))

    logits = model.forward(inputs)
    loss_of(logits).backward()
    out = {
        "kind": model.kind, "lr": model.lr, "values": model.values, "input": model.input,
        # Images and rows of numbers are numbers(100000, …) * 2.
        "inputs": inputs.flatten().tolist() if inputs.dtype == torch.int64 else [], "inputs_shape": list(inputs.shape),
        "targets": targets.flatten().tolist(), "targets_shape": list(targets.shape),
        "logits": logits.flatten().tolist(),
        "parameters": {
            name: {
                "shape": list(v.shape), "norm": v.grad.norm().item(),
                "product": (v.grad.flatten() * numbers(7, (v.numel(),))).sum().item(),
            }
            for name, v in model.p.items()
        },
        "buffers": {name: v.sum().item() for name, v in model.buffers.items()},
    }
    decayed = [v for v in model.p.values() if v.dim() > 1 and v.dim() != 3]
    kept = [v for v in model.p.values() if v.dim() == 1 or v.dim() == 3]
    groups = [{"params": decayed, "weight_decay": DECAY}, {"params": kept, "weight_decay": 0}]
    adamw = torch.optim.AdamW(groups, lr=model.lr, betas=BETAS, eps=EPS)
    out["losses"] = []
    for _ in range(STEPS):
        adamw.zero_grad()
        loss = loss_of(model.forward(inputs))
        loss.backward()
        adamw.step()
        out["losses"].append(loss.item())
    return out


def main():
    models = [Mlp(), Llama(), Lstm(), Vit(), Resnet(18, True, 4, 9, 5), Resnet(34, False, 2, 33, 3),
              Resnet(50, True, 2, 16, 4)]
    print(json.dumps({
        "torch": torch.__version__,
        "adamw": {"beta1": BETAS[0], "beta2": BETAS[1], "epsilon": EPS, "weight_decay": DECAY},
        "models": [golden(model) for model in models],
    }))


main()
