#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Trains a 4 × 128 GPT over bytes on tiny Shakespeare and says its validation loss and the time it took. The goal is below
# 1.9 nats a byte in a few minutes of CPU.
#
#   gpt_shakespeare.sh BUILD tinyshakespeare.txt
set -eu
[ $# -eq 2 ] || { echo "usage: $0 BUILD tinyshakespeare.txt" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
start=$(date +%s)
"$1/bin/lathe-train" train "$here/../../resources/samples/gpt-bytes.yaml" --out "$folder/run" --set "data.path=$2" \
    --set optim.lr=3e-3 --set optim.kind=muon --set optim.momentum=0.95 --set train.steps=1000 --set train.batch=16 \
    --set train.val_every=250 --set train.val_sequences=256 --set train.sample_every=0 --set train.log_every=50
echo "gpt_shakespeare: $(($(date +%s) - start)) s, goal below 1.9:" \
    "$(grep -o '"val/loss":[0-9.]*' "$folder/run/journal.0.jsonl" | tail -1)"
