# What the scripts of this folder share. Sourced; needs $data, where the service keeps its files.
tell_more() { tail -n 5 "$data/state/log/fieldsync.log" 2>/dev/null || true; }
. "$(dirname "${BASH_SOURCE[0]}")/../support/claim.sh"
