# After a reboot: the work goes on; removal keeps it; purge says what it deleted.
. /tests/claims.sh

makes_clean_bundle() {
  rm -rf /tmp/bundle
  fieldsync bundle /tmp/bundle && [ -s /tmp/bundle/status.json ] && [ -s /tmp/bundle/fieldsync.log ] &&
    ! grep -rq "$(access client_secret)" /tmp/bundle &&
    ! grep -rqF "$(cat $state/api.token)" /tmp/bundle
}
removes() {
  dpkg -r fieldsync </dev/null >/tmp/remove.out 2>&1
  cat /tmp/remove.out
  grep -q "all work is kept in $state" /tmp/remove.out && [ -s $state/work.db ]
}
tells_the_rest() { grep -q 'kept-note\|note-n' /tmp/remove.out; }
purges() {
  dpkg -P fieldsync </dev/null >/tmp/purge.out 2>&1
  cat /tmp/purge.out
  grep -q "deleting $state" /tmp/purge.out && grep -q "deleting /etc/fieldsync" /tmp/purge.out
}
left_nothing() {
  left=$(find / -xdev \( -path /proc -o -path /sys -o -path /debs -o -path /tests -o -path /opt \
    -o -path /tmp -o -path /var/log -o -path /run -o -path /var/cache \) -prune -o -name '*fieldsync*' -print)
  echo "$left"
  [ -z "$left" ]
}

claim "after a reboot it runs" within 100 is_ready
claim "the queue is still there" within 50 open_is 1
service_up
claim "and is delivered once the service is back" within 600 there_once queued-note
claim "with nothing left" within 100 open_is 0
claim "the first note is still there once" there_once first-note
claim "a bundle holds no secret" makes_clean_bundle
service_down
claim "a note is taken" fieldsync add note "kept-note"
claim "removal keeps the work and says where" removes
claim "and what was not delivered" tells_the_rest
service_up
claim "installed again it goes on" dpkg -i /debs/0.1.1.deb </dev/null
claim "and delivers" within 600 there_once kept-note
claim "purge asks nothing and says what it deleted" purges
claim "and leaves nothing" left_nothing
end_claims
