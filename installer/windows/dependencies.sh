#!/usr/bin/env bash
# The libraries of Fieldsync for Windows, built static with mingw-w64 from Debian's source packages.
#   installer/windows/dependencies.sh PREFIX [WORK]
# PREFIX gets include/, lib/ and mingw64.cmake (a toolchain file; what ctest starts runs under Wine).
# What is there already is not built again: a mark per library in PREFIX/.built. WORK keeps sources
# and objects (default PREFIX.work). apt's own settings are not touched: the source lines live in WORK.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../dependencies.sh"
prefix=$(realpath -m "${1:?usage: dependencies.sh PREFIX [WORK]}")
work=$(realpath -m "${2:-$prefix.work}")
host=x86_64-w64-mingw32
jobs=$(nproc)
mkdir -p "$prefix/.built" "$prefix/include" "$prefix/lib/cmake" "$work/src" "$work/build" \
  "$work/apt/lists/partial" "$work/apt/cache/archives/partial" "$work/apt/parts"

# The headers of the header-only libraries are the same everywhere: Debian's packages serve.
install_missing g++-mingw-w64-x86-64-posix cmake ninja-build dpkg-dev make tcl autoconf automake libtool autopoint gettext libboost1.74-dev \
  rapidjson-dev nlohmann-json3-dev libcli11-dev doctest-dev libcereal-dev libtomlplusplus-dev ccache

# --- sources ---
apt_private=(-o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/apt/parts"
  -o "Dir::State::lists=$work/apt/lists" -o "Dir::Cache=$work/apt/cache" -o APT::Sandbox::User=root)

prepare_sources() {
  [ ! -s "$work/apt/parts/sources.sources" ] || return 0
  awk 'BEGIN { RS = ""; FS = "\n" } /URIs:/ { print $0 "\n" }' /etc/apt/sources.list.d/*.sources |
    sed 's/^Types:.*/Types: deb-src/' >"$work/apt/parts/sources.sources"
  say "Reading the list of source packages"
  apt-get "${apt_private[@]}" update >"$work/apt.log" 2>&1
}

# source_of PACKAGE: prints the folder with its sources: Debian's, or the bare upstream archive when
# the mirror lacks Debian's part of it.
source_of() {
  local package=$1 folder="$work/src/$1" archive
  if [ ! -d "$folder" ]; then
    prepare_sources >&2
    (
      cd "$work/src"
      apt-get "${apt_private[@]}" source --download-only "$package" >>"$work/apt.log" 2>&1 || true
      if ! dpkg-source -x "${package}"_*.dsc "$folder" >>"$work/apt.log" 2>&1; then
        rm -rf "$folder"
        archive=$(find . -name "${package}_*.orig.tar.?z*" ! -name '*.asc' | head -n 1)
        [ -n "$archive" ] || { say "no sources of $package: see $work/apt.log" >&2; exit 1; }
        mkdir "$folder"
        tar -C "$folder" --strip-components=1 -xf "$archive"
      fi
    )
  fi
  printf '%s\n' "$folder"
}

# with_cmake NAME SOURCE OPTION...: configures, builds and installs into PREFIX.
with_cmake() {
  local name=$1 source=$2
  shift 2
  cmake -S "$source" -B "$work/build/$name" -G Ninja "-DCMAKE_TOOLCHAIN_FILE=$prefix/mingw64.cmake" \
    -DCMAKE_BUILD_TYPE=Release "-DCMAKE_INSTALL_PREFIX=$prefix" -DCMAKE_INSTALL_LIBDIR=lib \
    -DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache \
    -DBUILD_SHARED_LIBS=OFF "$@"
  cmake --build "$work/build/$name" -j"$jobs"
  cmake --install "$work/build/$name"
}

