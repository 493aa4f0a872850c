#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Recording: the cost of log(), the speed of the index, of charts and of queries, each beside the goal that was set.
#   tests/bench/record.sh [BUILD_DIR [RUNS [POINTS [MANY]]]]
# The figures of the record book are those of 100 runs of 1,000,000 points and of 30,000 runs of 50 parameters and 50 metrics
# on a quiet machine; the default is a tenth of each.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${1:-$root/build/release}
runs=${2:-100}
points=${3:-100000}
many=${4:-3000}
for program in bench_record make_store; do
    if [ ! -x "$build/bin/$program" ]; then
        echo "$build/bin/$program is missing: build the targets bench_record and make_store first" >&2
        exit 3
    fi
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
echo "load before: $(cut -d ' ' -f 1-3 /proc/loadavg), $(nproc) cores"
/usr/bin/python3 "$root/tests/bench/record_log.py"
"$build/bin/make_store" --runs "$runs" --params 20 --metrics 1 --points "$points" --store "$folder/deep"
"$build/bin/bench_record" "$folder/deep"
rm -rf "$folder/deep"
"$build/bin/make_store" --runs 1 --params 5 --metrics 12345 --points 10 --store "$folder/wide"
"$build/bin/bench_record" "$folder/wide"
"$build/bin/make_store" --runs "$many" --params 50 --metrics 50 --points 2 --store "$folder/many"
"$build/bin/bench_record" "$folder/many"
echo "load after: $(cut -d ' ' -f 1-3 /proc/loadavg)"
