#!/bin/sh
# Installs what is missing, builds Fieldsync and shows its main job against the sandbox.
#   sh installer/try.sh [--build-only] [options of `fieldsync try`]
set -eu
cd "$(dirname "$0")/.."
. installer/dependencies.sh

build_only=no
if [ "${1:-}" = --build-only ]; then
  build_only=yes
  shift
fi
# shellcheck disable=SC2086
install_missing $fieldsync_packages
build release -- fieldsync fieldsync-sandbox
if [ "$build_only" = yes ]; then
  say "Built: build/release/agent/fieldsync and build/release/net/sandbox/fieldsync-sandbox"
  exit 0
fi
exec build/release/agent/fieldsync try "$@"
