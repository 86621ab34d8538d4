#!/bin/sh
# Breaks the agent on purpose, one patch at a time, and looks whether the simulator finds it.
#   sh tests/sim/mutants/run.sh [SEEDS]     at most that many seeds for each (10,000)
# Works on a copy below build/; the last line is `N passed, N failed`.
set -u
cd "$(dirname "$0")/../../.."
seeds=${1:-10000}
jobs=$(nproc)
copy=build/mutants/source
rm -rf "$copy"
mkdir -p "$copy"
git ls-files -z | tar --null -T - -cf - | tar -xf - -C "$copy"

build_copy() {
  (cd "$copy" && CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 && export CCACHE_BASEDIR CCACHE_NOHASHDIR &&
    cmake --preset release >/dev/null &&
    cmake --build build/release --target fieldsync-sim -j"$jobs" >build.log 2>&1)
}

passed=0
failed=0
for mutant in tests/sim/mutants/*.patch; do
  name=$(basename "$mutant" .patch)
  if ! patch -s -p1 -d "$copy" <"$mutant"; then
    echo "$name: the patch does not apply any more"
    failed=$((failed + 1))
    continue
  fi
  if ! build_copy; then
    echo "$name: does not build (see $copy/build.log)"
    failed=$((failed + 1))
  elif found=$("$copy/build/release/tests/fieldsync-sim" --seeds "$seeds" --jobs "$jobs" \
    --until-failure 2>&1); then
    echo "$name: NOT FOUND within $seeds seeds"
    failed=$((failed + 1))
  else
    echo "$name: $(echo "$found" | grep -m1 -E '^FAILED|^stopped' | cut -c1-60)"
    echo "$found" | sed -n '/^FAILED/{n;p;q;}'
    passed=$((passed + 1))
  fi
  patch -s -R -p1 -d "$copy" <"$mutant"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
