#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Recording: the cost of log(), the speed of the index, the time of charts. Ratios above 1 are better than the peer,
# which is named in the line or is the limit that was set.
#   tests/bench/record.sh [BUILD_DIR [RUNS [POINTS]]]
# The figures of the record book are those of 100 runs of 1,000,000 points on a quiet machine; the default is a tenth
# of the points.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${1:-$root/build/release}
runs=${2:-100}
points=${3:-100000}
for program in bench_record make_store; do
    if [ ! -x "$build/bin/$program" ]; then
        echo "$build/bin/$program is missing: build the targets bench_record and make_store first" >&2
        exit 3
    fi
done
store=$(mktemp -d)
trap 'rm -rf "$store"' EXIT
/usr/bin/python3 "$root/tests/bench/record_log.py"
"$build/bin/make_store" --runs "$runs" --params 20 --metrics 1 --points "$points" --store "$store"
"$build/bin/bench_record" "$store"
