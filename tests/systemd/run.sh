#!/usr/bin/env bash
# The package under a real systemd:   bash tests/systemd/run.sh [BUILD_FOLDER]
# Boots systemd (PID 1) in a container made from a Debian tree, without network but its own loopback,
# installs the .deb there and tries what a machine does to a service: kills, a stuck process, links that
# come and go, sleep, reload, upgrade, downgrade, reboot, removal, purge. Needs root, CPack, nspawn and a
# place to make the tree from; says what is missing and ends with 77 where it cannot run.
#   FIELDSYNC_SYSTEMD_BASE   where the tree is kept between runs (made once, a minute, 300 MB)
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:-build/release}
base=${FIELDSYNC_SYSTEMD_BASE:-${TMPDIR:-/tmp}/fieldsync-systemd-base}

leave_out() {
  echo "left out: $*"
  exit 77
}
[ "$(id -u)" = 0 ] || leave_out "root is needed"
for tool in systemd-nspawn debootstrap unshare nsenter cpack; do
  command -v $tool >/dev/null || leave_out "$tool is missing (systemd-container, debootstrap)"
done
cgroups=/sys/fs/cgroup
[ ! -d $cgroups/unified ] || cgroups=$cgroups/unified
[ "$(stat -f -c %T $cgroups)" = cgroup2fs ] || leave_out "there is no cgroup2"

work=$(mktemp -d "${TMPDIR:-/tmp}/fieldsync-systemd.XXXXXX")
root=$work/root
group=$cgroups/fieldsync-$$
nspawn=
pid1=

in_guest() { nsenter -t "$pid1" -a env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "$@"; }

halt_guest() {
  [ -z "$pid1" ] || in_guest systemctl poweroff >/dev/null 2>&1 || true
  if [ -n "$nspawn" ]; then
    for _ in $(seq 150); do
      kill -0 "$nspawn" 2>/dev/null || break
      sleep 0.1
    done
    kill -9 "$nspawn" 2>/dev/null || true
    wait "$nspawn" 2>/dev/null || true
  fi
  nspawn= pid1=
  for _ in $(seq 50); do
    [ -d "$group" ] || break
    find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true
    sleep 0.1
  done
}
clean_up() {
  set +e
  halt_guest
  rm -rf "$work"
}
trap clean_up EXIT

# The container's PID 1: of the processes in our group the one that is number 1 in its own namespace.
find_pid1() {
  local pid
  for pid in $(find "$group" -name cgroup.procs -exec cat {} + 2>/dev/null); do
    if [ "$(awk '/^NSpid:/ {print NF}' "/proc/$pid/status" 2>/dev/null)" = 4 ] &&
      [ "$(awk '/^NSpid:/ {print $NF}' "/proc/$pid/status")" = 1 ] &&
      [ "$(cat "/proc/$pid/comm")" = systemd ]; then
      echo "$pid"
      return
    fi
  done
}

boot_guest() {
  mkdir "$group"
  (
    echo $BASHPID >"$group/cgroup.procs"
    # A pure cgroup2 tree and an empty /run, seen by the container only.
    exec unshare -m -C -p -f --mount-proc --propagation private --kill-child sh -c '
      umount -R /sys/fs/cgroup
      mount -t cgroup2 none /sys/fs/cgroup
      mkdir -p /sys/fs/cgroup/init.scope
      echo $$ >/sys/fs/cgroup/init.scope/cgroup.procs
      mount -t tmpfs -o mode=755 tmpfs /run
      exec systemd-nspawn -q -D "$1" -M fieldsync-test --register=no --keep-unit --private-network \
        --console=pipe -b systemd.unit=multi-user.target' sh "$root"
  ) </dev/null >"$work/console" 2>&1 &
  nspawn=$!
  for _ in $(seq 600); do
    pid1=$(find_pid1)
    [ -z "$pid1" ] || break
    kill -0 $nspawn 2>/dev/null || break
    sleep 0.1
  done
  [ -n "$pid1" ] || { tail -n 20 "$work/console"; leave_out "systemd does not boot here"; }
  in_guest sh -c 'for i in $(seq 600); do
    case $(systemctl is-system-running 2>/dev/null) in running | degraded) exit 0 ;; esac
    sleep 0.1
  done
  exit 1' || leave_out "systemd does not finish to boot here"
}

make_base() {
  local mirror
  mirror=$(awk '/^URIs:/ {print $2; exit}' /etc/apt/sources.list.d/debian.sources 2>/dev/null ||
    awk '/^deb / {print $2; exit}' /etc/apt/sources.list)
  rm -rf "$base"
  debootstrap --variant=minbase \
    --include=systemd,systemd-sysv,dbus,iproute2,procps,ca-certificates,curl \
    bookworm "$base" "$mirror" >"$work/debootstrap.log" 2>&1 ||
    { tail -n 5 "$work/debootstrap.log"; leave_out "no Debian tree can be made here"; }
}

# What the packages and the double need, so that the guest needs no network.
install_dependencies() {
  # As this machine gets its packages.
  cp -L /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
  cp /etc/apt/apt.conf.d/99* "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod +x "$root/usr/sbin/policy-rc.d"
  DEBIAN_FRONTEND=noninteractive chroot "$root" sh -c "apt-get update -qq &&
    apt-get satisfy -y -qq --no-install-recommends '$1'" >"$work/apt.log" 2>&1 ||
    { tail -n 5 "$work/apt.log"; leave_out "the package's dependencies cannot be installed here"; }
  rm "$root/usr/sbin/policy-rc.d"
}

cmake --build "$build" --target fieldsync fieldsync-sandbox package_files >"$work/build.log" 2>&1 ||
  { tail -n 20 "$work/build.log"; exit 1; }
(umask 022 && cpack --config "$build/CPackConfig.cmake" -G DEB -B "$work/deb" >"$work/cpack.log" 2>&1) ||
  { tail -n 20 "$work/cpack.log"; exit 1; }
depends=$(dpkg-deb -f "$work"/deb/*.deb Depends)
stamp="$base/.made-for"
if [ "$(cat "$stamp" 2>/dev/null)" != "$depends" ]; then
  [ -e "$base/usr/lib/systemd/systemd" ] && [ -e "$base/usr/bin/curl" ] || make_base
  root=$base
  install_dependencies "$depends, libjpeg62-turbo, libexif12, libcpp-httplib0.11, man-db"
  printf '%s' "$depends" >"$stamp"
  root=$work/root
fi
cp -a "$base" "$root"
mkdir "$root/debs" "$root/tests"
# An older and a newer package of the same content: what is tried is what dpkg does with them.
dpkg-deb -R "$work"/deb/*.deb "$work/content"
for version in 0.0.9 0.1.0 0.1.1; do
  sed -i "s/^Version: .*/Version: $version/" "$work/content/DEBIAN/control"
  dpkg-deb -Zgzip -z1 -b "$work/content" "$root/debs/$version.deb" >/dev/null
done
cp tests/systemd/*.sh tests/support/claim.sh "$root/tests/"
cp "$build/net/sandbox/fieldsync-sandbox" "$root/opt/"

boot_guest
in_guest sh /tests/first_boot.sh || failed=1
halt_guest
boot_guest
in_guest sh /tests/second_boot.sh || failed=1
exit "${failed:-0}"
