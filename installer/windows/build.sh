#!/usr/bin/env bash
# Builds what of Fieldsync runs on Windows with mingw-w64, and runs its tests under Wine.
#   bash installer/windows/build.sh [LIBRARIES]
# LIBRARIES is where the libraries are kept between builds (default build/windows-libraries; making
# them takes some ten minutes, once).
set -euo pipefail
cd "$(dirname "$0")/../.."
. installer/dependencies.sh
libraries=$(realpath -m "${1:-build/windows-libraries}")
install_missing wine wine64
bash installer/windows/dependencies.sh "$libraries"
programs='platform_tests adapters_tests storage_tests'
export CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1
cmake -S . -B build/windows -G Ninja -DCMAKE_BUILD_TYPE=Release \
  "-DCMAKE_TOOLCHAIN_FILE=$libraries/mingw64.cmake" >build-windows.log 2>&1
# shellcheck disable=SC2086
cmake --build build/windows --target $programs >>build-windows.log 2>&1 || {
  grep -E 'error|FAILED' build-windows.log | head -n 30 >&2
  exit 1
}

# A Windows of its own, new each time, that calls itself Windows 10.
WINEPREFIX=$(mktemp -d)
export WINEPREFIX
trap 'wineserver -k 2>/dev/null || true; rm -rf "$WINEPREFIX"' EXIT
"$libraries/wine-run" wineboot -i >/dev/null 2>&1
"$libraries/wine-run" winecfg -v win10 >/dev/null 2>&1
wineserver -w  # a program that meets the end of a session waits for ever
for program in $programs; do
  say "$program"
  "$libraries/wine-run" "build/windows/tests/$program.exe"
done
