# How the scripts of this folder claim something. Sourced; needs $world, a folder of the test's own.
passed=0
failed=0

# claim TEXT COMMAND...: the command must succeed.
claim() {
  local text=$1
  shift
  if "$@" >"$world/claim.out" 2>&1; then
    passed=$((passed + 1))
    echo "ok      $text"
  else
    failed=$((failed + 1))
    echo "FAILED  $text"
    tail -n 15 "$world/claim.out"
    tail -n 5 "$data/state/log/fieldsync.log" 2>/dev/null || true
  fi
}
# within TENTHS COMMAND...: the command succeeds before that many tenths of a second are over.
within() {
  local tenths=$1
  shift
  for _ in $(seq "$tenths"); do
    ! "$@" >/dev/null 2>&1 || return 0
    sleep 0.1
  done
  "$@"
}
not() { ! "$@"; }
