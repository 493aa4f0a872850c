#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# tests/bench/start.sh [build folder]: start of the workbench against Kate's, memory, idle processor use. Under Xvfb if
# there is no display, else offscreen.
set -eu
source=$(cd "$(dirname "$0")/../.." && pwd)
build=${1:-$source/build/release}
program=$build/bin/lathe-workbench
[ -x "$program" ] || { echo "$program is not built: cmake --preset release && ninja -C build/release lathe-workbench"; exit 1; }
if [ -z "${DISPLAY:-}" ] && command -v xvfb-run >/dev/null; then
    exec xvfb-run -a python3 "$source/tests/bench/start.py" "$program"
fi
[ -n "${DISPLAY:-}" ] || export QT_QPA_PLATFORM=offscreen
exec python3 "$source/tests/bench/start.py" "$program"
