#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the include rules of ARCHITECTURE.md: layers of engine/, no Qt there, no plugin in app/, no plugin in
another, no cycle of includes, what is Linux's own, SPDX heads, and the length of files. Both forms of include count.
Prints each breach as FILE:LINE: text. An argument names another tree than this one."""

import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent).resolve()

# What each engine folder may include, besides itself. Derived once from the steps: what a folder may include, it may
# include the whole closure of.
DIRECT = {
    "core": [],
    "tensor": ["core"],
    "autograd": ["tensor"],
    "nn": ["autograd"],
    "optim": ["nn"],
    "data": ["tensor"],
    "dist": ["tensor"],
    "parallel": ["dist", "optim"],
    "train": ["parallel", "data", "optim"],
    "record": ["core"],
    "interop": ["record"],
    "host": ["record"],
    "launch": ["host", "interop"],
    "sweep": ["launch"],
    "git": ["host"],
    "term": ["core"],
    "lsp": ["host"],
    "cli": ["launch", "sweep", "git", "lsp"],
}
# The facade stands beside cli: it may include what the app and the CLI hold, and cli may include it.
FACADE = {"engine.h", "engine.cpp"}
# Plugins of lathe-train, not of the workbench.
TRAINER_PLUGINS = (("plugins", "cuda"), ("plugins", "example-model"))
FACADE_MAY = {"core", "record", "interop", "host", "launch", "sweep", "git", "lsp"}

QT = re.compile(r"Q[A-Z]|Qt|Qsci|q[a-z]+\.h$")
LENGTH = 600

# Headers of Linux alone, and who may use them: what a port to another system would write anew (ARCHITECTURE.md).
LINUX = re.compile(r"sys/(epoll|signalfd|eventfd|timerfd|inotify|prctl|pidfd)\.h$|linux/")
LINUX_FILES = {
    "engine/core/event_loop.cpp", "engine/core/process.cpp", "engine/dist/tcp_store.cpp",
    "engine/host/local_watch.cpp", "engine/host/ssh_transport.cpp", "engine/interop/open_files.cpp",
    "engine/launch/drain.cpp", "engine/launch/supervisor.cpp", "engine/train/stop_signals.cpp",
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
SOURCES = {".h", ".cpp", ".inl", ".cu", ".cuh"}


def closure(folder):
    seen, todo = set(), list(DIRECT[folder])
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += DIRECT[name]
    return seen | {folder}


ALLOWED = {folder: closure(folder) for folder in DIRECT}


def sources(*tops):
    for top in tops:
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in SOURCES and path.is_file():
                yield path


def includes(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1) == "<", match.group(2)


def resolve(path, name, system):
    """The project file that an include names, or None for an outside header."""
    for base in (ROOT / "engine", ROOT) if system else (path.parent, ROOT / "engine", ROOT):
        candidate = (base / name)
        if candidate.is_file():
            return candidate.resolve()
    return None


def check_engine(problems):
    for path in sources("engine"):
        parts = path.relative_to(ROOT / "engine").parts
        folder = parts[0]
        facade = len(parts) == 1 and folder in FACADE
        if not facade and folder not in ALLOWED:
            problems.append(f"{path.relative_to(ROOT)}:1: folder engine/{folder} is not in the list of layers")
            continue
        allowed = FACADE_MAY if facade else ALLOWED[folder]
        for number, system, name in includes(path):
            where = f"{path.relative_to(ROOT)}:{number}"
            if QT.match(name):
                problems.append(f"{where}: engine/ includes Qt's {name}")
            target = resolve(path, name, system)
            if target is None:
                continue
            inside = target.relative_to(ROOT).parts
            if inside[0] != "engine":
                if inside[0] != "tests" or "tests" not in parts:
                    problems.append(f"{where}: engine/ includes {name}")
            elif len(inside) == 2:
                if folder != "cli" and not facade:
                    problems.append(f"{where}: only cli and the app hold the facade {name}")
            elif inside[1] not in allowed:
                problems.append(f"{where}: {folder} may not include {inside[1]} ({name})")


def check_platform(problems):
    for path in sources("engine", "app", "plugins"):
        name = path.relative_to(ROOT)
        if "tests" in name.parts or name.as_posix() in LINUX_FILES:
            continue
        for number, _, header in includes(path):
            if LINUX.match(header):
                problems.append(f"{name}:{number}: {header} is Linux's own; keep to the files that ARCHITECTURE.md names")


def check_app(problems):
    for path in sources("app", "plugins"):
        parts = path.relative_to(ROOT).parts
        for number, system, name in includes(path):
            target = resolve(path, name, system)
            if target is None:
                continue
            inside = target.relative_to(ROOT).parts
            where = f"{path.relative_to(ROOT)}:{number}"
            if inside[0] == "plugins" and parts[0] == "app" and "tests" not in parts:
                problems.append(f"{where}: app/ includes the plugin header {name}")
            if inside[0] == "plugins" and parts[0] == "plugins" and inside[1] != parts[1]:
                problems.append(f"{where}: plugin {parts[1]} includes plugin {inside[1]} ({name})")
            trainer = {"tensor", "autograd", "nn", "optim", "data", "dist", "parallel", "train"}
            if inside[0] == "engine" and inside[1] in trainer and parts[:2] not in TRAINER_PLUGINS:
                problems.append(f"{where}: the workbench talks to lathe-train as a process, not to {name}")


def check_cycles(problems):
    graph = {}
    for path in sources("engine", "app", "plugins"):
        if path.suffix == ".h":
            graph[path.resolve()] = [t for _, s, n in includes(path) if (t := resolve(path, n, s))]
    done, stack = set(), []

    def visit(node):
        if node in stack:
            loop = stack[stack.index(node):] + [node]
            problems.append("cycle of includes: " + " → ".join(str(p.relative_to(ROOT)) for p in loop))
            return
        if node in done:
            return
        stack.append(node)
        for target in graph.get(node, []):
            visit(target)
        stack.pop()
        done.add(node)

    for node in graph:
        visit(node)


def check_heads(problems):
    for path in sources("engine", "app", "plugins", "tests"):
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        name = path.relative_to(ROOT)
        apache = name.parts[0] in ("engine", "tests") or name.parts[:2] in TRAINER_PLUGINS
        licences = ("Apache-2.0",) if apache and name.parts[0] != "tests" else (
            ("Apache-2.0", "GPL-3.0-or-later") if apache else ("GPL-3.0-or-later",))
        if not any(f"SPDX-License-Identifier: {licence}" in line for line in lines[:3] for licence in licences):
            problems.append(f"{name}:1: wants the head SPDX-License-Identifier: {licences[0]}")
        reason = any("Long because" in line for line in lines[:12])
        if len(lines) > LENGTH and not reason and "tests" not in name.parts:
            problems.append(f"{name}:1: {len(lines)} lines; split it, or say at its top 'Long because …'")


def main():
    problems = []
    check_engine(problems)
    check_app(problems)
    check_platform(problems)
    check_cycles(problems)
    check_heads(problems)
    for problem in problems:
        print(problem)
    if problems:
        print(f"{len(problems)} breaches of the include rules")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
