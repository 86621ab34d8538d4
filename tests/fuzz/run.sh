#!/bin/sh
# Runs every fuzz target of a build for its share of the time.
#   sh tests/fuzz/run.sh BUILD SECONDS
# What reaches new code is kept in BUILD/corpus; an input that fails is left in
# tests/fuzz/corpus/TARGET, where the ordinary tests replay it from then on.
set -eu
build=$1
seconds=$2
seeds=tests/fuzz/corpus
case "$seconds" in
  '' | *[!0-9]*)
    echo "usage: sh tests/run.sh --fuzz SECONDS" >&2
    exit 2
    ;;
esac

count=0
for folder in "$seeds"/*/; do count=$((count + 1)); done
share=$((seconds / count))
[ "$share" -gt 0 ] || share=1

# fuzz TARGET: one target; its report is in BUILD/fuzz-TARGET.log.
fuzz() {
  mkdir -p "$build/corpus/$1"
  # No reader needs a second or a quarter of a gigabyte for 64 kB.
  "$build/tests/fuzz/fuzz_$1" -max_total_time="$share" -max_len=65536 -timeout=10 \
    -rss_limit_mb=1024 -print_final_stats=1 -artifact_prefix="$seeds/$1/" \
    "$build/corpus/$1" "$seeds/$1" >"$build/fuzz-$1.log" 2>&1
}

passed=0
failed=0
for folder in "$seeds"/*/; do
  target=$(basename "$folder")
  if fuzz "$target"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    grep -E 'what\(\):|ERROR:|runtime error:|FS_CHECK|Test unit written' "$build/fuzz-$target.log" |
      head -n 6 >&2 || :
  fi
  inputs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$build/fuzz-$target.log")
  echo "$target: ${inputs:-?} inputs in $share s"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
