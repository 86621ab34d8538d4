#!/usr/bin/env bash
# Builds Fieldsync for Windows and tries it under Wine: the test programs, then the program as a service.
#   bash tests/windows/run.sh [LIBRARIES]     (installer/windows/build.sh says what LIBRARIES is)
set -euo pipefail
cd "$(dirname "$0")/../.."
. installer/dependencies.sh
libraries=$(realpath -m "${1:-build/windows-libraries}")
install_missing wine wine64 curl
programs='platform_tests storage_tests adapters_tests net_tests sandbox_tests agent_tests agent_api_tests agent_cli_tests'
# shellcheck disable=SC2086
bash installer/windows/build.sh "$libraries" fieldsync fieldsync-sandbox $programs

# A Windows of its own, new each time, that calls itself Windows 10.
WINEPREFIX=$(mktemp -d)
export WINEPREFIX
trap 'wineserver -k 2>/dev/null || true; rm -rf "$WINEPREFIX"' EXIT
"$libraries/wine-run" wineboot -i >/dev/null 2>&1 || true
"$libraries/wine-run" winecfg -v win10 >/dev/null 2>&1 || true
wineserver -w  # a program that meets the end of a session waits for ever
for program in $programs; do
  say "$program"
  "$libraries/wine-run" "build/windows/tests/$program.exe" --no-intro
done
wineserver -w
say "the service"
bash tests/windows/service.sh "$libraries/wine-run" build/windows
wineserver -k || true
wineserver -w || true
rm -rf "$WINEPREFIX/drive_c/ProgramData/Fieldsync"  # the package meets a machine that knows nothing of it
say "the package"
bash tests/windows/msi.sh "$libraries/wine-run" build/windows/agent/fieldsync.exe
