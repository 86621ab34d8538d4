#!/bin/sh
# Makes the Windows package of a program built by installer/windows/build.sh:
#   sh installer/windows/msi.sh PROGRAM VERSION OUTPUT.msi
set -eu
cd "$(dirname "$0")/../.."
. installer/dependencies.sh
[ $# -eq 3 ] || {
  echo "usage: sh installer/windows/msi.sh PROGRAM VERSION OUTPUT.msi" >&2
  exit 2
}
install_missing wixl msitools binutils-mingw-w64-x86-64
# wixl finds files by names relative to where it runs.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
x86_64-w64-mingw32-strip -o "$folder/fieldsync.exe" "$1"
cp installer/config/fieldsync.toml.example installer/windows/fieldsync.wxs "$folder"
output=$(realpath -m "$3")
mkdir -p "$(dirname "$output")"
(cd "$folder" && wixl -a x64 -D "Version=$2" -o "$output" fieldsync.wxs)
# wixl removes an older version after the new files are there; its service would go with the new one's.
msibuild "$output" -q "UPDATE InstallExecuteSequence SET Sequence = 1501 WHERE Action = 'RemoveExistingProducts'"
