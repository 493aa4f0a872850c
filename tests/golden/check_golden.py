#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks the PyTorch of this machine for the golden values again and compares them with the stored ones. Exits with 77
(skipped) where no torch is found: in $PYTHON, else in Debian's /usr/bin/python3."""
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TOLERANCE = 1e-7


def differences(stored, fresh, path=""):
    """Where two values differ by more than rounding, which ten steps of training make grow."""
    if isinstance(stored, dict):
        if set(stored) != set(fresh):
            yield f"{path}: other keys"
            return
        for key in stored:
            if key != "torch":
                yield from differences(stored[key], fresh[key], f"{path}/{key}")
    elif isinstance(stored, list):
        if len(stored) != len(fresh):
            yield f"{path}: {len(fresh)} values in place of {len(stored)}"
            return
        for i, (a, b) in enumerate(zip(stored, fresh)):
            yield from differences(a, b, f"{path}/{i}")
    elif isinstance(stored, float):
        bound = TOLERANCE * (1 + abs(stored)) * (1000 if "losses" in path else 1)
        if abs(stored - fresh) > bound:
            yield f"{path}: {fresh} in place of {stored}"
    elif stored != fresh:
        yield f"{path}: {fresh} in place of {stored}"


def main():
    python = os.environ.get("PYTHON", "/usr/bin/python3")
    if subprocess.run([python, "-c", "import torch"], capture_output=True).returncode != 0:
        print(f"skipped: no torch in {python} (Debian: python3-torch)")
        return 77
    bad = 0
    for name in ("gpt", "models"):
        made = subprocess.run([python, HERE / f"make_{name}.py"], capture_output=True, text=True, check=True)
        stored = json.loads((HERE / f"{name}.json").read_text())
        for line in differences(stored, json.loads(made.stdout), name):
            print(line)
            bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
