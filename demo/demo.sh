#!/bin/sh
# The main job in half a minute: typed events out of a Zeek log, published and watched live, and a data store.
#
# Run it with `make demo`. It needs nothing but the `broker` command, and no Zeek: `broker listen` stands where a Zeek
# node would. The logs are real ones, written by Zeek from public traces.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
export BROKER_CONFIG=/dev/null BROKER_STATE=off # no profile of yours, and nothing to remember
pids=
quit() {
  for pid in $pids; do kill "$pid" 2>/dev/null || :; done
  wait
  rm -rf "$dir"
}
trap quit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

bold='' plain=''
if [ -t 1 ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); fi
say() { printf '\n# %s\n' "$1"; }
show() { printf '%s$ %s%s\n' "$bold" "$1" "$plain"; }
wait_for() { # the file that a command makes when it is ready: -s FILE with content, -e FILE even without
  tries=100
  until [ "$1" "$2" ]; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo "demo: broker is not ready: $(cat "$dir/hub.err")" >&2; exit 1; }
    sleep 0.1
  done
}

say "A listener, where a Zeek node would be. It passes on what others publish, and has the master of a data store."
show "broker listen 9999 --forward --store hosts=sqlite:hosts.sqlite &"
# In fact any free port, so that the demo does not meet a program of yours.
broker listen 0 --forward --store hosts=sqlite:"$dir/hosts.sqlite" --ready-file "$dir/hub" 2>"$dir/hub.err" &
hub=$!
pids="$pids $hub"
wait_for -s "$dir/hub"
BROKER_PEER=$(cat "$dir/hub")
export BROKER_PEER
show "export BROKER_PEER=$BROKER_PEER"

say "Who is there?"
show "broker status -o human"
broker status -o human

connections=$(grep -c '^[^#]' "$here/conn.log")
guesses=$(grep -c '^[^#]' "$here/ssh.log")
messages=$((1 + connections + guesses))
say "A second window: watch everything that starts with zeek/demo/. It stays open during all that follows."
show "broker subscribe zeek/demo/ -n $messages &"
broker subscribe zeek/demo/ -o human -n "$messages" --timeout 25s --ready-file "$dir/watch" &
watch=$!
pids="$pids $watch"
wait_for -e "$dir/watch"

say "One event, with its arguments as words. The types are seen from the words: string, addr, port, addr, port, ..."
show "broker publish zeek/demo/conn connection_observed CIyeayd93jyc31ucl 141.142.220.202 5353/udp \\
    224.0.0.251 5353/udp enum:udp dns 435us 73 T"
broker publish zeek/demo/conn connection_observed CIyeayd93jyc31ucl 141.142.220.202 5353/udp \
  224.0.0.251 5353/udp enum:udp dns 435us 73 T
sleep 0.5

say "A Zeek script would declare it so:"
cat <<'ZEEK'
    global connection_observed: event(uid: string, orig_h: addr, orig_p: port,
        resp_h: addr, resp_p: port, proto: transport_proto, service: string,
        duration: interval, orig_bytes: count, local_orig: bool);
ZEEK
say "The same from each line of a conn.log, whose header has the types; what is unset becomes empty."
fields=uid,id.orig_h,id.orig_p,id.resp_h,id.resp_p,proto,service,duration,orig_bytes,local_orig
show "broker publish zeek/demo/conn connection_observed --from conn.log --in zeek --unset empty \\
    --fields $fields"
broker publish zeek/demo/conn connection_observed --from "$here/conn.log" --in zeek --unset empty --fields $fields
sleep 0.5

say "And the password guesses of an ssh.log, with the time at which Zeek saw them."
fields=ts,uid,id.orig_h,id.resp_p,auth_attempts,client
show "broker publish zeek/demo/ssh password_guesses --from ssh.log --in zeek --fields $fields"
broker publish zeek/demo/ssh password_guesses --from "$here/ssh.log" --in zeek --fields $fields

say "Zeek drops an event with other types than declared. With the declaration, a mistake is found before it leaves."
show "broker publish --sig 'password_guessed(host: addr, n: count)' zeek/demo password_guessed 10.0.0.1 -3"
broker publish --sig 'password_guessed(host: addr, n: count)' zeek/demo password_guessed 10.0.0.1 -3 || :

wait "$watch"
say "All $messages messages arrived, and the subscriber has ended by itself."

say "The data store keeps what is to outlive the moment: any value at any key, for a time or for ever."
show "broker store insert hosts 192.0.2.7 22/tcp --ttl 1h"
broker store insert hosts 192.0.2.7 22/tcp --ttl 1h
show "broker store insert hosts 192.0.2.7 443/tcp --ttl 1h"
broker store insert hosts 192.0.2.7 443/tcp --ttl 1h
show "broker store incr hosts seen 2"
broker store incr hosts seen 2
show "broker store get hosts 192.0.2.7 seen -o human"
broker store get hosts 192.0.2.7 seen -o human

say "The same from the file, without any connection. The file of a Zeek looks the same."
show "broker store export --file hosts.sqlite"
broker store export --file "$dir/hosts.sqlite" -o ndjson

say "The listener takes a SIGTERM:"
show "kill %1"
kill "$hub"
code=0
{ wait "$hub"; } 2>/dev/null || code=$? # sh would say "Terminated"
pids=
[ "$code" -eq 143 ] || { echo "demo: broker listen ended with code $code instead of 143" >&2; cat "$dir/hub.err" >&2; exit 1; }
say "Done. More: broker --help, README.md, man/."
