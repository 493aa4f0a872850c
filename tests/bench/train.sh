#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# One training step beside PyTorch at its best: ours, PyTorch's, ours, PyTorch's, …; the medians and their ratio, a
# line for each work, and the peak of memory of both. Then gpt-tiny with another process on one of the cores.
#   tests/bench/train.sh [BUILD_DIR [PAIRS]]
# "cpu" is the ratio of processor time: where others use the machine meanwhile, that is the steadier one.
# Environment: PYTHON (one that has torch), THREADS, WORKS ("gpt-small:4 gpt2-124m:2": names and steps).
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${1:-$root/build/release}
pairs=${2:-3}
python=${PYTHON:-/usr/bin/python3}
threads=${THREADS:-$(nproc)}

if [ ! -x "$build/bin/bench_train_step" ]; then
    echo "$build/bin/bench_train_step is missing: build the target bench_train_step first" >&2
    exit 3
fi
peer=yes
if ! "$python" -c 'import torch' 2>/dev/null; then
    echo "no torch in $python (Debian: python3-torch): only our own speed is shown" >&2
    peer=no
fi

# PyTorch at its best: OpenBLAS told its CPU, its OpenMP build first, memory kept instead of given back each step.
openblas=$(ls -d /usr/lib/*/openblas-openmp 2>/dev/null | head -n 1 || true)
[ -n "$openblas" ] || echo "libopenblas0-openmp is missing: PyTorch is slower than it could be" >&2
core=
grep -q avx512f /proc/cpuinfo && core=SkylakeX
run_peer() {
    env ${core:+OPENBLAS_CORETYPE=$core} \
        LD_LIBRARY_PATH="${openblas}${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" \
        MALLOC_TRIM_THRESHOLD_=4000000000 MALLOC_MMAP_THRESHOLD_=4000000000 OMP_NUM_THREADS="$threads" \
        "$python" "$root/tests/bench/peer_step.py" "$1" 1 "$2" "$threads"
}
field() { sed -n "s/.*[ :]$1=\\([0-9.]*\\).*/\\1/p"; }
speeds() { sed -n 's/.*[a-z]\/s=\([0-9]*\).*/\1/p'; }
median() {
    sort -n | awk '{v[NR]=$1} END {print NR == 0 ? 0 : NR % 2 ? v[(NR+1)/2] : (v[NR/2]+v[NR/2+1])/2}'
}
of() { printf '%s\n' "$1" | "$2" ${3:+"$3"} | median; }

echo "load: $(cut -d' ' -f1-3 /proc/loadavg) on $(nproc) cores; ratios mean little where others are busy"
for line in ${WORKS:-gpt-small:4 gpt-tiny:30 gpt2-124m:2 resnet18:2 mlp:300}; do
    name=${line%%:*}
    steps=${line##*:}
    ours=
    theirs=
    i=0
    while [ "$i" -lt "$pairs" ]; do
        ours="$ours
$(LATHE_THREADS=$threads "$build/bin/bench_train_step" "$name" 1 "$steps")"
        [ "$peer" = no ] || theirs="$theirs
$(run_peer "$name" "$steps")"
        i=$((i + 1))
    done
    awk -v n="$name" -v a="$(of "$ours" speeds)" -v b="$(of "$theirs" speeds)" \
        -v ac="$(of "$ours" field cpu_ms)" -v bc="$(of "$theirs" field cpu_ms)" \
        -v am="$(of "$ours" field peak_mib)" -v bm="$(of "$theirs" field peak_mib)" \
        -v g="$(of "$ours" field gflops)" 'BEGIN {
        if (b > 0) {
            printf "%s: ours=%.0f peer=%.0f ratio=%.2f cpu=%.2f gflops=%.0f\n", n, a, b, a / b, bc / ac, g
            printf "memory %s: ours=%.0f MiB peer=%.0f MiB ratio=%.2f\n", n, am, bm, am / bm
        } else printf "%s: ours=%.0f gflops=%.0f memory=%.0f MiB peer=none\n", n, a, g, am }'
done

# A process that takes a core away should cost about its share, not more.
"$build/bin/bench_train_step" gemm
quiet=$(LATHE_THREADS=$threads "$build/bin/bench_train_step" gpt-tiny 3 10 | speeds | median)
taskset -c 0 sh -c 'while :; do :; done' &
busy=$!
trap 'kill $busy 2>/dev/null' EXIT INT TERM
taken=$(LATHE_THREADS=$threads "$build/bin/bench_train_step" gpt-tiny 3 10 | speeds | median)
awk -v q="$quiet" -v t="$taken" \
    'BEGIN { printf "gpt-tiny-busy-core: quiet=%.0f busy=%.0f ratio=%.2f\n", q, t, t / q }'
