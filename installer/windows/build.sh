#!/usr/bin/env bash
# Builds Fieldsync for Windows with mingw-w64, in build/windows.
#   bash installer/windows/build.sh [LIBRARIES [TARGET...]]
# LIBRARIES is where the libraries are kept between builds (default build/windows-libraries; making
# them takes some ten minutes, once). TARGETs are fieldsync and fieldsync-sandbox unless others are named.
# `sh tests/run.sh --windows` runs what was built.
set -euo pipefail
cd "$(dirname "$0")/../.."
. installer/dependencies.sh
libraries=$(realpath -m "${1:-build/windows-libraries}")
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- fieldsync fieldsync-sandbox
bash installer/windows/dependencies.sh "$libraries"
export CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1
cmake -S . -B build/windows -G Ninja -DCMAKE_BUILD_TYPE=Release \
  "-DCMAKE_TOOLCHAIN_FILE=$libraries/mingw64.cmake" >build-windows.log 2>&1
cmake --build build/windows --target "$@" >>build-windows.log 2>&1 || {
  grep -E 'error|FAILED' build-windows.log | head -n 30 >&2
  say "fieldsync: the build failed; all of it is in build-windows.log" >&2
  exit 1
}
