#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sets up and runs every test. Needs nothing but Debian 12 and this checkout.
#   ./test.sh                      all tests
#   ./test.sh -L unit              arguments go to ctest
#   LATHE_PRESET=asan ./test.sh    another build (dev, release, asan, tsan, headless)
set -euo pipefail
cd "$(dirname "$0")"

preset=${LATHE_PRESET:-dev}
groups=(build run test)
[[ $preset == headless ]] || groups+=(app)
tools/install_packages.sh "${groups[@]}"

# A build folder that was copied or moved keeps the old place in its cache; start it afresh.
cache=build/$preset/CMakeCache.txt
if [[ -f $cache ]] && ! grep -qx "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$cache"; then
    rm -rf "build/$preset"
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Said here because run.sh leaves the tests out of the release build.
cmake --preset "$preset" -DLATHE_TESTS=ON >"$log" 2>&1 || { cat "$log"; exit 1; }
ninja -C "build/$preset" -j "$(nproc)"

export QT_QPA_PLATFORM=offscreen
ctest --test-dir "build/$preset" --no-tests=error --output-on-failure -j "$(nproc)" "$@"
