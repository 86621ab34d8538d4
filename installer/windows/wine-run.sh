#!/bin/sh
# Runs a Windows program under Wine without a display. WINEPREFIX names the Windows it runs in.
export WINEDEBUG="${WINEDEBUG:--all}" WINEPREFIX="${WINEPREFIX:-${TMPDIR:-/tmp}/fieldsync-wine}"
export WINEDLLOVERRIDES="${WINEDLLOVERRIDES:-mscoree,mshtml=}"
unset DISPLAY
exec /usr/lib/wine/wine64 "$@"