# --- one function a library ---
make_sqlite3() {
  local source
  source=$(source_of sqlite3)
  mkdir -p "$work/build/sqlite3"
  cd "$work/build/sqlite3"
  [ -s sqlite3.c ] || { "$source/configure" --disable-tcl --disable-readline; make sqlite3.c; }
  $host-gcc-posix -O2 -c sqlite3.c -o sqlite3.o -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_SESSION \
    -DSQLITE_ENABLE_PREUPDATE_HOOK -DSQLITE_ENABLE_COLUMN_METADATA -DSQLITE_THREADSAFE=1
  rm -f "$prefix/lib/libsqlite3.a"
  $host-ar rcs "$prefix/lib/libsqlite3.a" sqlite3.o
  cp sqlite3.h sqlite3ext.h "$prefix/include/"
}
make_sqlitecpp() {
  with_cmake sqlitecpp "$(source_of sqlitecpp)" -DSQLITECPP_INTERNAL_SQLITE=OFF \
    -DSQLITECPP_RUN_CPPLINT=OFF -DSQLITECPP_RUN_CPPCHECK=OFF -DSQLITECPP_BUILD_TESTS=OFF
}
make_zlib() {
  rm -rf "$work/build/zlib"
  cp -r "$(source_of zlib)" "$work/build/zlib"
  cd "$work/build/zlib"
  CHOST=$host CC=$host-gcc-posix AR=$host-ar RANLIB=$host-ranlib ./configure --static --prefix="$prefix"
  make -j"$jobs" libz.a
  cp libz.a "$prefix/lib/"
  cp zlib.h zconf.h "$prefix/include/"
}
make_zstd() {
  with_cmake zstd "$(source_of libzstd)/build/cmake" -DZSTD_BUILD_PROGRAMS=OFF -DZSTD_BUILD_TESTS=OFF \
    -DZSTD_BUILD_SHARED=OFF
}
make_nghttp2() { # with both clocks found, 1.52 does not link
  with_cmake nghttp2 "$(source_of nghttp2)" -DENABLE_LIB_ONLY=ON -DENABLE_STATIC_LIB=ON \
    -DENABLE_SHARED_LIB=OFF -DENABLE_DOC=OFF -DHAVE_CLOCK_GETTIME=OFF
}
make_curl() { # the TLS of Windows; 7.88 believes that only MSVC's headers know ALPN
  with_cmake curl "$(source_of curl)" -DCURL_USE_SCHANNEL=ON -DBUILD_CURL_EXE=OFF -DBUILD_TESTING=OFF \
    -DCURL_ZSTD=ON -DUSE_NGHTTP2=ON -DCURL_USE_LIBSSH2=OFF -DCURL_USE_LIBPSL=OFF \
    -DCURL_DISABLE_LDAP=ON -DENABLE_MANUAL=OFF -DHTTP_ONLY=ON \
    -DCMAKE_C_FLAGS="-DNGHTTP2_STATICLIB -DHAS_ALPN=1"
}
make_boost() {
  local source="$work/src/boost" file
  prepare_sources
  if [ ! -d "$source/libs/filesystem" ]; then
    (cd "$work/src" && apt-get "${apt_private[@]}" source --download-only boost1.74)
    mkdir -p "$source"
    tar -C "$source" --strip-components=1 --wildcards -xf "$work"/src/boost1.74_*.orig.tar.xz \
      '*/libs/filesystem/src'
  fi
  [ -e "$prefix/include/boost" ] || cp -r /usr/include/boost "$prefix/include/boost"
  mkdir -p "$work/build/boost"
  cd "$work/build/boost"
  for file in "$source"/libs/filesystem/src/*.cpp; do
    $host-g++-posix -O2 -std=c++17 "-I$prefix/include" -DBOOST_FILESYSTEM_SOURCE \
      -DBOOST_FILESYSTEM_STATIC_LINK=1 -DWIN32_LEAN_AND_MEAN -DNOMINMAX -D_WIN32_WINNT=0x0A00 \
      -c "$file" -o "$(basename "$file").o"
  done
  rm -f "$prefix/lib/libboost_filesystem.a"
  $host-ar rcs "$prefix/lib/libboost_filesystem.a" ./*.o
}
make_fmt() { with_cmake fmt "$(source_of fmtlib)" -DFMT_TEST=OFF -DFMT_DOC=OFF; }
make_spdlog() {
  with_cmake spdlog "$(source_of spdlog)" -DSPDLOG_FMT_EXTERNAL=ON -DSPDLOG_BUILD_EXAMPLE=OFF
}
make_jpeg() {
  with_cmake jpeg "$(source_of libjpeg-turbo)" -DENABLE_SHARED=OFF -DWITH_TURBOJPEG=OFF \
    -DWITH_SIMD=OFF "-DCMAKE_INSTALL_LIBDIR=$prefix/lib"
}
make_exif() {
  local source
  source=$(source_of libexif)
  [ -x "$source/configure" ] || (cd "$source" && autoreconf -i)
  mkdir -p "$work/build/exif"
  cd "$work/build/exif"
  "$source/configure" --host=$host CC=$host-gcc-posix --prefix="$prefix" --disable-shared \
    --disable-nls --disable-docs
  make -C libexif -j"$jobs" install
  make install-pkgconfigDATA
}
make_httplib() { # the source package has it as one header
  with_cmake httplib "$(source_of cpp-httplib)" -DHTTPLIB_COMPILE=OFF \
    -DHTTPLIB_USE_OPENSSL_IF_AVAILABLE=OFF -DHTTPLIB_USE_BROTLI_IF_AVAILABLE=OFF \
    -DHTTPLIB_USE_ZLIB_IF_AVAILABLE=OFF
}
make_headers() {
  mkdir -p "$prefix/share/cmake" "$prefix/lib/cmake/cereal"
  cp -r /usr/include/{nlohmann,CLI,doctest,cereal,rapidjson,toml++} "$prefix/include/"
  cp -r /usr/share/cmake/{nlohmann_json,CLI11} "$prefix/share/cmake/"
  cp -r /usr/lib/cmake/doctest "$prefix/lib/cmake/"
  sed -i "s#set(_IMPORT_PREFIX \"/usr\")#set(_IMPORT_PREFIX \"$prefix\")#" \
    "$prefix/lib/cmake/doctest/doctestTargets.cmake"
  cat >"$prefix/lib/cmake/cereal/cerealConfig.cmake" <<'END'
if(NOT TARGET cereal::cereal)
  add_library(cereal::cereal INTERFACE IMPORTED)
  set_target_properties(cereal::cereal PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${CMAKE_CURRENT_LIST_DIR}/../../../include")
endif()
END
  mkdir -p "$prefix/lib/cmake/tomlplusplus"
  cat >"$prefix/lib/cmake/tomlplusplus/tomlplusplusConfig.cmake" <<'END'
if(NOT TARGET tomlplusplus::tomlplusplus)
  add_library(tomlplusplus::tomlplusplus INTERFACE IMPORTED)
  set_target_properties(tomlplusplus::tomlplusplus PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${CMAKE_CURRENT_LIST_DIR}/../../../include"
    INTERFACE_COMPILE_DEFINITIONS "TOML_HEADER_ONLY=1")
endif()
END
}

write_toolchain() {
  cp "$here/wine-run.sh" "$prefix/wine-run"
  chmod +x "$prefix/wine-run"
  cp "$here/mingw64.cmake" "$prefix/mingw64.cmake"
}

write_toolchain
for library in headers sqlite3 sqlitecpp zlib zstd nghttp2 curl boost fmt spdlog jpeg exif httplib; do
  [ ! -e "$prefix/.built/$library" ] || continue
  begun=$SECONDS
  # In a shell of its own: `set -e` holds inside, and a failure is told here.
  set +e
  (set -e; "make_$library") >"$work/$library.log" 2>&1
  result=$?
  set -e
  if [ $result -ne 0 ]; then
    tail -n 20 "$work/$library.log" >&2
    say "fieldsync: $library was not built; all of it is in $work/$library.log" >&2
    exit 1
  fi
  touch "$prefix/.built/$library"
  say "$library: built in $((SECONDS - begun)) s"
done
