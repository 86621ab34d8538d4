#!/bin/sh
# Runs every benchmark of a build, each beside its limit: sh tests/bench/run.sh BUILD_DIR [options of
# Google Benchmark, such as --benchmark_filter=note]. Ends with `N passed, N failed`; exit 1 if a
# ratio missed its aim.
set -eu
[ $# -ge 1 ] || {
  echo "usage: sh tests/bench/run.sh BUILD_DIR [--benchmark_filter=REGEX]" >&2
  exit 2
}
build=$1
shift
# Below the build folder: a temporary folder may lie in memory, and memory syncs in no time.
folder=$build/bench-work
mkdir -p "$folder"
echo "Writing to $folder ($(df -PT "$folder" | awk 'NR == 2 { print $2 " on " $1 }'))."
exec "$build/tests/bench/fieldsync-bench" --folder="$folder" \
  --agent="$build/agent/fieldsync" --sandbox="$build/net/sandbox/fieldsync-sandbox" "$@"
