# What building Fieldsync needs on Debian, and how to get it. Sourced, not run.

fieldsync_packages="g++ cmake ninja-build pkg-config ccache ca-certificates
libsqlite3-dev libsqlitecpp-dev libcurl4-openssl-dev libcereal-dev libboost-filesystem-dev
libzstd-dev zlib1g-dev libexif-dev nlohmann-json3-dev rapidjson-dev libtomlplusplus-dev libcli11-dev libspdlog-dev libfmt-dev
libcpp-httplib-dev libssl-dev libsystemd-dev libjpeg62-turbo-dev doctest-dev
librapidcheck-dev libmimalloc-dev"

# What `sh tests/run.sh --fuzz` needs beside them: clang with libFuzzer and the sanitizers.
fieldsync_fuzz_packages="clang libclang-rt-14-dev llvm"

# What the power cuts of the tests need beside them; without it they are left out and say so.
fieldsync_power_packages="libfuse3-dev"

# What packages and their test under a real systemd need beside them.
fieldsync_package_packages="dpkg-dev lintian"
fieldsync_systemd_packages="debootstrap systemd-container"

say() { printf '%s\n' "$*"; }

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    say "fieldsync: these packages are missing and need root or sudo to install: $missing" >&2
    return 1
  fi
}

# install_missing PACKAGE...: installs those that are not there; says nothing when all are.
install_missing() {
  command -v apt-get >/dev/null 2>&1 || {
    say "fieldsync: not a Debian system; install the equivalents of: $*" >&2
    return 0
  }
  missing=''
  for package in "$@"; do
    status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) || status=''
    [ "$status" = 'install ok installed' ] || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  say "Installing:$missing"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >/dev/null
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    $missing >/dev/null
}

# build PRESET CMAKE_OPTIONS -- TARGETS: configures and builds, quietly unless something is wrong.
build() {
  preset=$1
  shift
  options=''
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    options="$options $1"
    shift
  done
  [ $# -eq 0 ] || shift
  # Objects are found again from another clone of the same sources.
  export CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1
  say "Building ($preset). The first time takes some minutes."
  # shellcheck disable=SC2086
  cmake --preset "$preset" $options >"build-$preset.log" 2>&1 || {
    tail -n 30 "build-$preset.log" >&2
    return 1
  }
  if [ $# -gt 0 ]; then
    cmake --build "build/$preset" --target "$@"
  else
    cmake --build "build/$preset"
  fi >>"build-$preset.log" 2>&1 || {
    grep -E 'error|FAILED|fatal' "build-$preset.log" | head -n 30 >&2
    say "fieldsync: the build failed; all of it is in build-$preset.log" >&2
    return 1
  }
}
