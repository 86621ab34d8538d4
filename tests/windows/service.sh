#!/usr/bin/env bash
# The program as a Windows service under Wine, against the sandbox, which runs there too:
#   bash tests/windows/service.sh WINE_RUN BUILD_FOLDER
# WINE_RUN starts a Windows program (installer/windows/wine-run.sh); WINEPREFIX names a Windows of its
# own that is there already. Two things of Wine shape this: services live while an ordinary program runs
# (here the sandbox), and a service that was killed counts as running until that Windows starts anew.
set -euo pipefail
wine_run=$1
build=$2
drive=$WINEPREFIX/drive_c
program="$drive/Program Files/Fieldsync/fieldsync.exe"  # with a space, as most programs lie
data=$drive/ProgramData/Fieldsync
world=$(mktemp -d)
sandbox=
. "$(dirname "$0")/claims.sh"

wine() { timeout 120 "$wine_run" "$@"; }
fieldsync() { wine "$program" "$@" | tr -d '\r'; }

# Fixed ports, so that the config holds when the sandbox comes back.
ports=(--port 18180 --control-port 18181 --storage-port 18182)
service_up() {
  "$wine_run" "$build/net/sandbox/fieldsync-sandbox.exe" --state "Z:$world" --project tiny \
    "${ports[@]}" --ready-file "Z:$world/access.json" >/dev/null 2>&1 &
  sandbox=$!
  within 600 curl -sf http://127.0.0.1:18181/info >/dev/null
}
access() { sed -n "s/.*\"$1\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" "$world/access.json" | tr -d '\r'; }
records() { curl -sf "http://127.0.0.1:18181/records?kind=$1" | tr ',' '\n' | grep -c "$2" || true; }
times_there() { [ "$(records "$1" "$2")" = "$3" ]; }

# The processes of this Windows that are the agent, by what the kernel knows of them.
agent_pid() {
  local place
  for place in /proc/[0-9]*; do
    grep -qzx "WINEPREFIX=$WINEPREFIX" "$place/environ" 2>/dev/null || continue
    tr '\0' ' ' <"$place/cmdline" 2>/dev/null | grep -q 'fieldsync.exe.* run --group' || continue
    echo "${place#/proc/}"
    return 0
  done
  return 1
}
clean_up() {
  set +e
  [ -z "$sandbox" ] || kill "$sandbox" 2>/dev/null
  rm -rf "$world"
}
trap clean_up EXIT

write_config() {
  cat >"$data/fieldsync.toml" <<END
[remote.procore]
api_url = "$(access api_url)"
login_url = "$(access login_url)"
company = $(access company)
client_id = "$(access client_id)"

[[follow]]
project = $(access project)

[limits]
free_space_reserve = "1 MB"
END
}
installs_without_config() {
  fieldsync service install | tee "$world/said" && grep -q 'then `fieldsync service start`' "$world/said"
}
log_in() { access client_secret | fieldsync login; }
secret_is_sealed() {
  local secret
  secret=$(access client_secret)
  [ -n "$(ls "$data/state/secrets")" ] && not grep -rqF "$secret" "$data"
}
# Its words, whatever its exit code.
standing() { fieldsync service status || true; }
is_running() { standing | grep -q 'The service runs'; }
is_stopped() { standing | grep -q 'is stopped'; }
answers() { fieldsync status; }
refuses_stranger() {
  local port
  port=$(tr -d '\r\n' <"$data/state/agent.address")
  curl -s -X POST "http://$port/v1/call/status" -d '{}' | tee "$world/said"
  grep -q 'refused the token' "$world/said"
}
# Of 2 MB, so that it takes several writes to the service and to the disk.
picture() {
  printf '\377\330\377\340\000\004xy\377\332\000\002'
  yes "$1" | head -c 2000000
  printf '\377\331'
}
adds_photo() {
  picture "$1" >"$world/$1.jpg"
  fieldsync add photo "Z:$world/$1.jpg" --description "$1"
}
stops_quickly() {
  local begun took
  begun=$(date +%s%3N)
  fieldsync service stop
  took=$(($(date +%s%3N) - begun))
  echo "took $took ms, Wine's start of a program included"
  is_stopped && grep -q agent.stop "$data/state/log/fieldsync.log" && [ $took -lt 10000 ]
}
is_killed() {
  local pid
  pid=$(agent_pid)
  kill -9 "$pid"
  within 50 not kill -0 "$pid"
}
# Ends all programs of this Windows at once and starts it again: its services start by themselves.
power_cut() {
  wineserver -k || true
  wineserver -w || true
  [ -z "$sandbox" ] || wait "$sandbox" 2>/dev/null || true
  sandbox=
}
keeps_queue() { fieldsync --state 'C:/ProgramData/Fieldsync/state' queue | grep -q note-n; }

mkdir -p "$(dirname "$program")"
cp "$build/agent/fieldsync.exe" "$program"
claim "the program says its version" fieldsync --version
claim "the sandbox runs" service_up
claim "the service is not installed" not fieldsync service status
claim "it installs, and says what it still needs" installs_without_config
write_config
claim "a login is kept" log_in
claim "as nobody else can read it" secret_is_sealed
claim "it starts" fieldsync service start
claim "and runs" is_running
claim "people reach it" answers
claim "a stranger is refused" refuses_stranger
claim "a note is taken" fieldsync add note "first words"
claim "a photo is taken" adds_photo first-photo
claim "the note arrives, once" within 300 times_there note "first words" 1
claim "the photo arrives, once" within 300 times_there photo '"first-photo"' 1
claim "it stops in order" stops_quickly
claim "a note is taken with no agent" fieldsync add note "second words"
claim "it starts again" fieldsync service start
claim "what was taken meanwhile arrives" within 300 times_there note "second words" 1
claim "the service has gone, a note is taken" eval 'kill $sandbox; wait $sandbox 2>/dev/null; sandbox=; fieldsync add note "third words"'
claim "the agent is killed" is_killed
power_cut
claim "Windows starts anew, and the agent with it" eval 'service_up && within 300 agent_pid'
claim "people reach it again" within 300 answers
claim "the note that waited arrives, once" within 600 times_there note "third words" 1
claim "and the earlier ones are not doubled" eval 'times_there note "first words" 1 && times_there photo "\"first-photo\"" 1'
claim "a note is taken to stay" eval 'kill $sandbox; fieldsync add note "fourth words"'
claim "it is removed" fieldsync service remove
claim "and keeps what was not sent" keeps_queue
end_claims
