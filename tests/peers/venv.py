#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A virtual environment with packages of PyPI in pinned versions, made once and kept below the build folder.

    venv.py FOLDER NAME PACKAGE==VERSION …     prints its interpreter; exit code 77 and a reason where PyPI is out of reach

Tests import it: `python = venv.interpreter(folder, "mlflow", ["mlflow-skinny==3.17.2"])`; None: it cannot be made, `venv.reason` says why."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys

reason = ""


def interpreter(folder, name, packages):
    """Path of a Python that has `packages`, or None. Several tests may ask at once."""
    global reason
    stamp = hashlib.sha256("\n".join([sys.version.split()[0], *sorted(packages)]).encode()).hexdigest()[:12]
    os.makedirs(folder, exist_ok=True)
    place = os.path.join(folder, f"{name}-{stamp}")
    python = os.path.join(place, "bin", "python3")
    with open(place + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(os.path.join(place, "complete")):
            return python
        shutil.rmtree(place, ignore_errors=True)
        for command in ([sys.executable, "-m", "venv", place],
                        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "20",
                         *packages]):
            try:
                done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=900, text=True)
            except (OSError, subprocess.TimeoutExpired) as problem:
                reason = str(problem)
                return None
            if done.returncode != 0:
                lines = done.stdout.strip().splitlines()
                reason = f"cannot install {' '.join(packages)}: {lines[-1] if lines else 'pip failed'}"
                return None
        with open(os.path.join(place, "complete"), "w") as file:
            file.write("\n".join(packages) + "\n")
    return python


def main():
    if len(sys.argv) < 4:
        print(__doc__, file=sys.stderr)
        return 2
    python = interpreter(sys.argv[1], sys.argv[2], sys.argv[3:])
    if python is None:
        print(f"skipped: {reason}", file=sys.stderr)
        return 77
    print(python)
    return 0


if __name__ == "__main__":
    sys.exit(main())
