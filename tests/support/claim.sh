# How scripts that try a whole system claim something. Sourced, by dash too. Needs $world, a folder for
# what commands print, and `tell_more`, which prints what else helps when a claim fails.
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
    tell_more
  fi
}
# The last line, and whether all claims held.
end_claims() {
  echo "$passed passed, $failed failed"
  [ $failed = 0 ]
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
