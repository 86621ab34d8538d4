#!/bin/sh
# Measures the agent, and its peers where they are installed, on bad links in user space:
#   sh tests/bench/link/run.sh [BUILD_DIR] [PROFILE...] [--scale=F] [--congestion=NAME]
#                              [--queue-ms=N] [--without-peers] [--keep-traces=FOLDER]
# Peers: rsync and rclone from their packages; tus from `npm install @tus/server @tus/file-store
# tus-js-client` in the folder that FIELDSYNC_TUS names.
# Profiles: lte-weak, sat, flaky, edge, resets, reconnect; none: all. Ends with `N passed, N failed`.
set -eu
cd "$(dirname "$0")/../../.."
build=build/release
if [ $# -gt 0 ] && [ -d "$1" ]; then
  build=$1
  shift
fi
user=''
[ "$(id -u)" = 0 ] || user='--user --map-root-user'
for program in unshare nsenter ip; do
  command -v "$program" >/dev/null 2>&1 || {
    echo "link bench skipped: no program $program (util-linux, iproute2)"
    echo "0 passed, 0 failed"
    exit 0
  }
done
# shellcheck disable=SC2086
unshare $user --net true 2>/dev/null && [ -w /dev/net/tun ] || {
  echo "link bench skipped: this machine allows no network namespaces or no /dev/net/tun"
  echo "0 passed, 0 failed"
  exit 0
}
folder=$(mktemp -d "$PWD/$build/link-work.XXXXXX")
mkdir "$folder/programs"
# A build meanwhile must not change what is measured.
for program in agent/fieldsync net/sandbox/fieldsync-sandbox tests/bench/link/fieldsync-link \
  tests/bench/link/fieldsync-link-bench; do
  ln "$build/$program" "$folder/programs/" 2>/dev/null || cp "$build/$program" "$folder/programs/"
done
programs=$folder/programs
trap 'rm -rf "$folder"' EXIT
# A process namespace of its own: when the bench ends, however it ends, so does all it started.
# shellcheck disable=SC2086
unshare $user --mount --pid --fork --kill-child --mount-proc \
  "$programs/fieldsync-link-bench" --folder="$folder" --agent="$programs/fieldsync" \
  --sandbox="$programs/fieldsync-sandbox" --link="$programs/fieldsync-link" "$@"
