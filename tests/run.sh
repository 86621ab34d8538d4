#!/bin/sh
# Installs what is missing, builds Fieldsync and runs its tests.
#   sh tests/run.sh             every test
#   sh tests/run.sh --quick     without the end-to-end tests
#   sh tests/run.sh --bench     the benchmarks, each beside its limit
#   sh tests/run.sh --bench-link [PROFILE...]  transfers over bad links, each beside its limit
#   sh tests/run.sh --sanitize  all but the benchmarks under ASan + UBSan with fewer seeds, then what has
#                               threads under TSan
#   sh tests/run.sh --sim SEEDS     that many simulated worlds, on all cores
#   sh tests/run.sh --mutants [SEEDS] [NAME...]  breaks the agent on purpose: does the simulator notice?
#   sh tests/run.sh --systemd   the package under a real systemd, in a container (root)
#   sh tests/run.sh --windows [LIBRARIES]  built for Windows: test programs and the service under Wine
#   sh tests/run.sh --fuzz SECONDS  every fuzz target under libFuzzer for its share of SECONDS
set -eu
cd "$(dirname "$0")/.."
. installer/dependencies.sh

mode=${1:-}
# shellcheck disable=SC2086
install_missing $fieldsync_packages

# Some tests only run where this can be had.
install_extras() {
  # shellcheck disable=SC2086
  (install_missing $fieldsync_power_packages) || say "left out: power cuts, no libfuse3-dev" >&2
}

run_tests() {
  preset=$1
  shift
  ctest --test-dir "build/$preset" --output-on-failure "$@"
}

case "$mode" in
  '')
    install_extras
    build release
    run_tests release
    ;;
  --quick)
    build release
    run_tests release -LE e2e
    ;;
  --sim)
    build release -- fieldsync-sim
    exec build/release/tests/fieldsync-sim --seeds "${2:-20000}" --first-seed "${3:-100000}" \
      --jobs "$(nproc)"
    ;;
  --mutants)
    install_missing patch
    shift
    exec sh tests/sim/mutants/run.sh "$@"
    ;;
  --systemd)
    # shellcheck disable=SC2086
    install_missing $fieldsync_package_packages $fieldsync_systemd_packages
    build release -- fieldsync fieldsync-sandbox
    exec bash tests/systemd/run.sh
    ;;
  --windows)
    shift
    exec bash tests/windows/run.sh "$@"
    ;;
  --fuzz)
    # shellcheck disable=SC2086
    install_missing $fieldsync_fuzz_packages
    build fuzz -- fuzz_targets
    exec sh tests/fuzz/run.sh build/fuzz "${2:-60}"
    ;;
  --bench)
    install_missing libbenchmark-dev
    build release -DFIELDSYNC_BENCH=ON
    exec sh tests/bench/run.sh build/release
    ;;
  --bench-link)
    install_missing libbenchmark-dev iproute2 util-linux
    build release -DFIELDSYNC_BENCH=ON -- fieldsync-link-bench
    shift
    exec sh tests/bench/link/run.sh build/release "$@"
    ;;
  --sanitize)
    install_extras
    # Instrumented programs are several times slower: fewer kills, cuts and worlds of the same code.
    export FIELDSYNC_KILLS="${FIELDSYNC_KILLS:-30}" FIELDSYNC_CUTS="${FIELDSYNC_CUTS:-5}"
    build asan
    run_tests asan -LE 'bench|sim'
    build/asan/tests/fieldsync-sim --seeds 200 --jobs "$(nproc)"
    # Whole agents in virtual time have one thread: nothing in them can race.
    cmake --preset tsan >/dev/null
    threaded=$(ctest --test-dir build/tsan -N -L threads | sed -n 's/.*Test *#[0-9]*: *//p')
    # shellcheck disable=SC2086
    build tsan -- $threaded
    run_tests tsan -L threads
    ;;
  *)
    say "usage: sh tests/run.sh [--quick|--bench|--bench-link|--sanitize|--sim SEEDS|--mutants|--systemd|--windows|--fuzz SECONDS]" >&2
    exit 2
    ;;
esac
