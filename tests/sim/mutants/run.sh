#!/bin/sh
# Breaks the agent on purpose, one patch at a time, and looks whether the simulator finds it.
#   sh tests/sim/mutants/run.sh [SEEDS] [NAME...]   at most that many seeds for each (10,000); the
#                                                   mutants whose names begin so, or all
# Works on a copy below build/, which is kept: the next run builds only what changed. The seeds
# around the one that a patch names in its first line are tried first, then all of them from 1. The
# last line is `N passed, N failed`.
set -u
cd "$(dirname "$0")/../../.."
seeds=${1:-10000}
[ $# -eq 0 ] || shift
jobs=$(nproc)
copy=build/mutants/source
sim=$copy/build/release/tests/fieldsync-sim
# Around the seed that found it last: what moved a little is found again soon.
window=100

# Copied anew is only what differs, also what a run that was stopped left broken.
mkdir -p "$copy"
git ls-files | while IFS= read -r file; do
  [ -f "$file" ] || continue
  cmp -s "$file" "$copy/$file" && continue
  mkdir -p "$copy/$(dirname "$file")"
  cp "$file" "$copy/$file"
done

build_copy() {
  (cd "$copy" && CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 && export CCACHE_BASEDIR CCACHE_NOHASHDIR &&
    cmake --preset release >build.log 2>&1 &&
    cmake --build build/release --target fieldsync-sim -j"$jobs" >>build.log 2>&1)
}

is_wanted() {
  mutant_name=$1
  shift
  [ $# -gt 0 ] || return 0
  for wanted in "$@"; do
    case "$mutant_name" in "$wanted"*) return 0 ;; esac
  done
  return 1
}

# find_it FIRST COUNT: what the first failing world says, in $found; false when all pass, and when the
# program ended otherwise than by telling of a world that failed.
find_it() {
  found=$("$sim" --first-seed "$1" --seeds "$2" --jobs "$jobs" --until-failure 2>&1)
  [ $? -eq 1 ] && echo "$found" | grep -q '^FAILED seed'
}

hunt() {
  known=$(sed -n '1s/^found by seed \([0-9]*\)$/\1/p' "$1")
  if [ -n "$known" ]; then
    first=$((known > window / 2 ? known - window / 2 : 1))
    find_it "$first" "$window" && return 0
  fi
  find_it 1 "$seeds"
}

passed=0
failed=0
for mutant in tests/sim/mutants/*.patch; do
  name=$(basename "$mutant" .patch)
  is_wanted "$name" "$@" || continue
  if ! patch -s -p1 -d "$copy" <"$mutant"; then
    echo "$name: the patch does not apply any more"
    failed=$((failed + 1))
    continue
  fi
  if ! build_copy; then
    echo "$name: does not build (see $copy/build.log)"
    failed=$((failed + 1))
  elif hunt "$mutant"; then
    echo "$name: $(echo "$found" | grep -m1 '^FAILED' | cut -c1-60)"
    echo "$found" | sed -n '/^FAILED/{n;p;q;}'
    passed=$((passed + 1))
  else
    echo "$name: NOT FOUND within $seeds seeds: $(echo "$found" | tail -n 1 | cut -c1-60)"
    failed=$((failed + 1))
  fi
  patch -s -R -p1 -d "$copy" <"$mutant"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
