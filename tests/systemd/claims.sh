# What the two boots share. Sourced in the guest.
export DEBIAN_FRONTEND=noninteractive
state=/var/lib/fieldsync
log=$state/log/fieldsync.log

world=/tmp
tell_more() { journalctl -u fieldsync -n 10 --no-pager -o cat; }
. /tests/claim.sh

property() { systemctl show -p "$1" --value fieldsync; }
pid() { property MainPID; }
is_ready() { [ "$(systemctl is-active fieldsync)" = active ]; }
runs_anew() { is_ready && [ "$(pid)" != "$1" ] && [ "$(pid)" != 0 ]; }
log_has() { grep -q "$1" $log; }
lines_of() { grep -c "$1" $log || true; }
# Acts that are not delivered yet, by their texts.
queued() { [ "$(fieldsync queue | grep -c "^[0-9]\|note-n")" -ge "$1" ]; }
open_acts() { fieldsync status --json | tr -d ' \n' | sed 's/.*"queue":{[^}]*"open":\([0-9]*\).*/\1/'; }
open_is() { [ "$(open_acts)" = "$1" ]; }
service_up() {
  systemd-run --quiet --unit=double /opt/fieldsync-sandbox --state /opt/world --project tiny \
    --port 18080 --control-port 18081 --storage-port 18082 --ready-file /opt/access.json
  within 100 test -s /opt/access.json
  within 100 curl -sf http://127.0.0.1:18081/info
}
service_down() { systemctl stop double; }
access() { sed -n "s/.*\"$1\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" /opt/access.json; }
notes_there() { curl -sf "http://127.0.0.1:18081/records?kind=note" | grep -o "$1" | wc -l; }
there_once() { [ "$(notes_there "$1")" = 1 ]; }
