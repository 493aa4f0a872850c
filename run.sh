#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sets up Lathe and does its main job: opens the workbench on the sample and trains it, live. Where there is no
# display it trains headless, then writes the run's plot and a picture of the workbench that shows the run.
#   ./run.sh                 sample on this checkout's own source
#   ./run.sh FOLDER          sample on the text of another folder
set -euo pipefail
cd "$(dirname "$0")"

tools/install_packages.sh build run app

cache=build/release/CMakeCache.txt
if [[ -f $cache ]] && ! grep -qx "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$cache"; then
    rm -rf build/release
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
cmake --preset release -DLATHE_TESTS=OFF >"$log" 2>&1 || { cat "$log"; exit 1; }
echo "Building (the first time takes about a quarter of an hour on two cores)"
ninja -C build/release -j "$(nproc)"

bin=$PWD/build/release/bin
folder=$(cd "${1:-.}" && pwd)
sample=$PWD/build/release/share/lathe/samples/gpt-bytes.yaml

if [[ -n ${DISPLAY:-}${WAYLAND_DISPLAY:-} ]]; then
    exec "$bin/lathe-workbench" --workspace "$folder" --run-recipe "$sample" --set "data.path=$folder"
fi

out=$PWD/build/out
mkdir -p "$out"
name=sample-$(date +%H%M%S)
"$bin/lathe" run "$sample" --set "data.path=$folder" --experiment sample --name "$name"
"$bin/lathe" plot "$name" --key train/loss --key val/loss --out "$out/loss.svg"
QT_QPA_PLATFORM=offscreen "$bin/lathe-workbench" --grab "$out/workbench.png" --size 1600x1000 --workspace "$folder" \
    --pane runs --run "$name" --after 1
echo
echo "The run:     $name   (lathe show $name)"
echo "Its plot:    $out/loss.svg"
echo "The window:  $out/workbench.png"
echo "The programs are in $bin"
