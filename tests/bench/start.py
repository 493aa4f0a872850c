# SPDX-License-Identifier: GPL-3.0-or-later
"""How long from starting a program to its first painted content, what memory it then holds, what it burns when idle.

Ours says it by itself: --start-time prints a line once the first frame is painted. A peer is watched from outside: until
xdotool sees its window mapped, which is earlier than painted, so the comparison favours the peer.
"""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 7


def environment(home):
    env = dict(os.environ, HOME=home, XDG_DATA_HOME=home + "/data", XDG_CONFIG_HOME=home + "/config",
               XDG_CACHE_HOME=home + "/cache", LATHE_STORE=home + "/store")
    return env


def first_paint(program, env, workspace):
    begin = time.monotonic()
    process = subprocess.Popen([program, "--workspace", workspace, "--start-time"], env=env, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
    process.stdout.readline()
    took = time.monotonic() - begin
    process.communicate()
    return took


def peer_window(command, env, name):
    begin = time.monotonic()
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    subprocess.run(["xdotool", "search", "--sync", "--onlyvisible", "--class", name], env=env, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, timeout=30, check=False)
    took = time.monotonic() - begin
    return took, process


def pss_mib(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as rollup:
        for line in rollup:
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    program = sys.argv[1]
    home = tempfile.mkdtemp(prefix="lathe-start-")
    workspace = os.path.join(home, "project")
    os.makedirs(workspace)
    env = environment(home)
    first_paint(program, env, workspace)  # warms the page cache
    ours, peer = [], []
    kate = shutil.which("kate") if shutil.which("xdotool") and env.get("DISPLAY") else None
    for _ in range(ROUNDS):
        # Paired: each round measures both, so that a busy moment hits both.
        ours.append(first_paint(program, env, workspace))
        if kate:
            took, process = peer_window([kate, "--new", workspace], env, "kate")
            peer.append(took)
            process.terminate()
            process.wait()
    ours_ms = statistics.median(ours) * 1000
    if peer:
        peer_ms = statistics.median(peer) * 1000
        print(f"start: ours={ours_ms:.0f} ms peer={peer_ms:.0f} ms ratio={ours_ms / peer_ms:.2f} (kate)")
    else:
        print(f"start: ours={ours_ms:.0f} ms peer=none ratio=none (needs kate, xdotool and a display; goal 250 ms)")

    def settled(command):
        process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(3)
        memory, before = pss_mib(process.pid), cpu_seconds(process.pid)
        time.sleep(5)
        burnt = cpu_seconds(process.pid) - before
        process.terminate()
        process.wait()
        return memory, burnt / 5 * 100

    memory, idle = settled([program, "--workspace", workspace])
    if kate:
        peer_memory, _ = settled([kate, "--new", workspace])
        print(f"pss: ours={memory:.1f} MiB peer={peer_memory:.1f} MiB ratio={memory / peer_memory:.2f}")
    else:
        print(f"pss: ours={memory:.1f} MiB peer=none ratio=none (goal 100 MiB)")
    print(f"idle: ours={idle:.2f} % of one processor (goal 0)")
    shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
