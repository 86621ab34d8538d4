# Install, configure, start, and what happens to a running service.
. /tests/claims.sh

write_config() {
  cat >/etc/fieldsync/fieldsync.toml <<END
[remote.procore]
api_url = "$(access api_url)"
login_url = "$(access login_url)"
company = $(access company)
client_id = "$(access client_id)"

[[follow]]
project = $(access project)

[agent]
log_level = "$1"

[limits]
free_space_reserve = "1 MB"
$2
END
}
log_in() { access client_secret | fieldsync login; }
refuses_stranger() { ! runuser -u stranger -- fieldsync status; }
adds_note() { runuser -u worker -- fieldsync add note "$1"; }
names_worker() { curl -sf "http://127.0.0.1:18081/records?kind=note" | grep -q 'first-note\\n(worker)'; }
is_by_worker() { fieldsync queue --all --json | grep -q '"author": "worker"'; }
kill_hard() {
  before=$(pid)
  kill -9 "$before"
  within 100 runs_anew "$before"
}
is_bitten() {
  mkdir -p /run/systemd/system/fieldsync.service.d
  printf '[Service]\nWatchdogSec=2s\n' >/run/systemd/system/fieldsync.service.d/short.conf
  systemctl daemon-reload
  systemctl restart fieldsync
  before=$(pid)
  kill -STOP "$before"
  within 150 runs_anew "$before" && journalctl -u fieldsync | grep -q 'Watchdog timeout'
  told=$?
  rm -r /run/systemd/system/fieldsync.service.d
  systemctl daemon-reload
  systemctl restart fieldsync
  return $told
}
notices_link() {
  before=$(lines_of network.changed)
  ip link "$@"
  within 10 sh -c "[ \$(grep -c network.changed $log) -gt $before ]"
}
says_sleep() {
  busctl --system emit /org/freedesktop/login1 org.freedesktop.login1.Manager PrepareForSleep b "$1"
  within 10 log_has "$2"
}
starts_logged() { [ "$(lines_of agent.start)" = "$1" ]; }
reload_as() {
  write_config "$1"
  systemctl reload fieldsync
  within 50 is_ready
}
# At the level "error" a start is not logged, at "info" it is.
reloads() {
  before=$(pid)
  starts=$(lines_of agent.start)
  reload_as error && sleep 1 && starts_logged "$starts" && reload_as info &&
    within 50 starts_logged $((starts + 1)) && [ "$(pid)" = "$before" ]
}
survives_bad_config() {
  before=$(pid)
  echo 'nonsense = [' >>/etc/fieldsync/fieldsync.toml
  systemctl reload fieldsync
  within 50 sh -c 'journalctl -u fieldsync | grep -q "the config is not taken"'
  told=$?
  write_config info
  systemctl reload fieldsync
  within 50 is_ready && [ $told = 0 ] && [ "$(pid)" = "$before" ]
}
# A file that takes a minute at the rate allowed; true once some of it has left.
uploads_slowly() {
  write_config info 'send_rate = "300 kB/s"'
  systemctl reload fieldsync
  within 50 is_ready
  { printf '%%PDF-1.4\n' && head -c 20000000 /dev/urandom; } >/tmp/large.pdf
  fieldsync attach "$(fieldsync list rfi --json | grep -o 'rfi-[0-9]*' | head -n 1)" /tmp/large.pdf
  within 150 sh -c 'fieldsync status --json | grep -q "\"bytes_done\": [1-9]"'
}
stops_quickly() {
  begin=$(date +%s%3N)
  systemctl stop fieldsync
  took=$(($(date +%s%3N) - begin))
  echo "took $took ms"
  [ "$(property Result)" = success ] && [ $took -lt 2000 ]
}
exposure_is_low() {
  systemd-analyze security fieldsync --no-pager | tail -n 1
  systemd-analyze security --threshold=20 fieldsync >/dev/null
}
unit_is_clean() {
  systemd-analyze verify fieldsync.service >/tmp/verify.out 2>&1
  cat /tmp/verify.out
  [ ! -s /tmp/verify.out ]
}
upgrades() { dpkg -i /debs/0.1.1.deb </dev/null; }
refuses_downgrade() {
  ! dpkg -i /debs/0.0.9.deb </dev/null >/tmp/down.out 2>&1 && grep -q 'older version cannot read' /tmp/down.out
}

adduser --quiet --disabled-password --gecos '' stranger
adduser --quiet --disabled-password --gecos '' worker
service_up
claim "the package installs without a question" dpkg -i /debs/0.1.0.deb </dev/null
claim "without a config the service waits and is not broken" not systemctl is-failed fieldsync
write_config info
usermod -a -G fieldsync worker
claim "it starts and says that it is ready" systemctl start fieldsync
claim "a login comes from stdin" log_in
claim "its status is a sentence for people" within 50 sh -c \
  'systemctl show -p StatusText --value fieldsync | grep -q "delivered\|deliver"'
claim "a member of the group adds a note" adds_note "first-note"
claim "the note is by that person" is_by_worker
claim "a stranger is refused" refuses_stranger
claim "the note is delivered once" within 300 there_once first-note
claim "and names that person, who has no login of their own" names_worker
claim "exposure is 2.0 at most" exposure_is_low
claim "systemd finds nothing to say about the unit" unit_is_clean
claim "a large file is on its way" uploads_slowly
claim "in the middle of it the agent stops within 2 s" stops_quickly
write_config info
claim "and starts again" systemctl start fieldsync
claim "and the file arrives" within 600 open_is 0
service_down
claim "a note is taken without the service" adds_note "queued-note"
claim "after SIGKILL it runs anew" kill_hard
claim "and nothing is lost" within 50 open_is 1
claim "a process that hangs is found by the watchdog and started anew" is_bitten
claim "a link that appears is noticed within a second" notices_link add near0 type veth peer name far0
claim "a link that goes up is noticed within a second" notices_link set near0 up
claim "a link that goes down is noticed within a second" notices_link set near0 down
claim "that the machine falls asleep is heard" says_sleep true power.falls_asleep
claim "that it woke up is heard" says_sleep false power.woke_up
claim "a changed config is taken by a reload" reloads
claim "a broken config is told and changes nothing" survives_bad_config
claim "the queue is still there" open_is 1
claim "it stops within 2 s" stops_quickly
claim "it starts again" systemctl start fieldsync
claim "an upgrade asks nothing" upgrades
claim "and the service runs on" within 50 is_ready
claim "with the queue" open_is 1
claim "a downgrade is refused" refuses_downgrade
claim "and changes nothing" is_ready
claim "the manual is there" sh -c 'man fieldsync | grep -q bundle'
end_claims
