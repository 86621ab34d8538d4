#!/usr/bin/env sh
# Builds the packages from this clone:   sh installer/package.sh [--windows] [OUTPUT_FOLDER]
# A .deb always; an .rpm where rpmbuild is installed. lintian looks at the first where it is installed.
# With --windows also an .msi: the libraries it needs are built from their sources once, some ten
# minutes (kept in build/windows-libraries, or in $FIELDSYNC_WINDOWS_LIBRARIES).
set -eu
windows=no
if [ "${1:-}" = --windows ]; then
  windows=yes
  shift
fi
cd "$(dirname "$0")/.."
. installer/dependencies.sh
out=${1:-build/packages}
umask 022

# shellcheck disable=SC2086
install_missing $fieldsync_packages $fieldsync_package_packages
build release -DFIELDSYNC_TESTS=ON -- fieldsync package_files
mkdir -p "$out"

pack() {
  cpack --config build/release/CPackConfig.cmake -G "$1" -B "$out/staging" >"$out/$1.log" 2>&1 || {
    tail -n 20 "$out/$1.log" >&2
    return 1
  }
}

pack DEB
mv "$out"/staging/*.deb "$out"/
if command -v rpmbuild >/dev/null 2>&1; then
  pack RPM
  mv "$out"/staging/*.rpm "$out"/
else
  say "No .rpm: rpmbuild is not installed."
fi
rm -rf "$out/staging"

if [ $windows = yes ]; then
  version=$(sed -n 's/^set(CPACK_PACKAGE_VERSION "\(.*\)")$/\1/p' build/release/CPackConfig.cmake)
  bash installer/windows/build.sh "${FIELDSYNC_WINDOWS_LIBRARIES:-build/windows-libraries}" fieldsync
  sh installer/windows/msi.sh build/windows/agent/fieldsync.exe "$version" "$out/fieldsync-$version.msi"
  say "$out/fieldsync-$version.msi"
fi

for deb in "$out"/*.deb; do
  say "$deb"
  dpkg-deb -f "$deb" Version Installed-Size Depends
  if command -v lintian >/dev/null 2>&1; then lintian --fail-on error,warning "$deb"; fi
done
