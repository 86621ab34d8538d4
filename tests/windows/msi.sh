#!/usr/bin/env bash
# The Windows package under Wine: installed, upgraded, refused when older, removed.
#   bash tests/windows/msi.sh WINE_RUN PROGRAM
# WINE_RUN starts a Windows program (installer/windows/wine-run.sh); WINEPREFIX names a Windows of its
# own, in which no Fieldsync is installed.
set -euo pipefail
cd "$(dirname "$0")/../.."
wine_run=$1
data=$WINEPREFIX/drive_c/ProgramData/Fieldsync
folder="$WINEPREFIX/drive_c/Program Files/Fieldsync"
world=$(mktemp -d)
. tests/windows/claims.sh

wine() { timeout 120 "$wine_run" "$@"; }
fieldsync() { wine "$folder/fieldsync.exe" "$@" | tr -d '\r'; }
msi() { wine msiexec "$1" "Z:$world/$2.msi" /qn; }
standing_is() { (fieldsync service status || true) | grep -q "$1"; }
version_is() {
  wine reg query 'HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall' /s | tr -d '\r' >"$world/products"
  grep -A 40 'Fieldsync' "$world/products" | grep -q "DisplayVersion.*$1"
}
is_in_the_menu() { find "$WINEPREFIX" -name 'Fieldsync status.lnk' | grep -q .; }
has_work() { fieldsync --state 'C:/ProgramData/Fieldsync/state' queue | grep -q note-n; }
write_config() {
  # A service that is not there: what is captured stays in the queue.
  cat >"$data/fieldsync.toml" <<'END'
[remote.procore]
api_url = "http://127.0.0.1:9"
login_url = "http://127.0.0.1:9"
company = 1
client_id = "x"

[[follow]]
project = 1

[limits]
free_space_reserve = "1 MB"
END
}
left_nothing_but_work() { [ ! -e "$folder" ] && ! is_in_the_menu && [ -s "$data/state/work.db" ]; }

# Services live while an ordinary program runs.
coproc holder { "$wine_run" cmd /q >/dev/null 2>&1; }
trap 'rm -rf "$world"' EXIT

sh installer/windows/msi.sh "$2" 0.0.1 "$world/first.msi"
sh installer/windows/msi.sh "$2" 0.0.2 "$world/second.msi"
claim "the package installs without a question" msi /i first
claim "without a config the service is there and does not run" standing_is 'is stopped'
claim "the menu has an entry" is_in_the_menu
write_config
claim "with one it starts" fieldsync service start
claim "a note is taken" fieldsync add note "words"
claim "an upgrade asks nothing" msi /i second
claim "and is the version that is installed" version_is 0.0.2
claim "the service runs again" within 100 standing_is 'The service runs'
claim "the note is still in the queue" has_work
claim "an older version is refused" not msi /i first
claim "and changes nothing" standing_is 'The service runs'
claim "removal asks nothing" msi /x second
claim "and leaves nothing but the work and the config" left_nothing_but_work
eval "exec ${holder[1]}>&-"
end_claims
