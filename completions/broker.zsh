#compdef broker
# Written by python -m broker_cli.reference; do not edit.

_broker_offer() { # offers what is of the kind that is the last argument; those before it are for compadd
    local -a found
    found=("${(@f)$(command ${~${(Q)broker_program}} __complete $@[-1] 2>/dev/null)}")
    found=(${found:#})
    compadd "${@[1,-2]}" -a found
}

_broker() {
    local broker_program=${words[1]}
    _broker_commands "$@"
}

_broker_commands() {
    local -a commands
    commands=(
        'publish:Publish an event, a value, or what a file holds.'
        'subscribe:Show messages on topics that start with TOPIC ("" is all).'
        'top:Watch topics and events by rate, with their last values.'
        'listen:Accept peers, and show what they publish.'
        'request:Publish an event, and print the events that answer it.'
        'record:Write what is published to a file, with times.'
        'replay:Publish what was recorded, or print it.'
        'info:Tell what is in recordings, and whether they are whole.'
        'relay:Carry messages between two networks, over any two transports.'
        'peer:Connect to an endpoint and show its id, subscriptions and stores.'
        'status:Tell which endpoints can be reached, and what they are.'
        'doctor:Find out why there is no connection, and what helps.'
        'ping:Measure the round trip to whoever answers pings on TOPIC.'
        'pong:Answer the pings of others on TOPIC.'
        'bench:Measure messages and store operations a second.'
        'check:Check a peer, topic or store, as plugins of Nagios do.'
        'store:Read and change data stores, at a peer or in a file.'
        'value:Explain literals, show what bytes hold, convert forms.'
        'profile:Keep presets for options under names.'
        'tls:Make and look at certificates for TLS, and make CURVE keys.'
        'help:Explain literals, topics, formats, Zeek and more.'
    )
    if ((CURRENT == 2)); then
        _describe -t commands command commands
        _arguments '--version[Show the version and exit]' '(-h --help)'{-h,--help}'[Show a short help]'
        return
    fi
    local command=${words[2]}
    shift words
    ((CURRENT--))
    case $command in
        publish|pub)
            _arguments -s \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--data)--data=[Publish this value, no event]:LITERAL: ' \
                '*--meta=[Metadata\: network-timestamp=now, or 200=VALUE (200 and up are free); repeatable]:K=V: ' \
                '(--template)--template[Fill {n}, {now}, {uuid} and {env\:NAME} in arguments, anew for each message; {{ is a brace]' \
                '(--from)--from=[Publish what FILE holds; - is stdin]:FILE:_files' \
                '(--in)--in=[How\: ndjson (default), plain, text, lines, zeek]:FORMAT:(ndjson plain text lines zeek)' \
                '(--keep-going)--keep-going[Leave out bad lines of --from]' \
                '(--count -n)--count=[Publish it N times]:N: ' '(--count -n)-n+[Publish it N times]:N: ' \
                '(--wait-subscriber)--wait-subscriber=-[First wait for N (1) subscribers]::N: ' \
                '(--timeout)--timeout=[Wait at most so long for them]:DUR: ' \
                '(--dry-run)--dry-run[Only print what would be sent]' \
                '(--fields)--fields=[With --in zeek\: these columns are the arguments, such as uid,id.orig_h]:A,B: ' \
                '(--unset)--unset=[An argument whose column is not set\: refuse (default), nil, or empty (0, no text)]:HOW:(refuse nil empty)' \
                '(--interval -i)--interval=[Pause after each message]:DUR: ' '(--interval -i)-i+[Pause after each message]:DUR: ' \
                '(--rate)--rate=[Publish N messages per second, evenly; 30/min is fine, too]:N: ' \
                '(--duration)--duration=[Stop after this time; without -n it goes on until then]:DUR: ' \
                '(--pace)--pace=[With --from\: recorded keeps the gaps between the times (ts) of the lines]:HOW:(recorded)' \
                '(--speed)--speed=[With --pace recorded\: so many times quicker (10, 0.5), or max for no gaps at all]:X: ' \
                '*--sig=[Its declaration\: '\''ping(msg\: string)'\'']:EVENT: ' \
                '*--event-file=[A Zeek script that declares events, records and enums; repeatable]:FILE:_files' \
                '(--types)--types=[The types of the arguments, without names]:T,T: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:TOPIC:_broker_offer topics' \
                '2:EVENT: ' \
                '*:ARG: '
            ;;
        subscribe|sub)
            _arguments -s \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--count -n)--count=[Stop after N messages]:N: ' '(--count -n)-n+[Stop after N messages]:N: ' \
                '(--for)--for=[Stop after this time]:DUR: ' \
                '(--idle)--idle=[Stop when nothing was shown for so long]:DUR: ' \
                '(--timeout)--timeout=[As --for, but exit 4 unless -n (1) have come]:DUR: ' \
                '(--max-queue)--max-queue=[How many may wait for a slow output (2048)]:N: ' \
                '(--on-overflow)--on-overflow=[What to do if more wait\: block, drop-old, drop-new or exit]:HOW:(block drop-old drop-new exit)' \
                '(--ready-file)--ready-file=[Create FILE when the subscription is active]:FILE:_files' \
                '*--event=[Only these events\: '\''Intel\:\:*'\''; repeatable]:GLOB: ' \
                '(--where)--where=[Only if\: '\''args\[0\] in 10.0.0.0/8 and args\[1\] > 5'\'']:EXPR: ' \
                '*--exclude=[Not topics that start with PREFIX; repeatable]:PREFIX:_broker_offer topics' \
                '(--exact)--exact[Only the topics TOPIC, not those that start so]' \
                '(--sample)--sample=[Only a part\: 10%, 0.1, or each hundredth\: 1/100]:P: ' \
                '*--until-event=[Stop after the first such event, which is shown; repeatable]:GLOB: ' \
                '(--format)--format=[As this says\: '\''{ts} {event} {args\[0\]}'\'']:TEMPLATE: ' \
                '(--ts)--ts=[Time in front (-o human) or for {ts}\: wall, delta, net or none]:WHICH:(wall delta net none)' \
                '(--null -0)--null[End each with NUL, for xargs -0]' '(--null -0)-0[End each with NUL, for xargs -0]' \
                '(--topics-only)--topics-only[Only the topics]' \
                '(--big-ints)--big-ints=[With -o plain, whole numbers beyond 2^53 as string or number (default)]:AS:(number string)' \
                '(--rate)--rate[Tell messages per second, each second on stderr]' \
                '(--exec)--exec=[Run CMD for each, with BROKER_EVENT, BROKER_ARG_0... and the ndjson line as input]:CMD: ' \
                '(--exec-jobs)--exec-jobs=[Run at most N (4) at a time]:N: ' \
                '(--exec-timeout)--exec-timeout=[End each after this time (60s)]:DUR: ' \
                '(--watch)--watch[A line for each topic with its last value, in place]' \
                '(--interval)--interval=[With --watch\: what a rate is taken over, and how often lines of ndjson are printed (1s)]:DUR: ' \
                '(--logs)--logs[Only log writes, as Zeek'\''s log records; also -o tsv]' \
                '(--log-dir)--log-dir=[Write them to DIR/PATH.log (tsv, or with -o ndjson JSON) instead of printing them]:DIR:_files -/' \
                '(--log-sink)--log-sink=[As --logs, for what nodes of a ZeroMQ cluster push here\: a share of it if there are other loggers]:\[ADDR\:\]PORT: ' \
                '*--sig=[Its declaration\: '\''ping(msg\: string)'\'']:EVENT: ' \
                '*--event-file=[A Zeek script that declares events, records and enums; repeatable]:FILE:_files' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw tsv)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw tsv)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*:TOPIC:_broker_offer topics'
            ;;
        top)
            _arguments -s \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--interval)--interval=[What a rate is taken over (1s)]:DUR: ' \
                '(--sort)--sort=[rate (default), bytes, total, last or name]:COLUMN:(rate bytes total last name)' \
                '(--by)--by=[A row for each event (default) or topic]:WHAT:(event topic)' \
                '(--filter)--filter=[Only topics or events like this, or with it in them]:GLOB: ' \
                '(--count -n)--count=[Stop after N intervals]:N: ' '(--count -n)-n+[Stop after N intervals]:N: ' \
                '(--for)--for=[Stop after this time]:DUR: ' \
                '(--max-queue)--max-queue=[How many may wait to be counted (65536)]:N: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*:TOPIC:_broker_offer topics'
            ;;
        listen)
            _arguments -s \
                '*--topic=[Show messages on this prefix; repeatable]:TOPIC:_broker_offer topics' '*-t+[Show messages on this prefix; repeatable]:TOPIC:_broker_offer topics' \
                '(--forward)--forward[Pass on (on --topic, or all) between peers]' \
                '(--no-forward)--no-forward[Not\: Pass on (on --topic, or all) between peers]' \
                '*--store=[Host a store\: memory, sqlite\:PATH, rocksdb\:PATH]:NAME=WHAT: ' \
                '*--clone=[Keep a copy of a peer'\''s store; repeatable]:NAME:_broker_offer stores' \
                '(--once)--once[Stop when the first peer has left]' \
                '(--count -n)--count=[Stop after N messages]:N: ' '(--count -n)-n+[Stop after N messages]:N: ' \
                '(--for)--for=[Stop after this time]:DUR: ' \
                '(--ready-file)--ready-file=[Write ADDR\:PORT to FILE once peers can come]:FILE:_files' \
                '*--event=[Only these events\: '\''Intel\:\:*'\''; repeatable]:GLOB: ' \
                '(--where)--where=[Only if\: '\''args\[0\] in 10.0.0.0/8 and args\[1\] > 5'\'']:EXPR: ' \
                '*--exclude=[Not topics that start with PREFIX; repeatable]:PREFIX:_broker_offer topics' \
                '(--exact)--exact[Only the topics TOPIC, not those that start so]' \
                '(--sample)--sample=[Only a part\: 10%, 0.1, or each hundredth\: 1/100]:P: ' \
                '*--until-event=[Stop after the first such event, which is shown; repeatable]:GLOB: ' \
                '(--format)--format=[As this says\: '\''{ts} {event} {args\[0\]}'\'']:TEMPLATE: ' \
                '(--ts)--ts=[Time in front (-o human) or for {ts}\: wall, delta, net or none]:WHICH:(wall delta net none)' \
                '(--null -0)--null[End each with NUL, for xargs -0]' '(--null -0)-0[End each with NUL, for xargs -0]' \
                '(--topics-only)--topics-only[Only the topics]' \
                '(--big-ints)--big-ints=[With -o plain, whole numbers beyond 2^53 as string or number (default)]:AS:(number string)' \
                '(--rate)--rate[Tell messages per second, each second on stderr]' \
                '(--exec)--exec=[Run CMD for each, with BROKER_EVENT, BROKER_ARG_0... and the ndjson line as input]:CMD: ' \
                '(--exec-jobs)--exec-jobs=[Run at most N (4) at a time]:N: ' \
                '(--exec-timeout)--exec-timeout=[End each after this time (60s)]:DUR: ' \
                '(--logs)--logs[Only log writes, as Zeek'\''s log records; also -o tsv]' \
                '(--log-dir)--log-dir=[Write them to DIR/PATH.log (tsv, or with -o ndjson JSON) instead of printing them]:DIR:_files -/' \
                '*--sig=[Its declaration\: '\''ping(msg\: string)'\'']:EVENT: ' \
                '*--event-file=[A Zeek script that declares events, records and enums; repeatable]:FILE:_files' \
                '(--ws)--ws=[Serve WebSocket, too; zeek\: 27759, broker\: 9997]:\[ADDR\:\]PORT: ' \
                '(--ws-style)--ws-style=[broker or zeek]:WHOSE:(broker zeek)' \
                '(--ws-tls)--ws-tls=[For --ws\: auto (both), off, anon, verify (with --cert)]:HOW:(auto off anon verify)' \
                '*--ws-publish=[Clients may publish on this prefix only; repeatable]:TOPIC:_broker_offer topics' \
                '*--ws-subscribe=[They may subscribe to this prefix only; repeatable]:TOPIC:_broker_offer topics' \
                '(--ws-rules)--ws-rules=[Users with tokens and topics of their own]:FILE:_files' \
                '*--ws-origin=[Scripts of this web page may connect; '\''*'\'' is all]:URL: ' \
                '(--ws-overflow)--ws-overflow=[Slow clients\: disconnect, drop-old, drop-new, block]:HOW:(disconnect drop-old drop-new block)' \
                '(--http)--http=[Serve status and metrics over HTTP]:\[ADDR\:\]PORT: ' \
                '(--zmq)--zmq=[Run a ZeroMQ cluster\: XPUB and XSUB; zeek\: 5555]:\[ADDR\:\]PORT\[\:PORT\]: ' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw tsv)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw tsv)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:ADDR\:PORT: '
            ;;
        request|req)
            _arguments -s \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '*--reply-topic=[Replies come on this prefix; repeatable]:TOPIC:_broker_offer topics' \
                '*--reply-event=[Only events like this are replies (any)]:GLOB: ' \
                '*--match=[Argument N of a reply must be argument M (N) sent]:N\[=M\]: ' \
                '(--replies)--replies=[Wait for K replies (1); 0\: all in time]:K: ' \
                '(--timeout)--timeout=[For all of it (5s)]:DUR: ' \
                '*--sig=[Its declaration\: '\''ping(msg\: string)'\'']:EVENT: ' \
                '*--event-file=[A Zeek script that declares events, records and enums; repeatable]:FILE:_files' \
                '(--types)--types=[The types of the arguments, without names]:T,T: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:TOPIC:_broker_offer topics' \
                '2:EVENT: ' \
                '*:ARG: '
            ;;
        record)
            _arguments -s \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--count -n)--count=[Stop after N messages]:N: ' '(--count -n)-n+[Stop after N messages]:N: ' \
                '(--for)--for=[Stop after this time]:DUR: ' \
                '(--append)--append[Add to FILE, also after a crash]' \
                '(--force)--force[Overwrite FILE]' \
                '(--rotate)--rotate=[Write FILE.000001 and so on, each so big or long]:SIZE|DUR: ' \
                '(--keep)--keep=[Of the files of --rotate keep only the last N]:N: ' \
                '(--compress)--compress[Write less, with more work]' \
                '(--sync)--sync=[See that it is on disk, even if the power fails, so often (1s); never\: only at the end]:DUR: ' \
                '(--idle)--idle=[Stop when nothing came for so long]:DUR: ' \
                '(--timeout)--timeout=[As --for, but exit 4 unless -n (1) have come]:DUR: ' \
                '(--max-queue)--max-queue=[How many may wait for a slow disk (2048)]:N: ' \
                '(--on-overflow)--on-overflow=[If more\: block (default), drop-old, drop-new or exit. What is dropped is noted in FILE]:HOW:(block drop-old drop-new exit)' \
                '(--ready-file)--ready-file=[Create FILE when the subscription is active]:FILE:_files' \
                '*--event=[Only these events\: '\''Intel\:\:*'\''; repeatable]:GLOB: ' \
                '(--where)--where=[Only if\: '\''args\[0\] in 10.0.0.0/8 and args\[1\] > 5'\'']:EXPR: ' \
                '*--exclude=[Not topics that start with PREFIX; repeatable]:PREFIX:_broker_offer topics' \
                '(--exact)--exact[Only the topics TOPIC, not those that start so]' \
                '(--sample)--sample=[Only a part\: 10%, 0.1, or each hundredth\: 1/100]:P: ' \
                '*--until-event=[Stop after the first such event, which is shown; repeatable]:GLOB: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:FILE:_files' \
                '*:TOPIC:_broker_offer topics'
            ;;
        replay)
            _arguments -s \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--speed)--speed=[So many times as fast (1); max\: no pauses]:X: ' \
                '*--topic-map=[Put NEW in place of the prefix OLD]:OLD=NEW: ' \
                '*--topic=[Only these topics; repeatable]:PREFIX:_broker_offer topics' \
                '(--count -n)--count=[Stop after N messages]:N: ' '(--count -n)-n+[Stop after N messages]:N: ' \
                '(--loop)--loop=-[Play it N times, without N until Ctrl-C]::N: ' \
                '(--start)--start=[From this time on\: 90s behind the first, or a date]:WHEN: ' \
                '(--end)--end=[Up to this time]:WHEN: ' \
                '(--max-gap)--max-gap=[Cut longer pauses to this, before --speed]:DUR: ' \
                '(--keep-going)--keep-going[Leave out what is damaged]' \
                '(--wait-subscriber)--wait-subscriber=-[First wait for N (1) subscribers of the first topic]::N: ' \
                '(--timeout)--timeout=[Wait at most so long for them]:DUR: ' \
                '(--dry-run)--dry-run[Print it as subscribe would; without a peer]' \
                '*--event=[Only these events\: '\''Intel\:\:*'\''; repeatable]:GLOB: ' \
                '(--where)--where=[Only if\: '\''args\[0\] in 10.0.0.0/8 and args\[1\] > 5'\'']:EXPR: ' \
                '*--exclude=[Not topics that start with PREFIX; repeatable]:PREFIX:_broker_offer topics' \
                '(--exact)--exact[Only the topics TOPIC, not those that start so]' \
                '(--sample)--sample=[Only a part\: 10%, 0.1, or each hundredth\: 1/100]:P: ' \
                '*--until-event=[Stop after the first such event, which is shown; repeatable]:GLOB: ' \
                '(--format)--format=[As this says\: '\''{ts} {event} {args\[0\]}'\'']:TEMPLATE: ' \
                '(--ts)--ts=[Time in front (-o human) or for {ts}\: wall, delta, net or none]:WHICH:(wall delta net none)' \
                '(--null -0)--null[End each with NUL, for xargs -0]' '(--null -0)-0[End each with NUL, for xargs -0]' \
                '(--topics-only)--topics-only[Only the topics]' \
                '(--big-ints)--big-ints=[With -o plain, whole numbers beyond 2^53 as string or number (default)]:AS:(number string)' \
                '(--rate)--rate[Tell messages per second, each second on stderr]' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*:FILE:_files'
            ;;
        info)
            _arguments -s \
                '(--top)--top=[List the N (20) most frequent of each kind]:N: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*:FILE:_files'
            ;;
        relay)
            _arguments -s \
                '*--topic=[Carry these topics both ways; '\'''\'' is all]:PREFIX:_broker_offer topics' '*-t+[Carry these topics both ways; '\'''\'' is all]:PREFIX:_broker_offer topics' \
                '*--from-a=[Carry these from A to B]:PREFIX:_broker_offer topics' \
                '*--from-b=[Carry these from B to A]:PREFIX:_broker_offer topics' \
                '(--one-way)--one-way[Carry nothing from B to A]' \
                '*--exclude=[But do not carry these]:PREFIX:_broker_offer topics' \
                '*--map=[X... at A is Y... at B, both ways; repeatable]:X=Y: ' \
                '*--event=[Carry only events with such names]:GLOB: ' \
                '(--count -n)--count=[Stop after N messages]:N: ' '(--count -n)-n+[Stop after N messages]:N: ' \
                '(--for)--for=[Stop after this time]:DUR: ' \
                '(--interval)--interval=[How often -o ndjson prints the counts (10s)]:DUR: ' \
                '(--on-overflow)--on-overflow=[Slow side\: block, drop-old, drop-new or exit]:HOW:(block drop-old drop-new exit)' \
                '(--max-queue)--max-queue=[How many may wait for a slow side (2048)]:N: ' \
                '(--loop-guard)--loop-guard=[Carry the same only once in a while\: auto (if much comes back), on or off]:HOW:(auto on off)' \
                '(--loop-window)--loop-window=[How long that while is (5s)]:DUR: ' \
                '(--tls-a)--tls-a=[As --tls, for side A only]:HOW:(auto off anon verify)' \
                '(--tls-b)--tls-b=[As --tls, for side B only]:HOW:(auto off anon verify)' \
                '(--ready-file)--ready-file=[Create FILE when it is ready]:FILE:_files' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:A:_broker_offer peers' \
                '2:B:_broker_offer peers'
            ;;
        peer)
            _arguments -s \
                '(--watch)--watch[Stay, and print what happens to the connection]' \
                '(--keep)--keep[Stay connected until interrupted]' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:HOST\:PORT:_broker_offer peers'
            ;;
        status)
            _arguments -s \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*:HOST\:PORT|URL:_broker_offer peers'
            ;;
        doctor)
            _arguments -s \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:ADDR\:PORT:_broker_offer peers' \
                '*:TOPIC:_broker_offer topics'
            ;;
        ping)
            _arguments -s \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--count -n)--count=[Send N pings (10); 0\: no end]:N: ' '(--count -n)-n+[Send N pings (10); 0\: no end]:N: ' \
                '(--interval -i)--interval=[From ping to ping (1s)]:DUR: ' '(--interval -i)-i+[From ping to ping (1s)]:DUR: ' \
                '(--flood)--flood[No pauses\: the next one as soon as one is answered]' \
                '(--timeout)--timeout=[A ping is lost after this (1s)]:DUR: ' \
                '(--wait)--wait=[Look so long for somebody who answers (10s)]:DUR: ' \
                '(--size)--size=[Length of the payload (0)]:BYTES: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:TOPIC:_broker_offer topics'
            ;;
        pong)
            _arguments -s \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--listen)--listen=[Wait here for peers; *\:PORT is everywhere]:\[ADDR\:\]PORT: ' \
                '(--count -n)--count=[Stop after N pings]:N: ' '(--count -n)-n+[Stop after N pings]:N: ' \
                '(--for)--for=[Stop after this time]:DUR: ' \
                '(--ready-file)--ready-file=[Create FILE, with the address, when it is ready]:FILE:_files' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:TOPIC:_broker_offer topics'
            ;;
        bench)
            _broker_commands_bench
            ;;
        check)
            _broker_commands_check
            ;;
        store)
            _broker_commands_store
            ;;
        value)
            _broker_commands_value
            ;;
        profile)
            _broker_commands_profile
            ;;
        tls)
            _broker_commands_tls
            ;;
        help)
            _arguments -s \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*:GUIDE:(literals topics zeek expressions templates peers formats profiles environment exit-codes publish subscribe top listen request record replay info relay peer status doctor ping pong bench check store value profile tls help)'
            ;;
    esac
}

_broker_commands_bench() {
    local -a commands
    commands=(
        'pub:Measure publishing\: messages a second that a peer confirms.'
        'sub:Measure receiving\: messages a second that come to subscribers.'
        'store:Measure a data store\: confirmed operations a second, and their latency.'
    )
    if ((CURRENT == 2)); then
        _describe -t commands command commands
        _arguments '(-h --help)'{-h,--help}'[Show a short help]'
        return
    fi
    local command=${words[2]}
    shift words
    ((CURRENT--))
    case $command in
        pub)
            _arguments -s \
                '(--size)--size=[Of each value on the wire (128)]:BYTES: ' \
                '(--shape)--shape=[event, conn or string]:WHAT:(event conn string)' \
                '(--rate)--rate=[Messages a second, all clients together]:N: ' \
                '(--msgs -n)--msgs=[How many messages or operations in all]:N: ' '(--msgs -n)-n+[How many messages or operations in all]:N: ' \
                '(--duration)--duration=[Stop after this time]:DUR: ' \
                '(--clients)--clients=[Processes that do it (1)]:N: ' \
                '*--peer=[Whom to connect to; else the other end is started, too]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; else the other end is started, too]:HOST\:PORT:_broker_offer peers' \
                '(--timeout)--timeout=[Give up when nothing goes on for so long (30s)]:DUR: ' \
                '(--csv)--csv=[Write the results there, too]:FILE:_files' \
                '(--no-progress)--no-progress[Show no progress bar]' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:TOPIC:_broker_offer topics'
            ;;
        sub)
            _arguments -s \
                '(--size)--size=[Of each value on the wire (128)]:BYTES: ' \
                '(--shape)--shape=[event, conn or string]:WHAT:(event conn string)' \
                '(--rate)--rate=[Messages a second]:N: ' \
                '(--msgs -n)--msgs=[How many messages or operations in all]:N: ' '(--msgs -n)-n+[How many messages or operations in all]:N: ' \
                '(--duration)--duration=[Stop after this time]:DUR: ' \
                '(--clients)--clients=[Processes that do it (1)]:N: ' \
                '*--peer=[Whom to connect to; else the other end is started, too]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; else the other end is started, too]:HOST\:PORT:_broker_offer peers' \
                '(--timeout)--timeout=[Give up when nothing goes on for so long (30s)]:DUR: ' \
                '(--csv)--csv=[Write the results there, too]:FILE:_files' \
                '(--no-progress)--no-progress[Show no progress bar]' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:TOPIC:_broker_offer topics'
            ;;
        store)
            _arguments -s \
                '(--op)--op=[put, get or incr]:OP:(put get incr)' \
                '(--window)--window=[Operations of a client at a time (1)]:N: ' \
                '(--keys)--keys=[Different keys of each client (1000)]:N: ' \
                '(--size)--size=[Of each value (128)]:BYTES: ' \
                '(--backend)--backend=[Of our own master\: memory, sqlite\:PATH, rocksdb\:PATH]:WHAT: ' \
                '(--msgs -n)--msgs=[How many messages or operations in all]:N: ' '(--msgs -n)-n+[How many messages or operations in all]:N: ' \
                '(--duration)--duration=[Stop after this time]:DUR: ' \
                '(--clients)--clients=[Processes that do it (1)]:N: ' \
                '*--peer=[Whom to connect to; else the other end is started, too]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; else the other end is started, too]:HOST\:PORT:_broker_offer peers' \
                '(--timeout)--timeout=[Give up when nothing goes on for so long (30s)]:DUR: ' \
                '(--csv)--csv=[Write the results there, too]:FILE:_files' \
                '(--no-progress)--no-progress[Show no progress bar]' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:NAME: '
            ;;
    esac
}

_broker_commands_check() {
    local -a commands
    commands=(
        'peer:Check that an endpoint is there and answers.'
        'topic:Check that something comes on a topic.'
        'store:Check that a data store can be read, and what it holds.'
    )
    if ((CURRENT == 2)); then
        _describe -t commands command commands
        _arguments '(-h --help)'{-h,--help}'[Show a short help]'
        return
    fi
    local command=${words[2]}
    shift words
    ((CURRENT--))
    case $command in
        peer)
            _arguments -s \
                '(--warning -w)--warning=[WARNING outside of this range]:RANGE: ' '(--warning -w)-w+[WARNING outside of this range]:RANGE: ' \
                '(--critical -c)--critical=[CRITICAL outside of this range]:RANGE: ' '(--critical -c)-c+[CRITICAL outside of this range]:RANGE: ' \
                '*--subscribed=[CRITICAL unless it wants this; repeatable]:TOPIC:_broker_offer topics' \
                '(--cert-days)--cert-days=[WARNING (CRITICAL) if its certificate ends in fewer days]:W\[,C\]: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[nagios (default), ndjson or prometheus]:FORMAT:(nagios ndjson prometheus)' '(--output -o)-o+[nagios (default), ndjson or prometheus]:FORMAT:(nagios ndjson prometheus)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--timeout -t)--timeout=[CRITICAL when it takes longer (10s)]:DUR: ' '(--timeout -t)-t+[CRITICAL when it takes longer (10s)]:DUR: ' \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:HOST\:PORT:_broker_offer peers'
            ;;
        topic)
            _arguments -s \
                '(--warning -w)--warning=[WARNING outside of this range]:RANGE: ' '(--warning -w)-w+[WARNING outside of this range]:RANGE: ' \
                '(--critical -c)--critical=[CRITICAL outside of this range]:RANGE: ' '(--critical -c)-c+[CRITICAL outside of this range]:RANGE: ' \
                '(--within)--within=[How long to wait (30s)]:DUR: ' \
                '*--event=[Count only events like this; repeatable]:GLOB: ' \
                '(--count -n)--count=[So many have to come (1)]:N: ' '(--count -n)-n+[So many have to come (1)]:N: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[nagios (default), ndjson or prometheus]:FORMAT:(nagios ndjson prometheus)' '(--output -o)-o+[nagios (default), ndjson or prometheus]:FORMAT:(nagios ndjson prometheus)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--timeout -t)--timeout=[CRITICAL when it takes longer (10s)]:DUR: ' '(--timeout -t)-t+[CRITICAL when it takes longer (10s)]:DUR: ' \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:TOPIC:_broker_offer topics'
            ;;
        store)
            _arguments -s \
                '(--warning -w)--warning=[WARNING outside of this range]:RANGE: ' '(--warning -w)-w+[WARNING outside of this range]:RANGE: ' \
                '(--critical -c)--critical=[CRITICAL outside of this range]:RANGE: ' '(--critical -c)-c+[CRITICAL outside of this range]:RANGE: ' \
                '*--key=[CRITICAL unless it is there; repeatable]:LITERAL: ' \
                '(--value)--value=[CRITICAL unless --key has this value]:LITERAL: ' \
                '(--file -f)--file=[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f+[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[nagios (default), ndjson or prometheus]:FORMAT:(nagios ndjson prometheus)' '(--output -o)-o+[nagios (default), ndjson or prometheus]:FORMAT:(nagios ndjson prometheus)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--timeout -t)--timeout=[CRITICAL when it takes longer (10s)]:DUR: ' '(--timeout -t)-t+[CRITICAL when it takes longer (10s)]:DUR: ' \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*:NAME:_broker_offer stores'
            ;;
    esac
}

_broker_commands_store() {
    local -a commands
    commands=(
        'get:Print the values of keys.'
        'exists:Tell whether keys exist.'
        'keys:Print the keys.'
        'put:Store a value at a key.'
        'del:Remove keys.'
        'clear:Remove all keys.'
        'incr:Add to a number or a time.'
        'decr:Subtract from a number or a time.'
        'append:Add text at the end of a string.'
        'push:Add values at the end of a vector.'
        'pop:Remove the last value of a vector.'
        'insert:Add to a set, or with VALUE to a table.'
        'remove:Remove from a set or a table.'
        'watch:Print changes as they happen.'
        'export:Print all keys with their values.'
        'import:Store what export printed.'
        'info:Tell what a store is and in which state.'
        'stats:Count entries by type and find the biggest.'
        'diff:Compare two stores, store files or exports.'
    )
    if ((CURRENT == 2)); then
        _describe -t commands command commands
        _arguments '(-h --help)'{-h,--help}'[Show a short help]'
        return
    fi
    local command=${words[2]}
    shift words
    ((CURRENT--))
    case $command in
        get)
            _arguments -s \
                '(--match)--match=[All keys like this, such as '\''scan*'\'']:GLOB: ' \
                '(--index)--index=[Only this element of a table, vector or set]:LITERAL: ' \
                '(--default)--default=[Print this for a missing key]:LITERAL: ' \
                '(--file -f)--file=[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f+[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--timeout)--timeout=[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:NAME:_broker_offer stores' \
                '*:KEY: '
            ;;
        exists)
            _arguments -s \
                '(--file -f)--file=[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f+[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--timeout)--timeout=[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:NAME:_broker_offer stores' \
                '*:KEY: '
            ;;
        keys)
            _arguments -s \
                '(--match)--match=[All keys like this, such as '\''scan*'\'']:GLOB: ' \
                '(--file -f)--file=[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f+[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--timeout)--timeout=[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:NAME:_broker_offer stores'
            ;;
        put)
            _arguments -s \
                '(--ttl)--ttl=[It expires after this time]:DUR: ' \
                '(--if-absent)--if-absent[Only if the key has no value yet]' \
                '(--file -f)--file=[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f+[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '(--write)--write[Change FILE; nobody else may use it then]' \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--timeout)--timeout=[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:NAME:_broker_offer stores' \
                '2:KEY: ' \
                '3:VALUE: '
            ;;
        del)
            _arguments -s \
                '(--match)--match=[All keys like this, such as '\''scan*'\'']:GLOB: ' \
                '(--yes -y)--yes[Do not ask]' '(--yes -y)-y[Do not ask]' \
                '(--file -f)--file=[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f+[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '(--write)--write[Change FILE; nobody else may use it then]' \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--timeout)--timeout=[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:NAME:_broker_offer stores' \
                '*:KEY: '
            ;;
        clear)
            _arguments -s \
                '(--yes -y)--yes[Do not ask]' '(--yes -y)-y[Do not ask]' \
                '(--file -f)--file=[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f+[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '(--write)--write[Change FILE; nobody else may use it then]' \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--timeout)--timeout=[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:NAME:_broker_offer stores'
            ;;
        incr)
            _arguments -s \
                '(--ttl)--ttl=[It expires after this time]:DUR: ' \
                '(--file -f)--file=[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f+[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '(--write)--write[Change FILE; nobody else may use it then]' \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--timeout)--timeout=[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:NAME:_broker_offer stores' \
                '2:KEY: ' \
                '3:BY: '
            ;;
        decr)
            _arguments -s \
                '(--ttl)--ttl=[It expires after this time]:DUR: ' \
                '(--file -f)--file=[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f+[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '(--write)--write[Change FILE; nobody else may use it then]' \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--timeout)--timeout=[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:NAME:_broker_offer stores' \
                '2:KEY: ' \
                '3:BY: '
            ;;
        append)
            _arguments -s \
                '(--ttl)--ttl=[It expires after this time]:DUR: ' \
                '(--file -f)--file=[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f+[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '(--write)--write[Change FILE; nobody else may use it then]' \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--timeout)--timeout=[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:NAME:_broker_offer stores' \
                '2:KEY: ' \
                '3:TEXT: '
            ;;
        push)
            _arguments -s \
                '(--ttl)--ttl=[It expires after this time]:DUR: ' \
                '(--file -f)--file=[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f+[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '(--write)--write[Change FILE; nobody else may use it then]' \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--timeout)--timeout=[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:NAME:_broker_offer stores' \
                '2:KEY: ' \
                '*:VALUE: '
            ;;
        pop)
            _arguments -s \
                '(--ttl)--ttl=[It expires after this time]:DUR: ' \
                '(--file -f)--file=[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f+[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '(--write)--write[Change FILE; nobody else may use it then]' \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--timeout)--timeout=[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:NAME:_broker_offer stores' \
                '2:KEY: '
            ;;
        insert)
            _arguments -s \
                '(--ttl)--ttl=[It expires after this time]:DUR: ' \
                '(--file -f)--file=[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f+[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '(--write)--write[Change FILE; nobody else may use it then]' \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--timeout)--timeout=[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:NAME:_broker_offer stores' \
                '2:KEY: ' \
                '3:INDEX: ' \
                '4:VALUE: '
            ;;
        remove)
            _arguments -s \
                '(--ttl)--ttl=[It expires after this time]:DUR: ' \
                '(--file -f)--file=[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f+[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '(--write)--write[Change FILE; nobody else may use it then]' \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--timeout)--timeout=[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:NAME:_broker_offer stores' \
                '2:KEY: ' \
                '*:INDEX: '
            ;;
        watch)
            _arguments -s \
                '*--key=[Only this key; repeatable]:KEY: ' \
                '(--snapshot)--snapshot[Begin with what is there]' \
                '(--count -n)--count=[Stop after N events]:N: ' '(--count -n)-n+[Stop after N events]:N: ' \
                '(--for)--for=[Stop after this time]:DUR: ' \
                '(--ready-file)--ready-file=[Create FILE when it has begun to watch]:FILE:_files' \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--timeout)--timeout=[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:NAME:_broker_offer stores'
            ;;
        export)
            _arguments -s \
                '(--match)--match=[All keys like this, such as '\''scan*'\'']:GLOB: ' \
                '(--file -f)--file=[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f+[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--timeout)--timeout=[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:NAME:_broker_offer stores'
            ;;
        import)
            _arguments -s \
                '(--mode)--mode=[merge (default), skip or replace]:HOW:(merge skip replace)' \
                '(--dry-run)--dry-run[Only tell what would be done]' \
                '(--keep-going)--keep-going[Leave out bad lines]' \
                '(--yes -y)--yes[Do not ask]' '(--yes -y)-y[Do not ask]' \
                '(--file -f)--file=[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f+[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '(--write)--write[Change FILE; nobody else may use it then]' \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--timeout)--timeout=[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:NAME:_broker_offer stores' \
                '2:INPUT:_files'
            ;;
        info)
            _arguments -s \
                '(--file -f)--file=[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f+[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--timeout)--timeout=[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:NAME:_broker_offer stores'
            ;;
        stats)
            _arguments -s \
                '(--top)--top=[How many of the biggest entries to show (5)]:N: ' \
                '(--file -f)--file=[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f+[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--timeout)--timeout=[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:NAME:_broker_offer stores'
            ;;
        diff)
            _arguments -s \
                '*--file=[Compare this store file, or export; repeatable]:FILE:_files' '*-f+[Compare this store file, or export; repeatable]:FILE:_files' \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--timeout)--timeout=[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:NAME:_broker_offer stores'
            ;;
    esac
}

_broker_commands_value() {
    local -a commands
    commands=(
        'parse:Explain literals\: type, bytes, JSON, and how each was understood.'
        'show:Show what a file or some bytes hold\: the value, and the Zeek message that it is.'
        'convert:Convert values from one form to another, line by line.'
    )
    if ((CURRENT == 2)); then
        _describe -t commands command commands
        _arguments '(-h --help)'{-h,--help}'[Show a short help]'
        return
    fi
    local command=${words[2]}
    shift words
    ((CURRENT--))
    case $command in
        parse)
            _arguments -s \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*:LIT: '
            ;;
        show)
            _arguments -s \
                '(--in)--in=[hex, json, binary, base64, msgpack or text; else it is found out]:FORM:(hex json binary base64 msgpack text)' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:FILE|-|HEX:_files'
            ;;
        convert)
            _arguments -s \
                '(--from)--from=[The form that is read (ndjson)]:FORM:(text ndjson json hex base64 binary msgpack plain)' \
                '(--to)--to=[The form that is written (text)]:FORM:(text ndjson json hex base64 binary msgpack plain broker)' \
                '(--keep-going)--keep-going[Leave out what is no value]' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*:FILE:_files'
            ;;
    esac
}

_broker_commands_profile() {
    local -a commands
    commands=(
        'list:List the profiles, and which one is in use.'
        'show:Show what a profile says, or where each setting comes from.'
        'add:Keep the given options under a name.'
        'use:Choose the profile that is used when nothing else is said.'
        'edit:Open the file with the profiles in an editor.'
        'rm:Remove a profile.'
        'validate:Check what profiles say, and the files they name.'
    )
    if ((CURRENT == 2)); then
        _describe -t commands command commands
        _arguments '(-h --help)'{-h,--help}'[Show a short help]'
        return
    fi
    local command=${words[2]}
    shift words
    ((CURRENT--))
    case $command in
        list)
            _arguments -s \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]'
            ;;
        show)
            _arguments -s \
                '(--origin)--origin[All settings, each with who says it]' \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--timeout)--timeout=[How long commands wait]:DUR: ' \
                '*--event-file=[Zeek script with declarations of events]:FILE:_files' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:PROFILE:_broker_offer profiles'
            ;;
        add)
            _arguments -s \
                '(--use)--use[Use it from now on, when nothing else is said]' \
                '(--force)--force[Replace the profile of that name]' \
                '*--peer=[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' '*-p+[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT:_broker_offer peers' \
                '(--timeout)--timeout=[How long commands wait]:DUR: ' \
                '*--event-file=[Zeek script with declarations of events]:FILE:_files' \
                '(--connect-timeout)--connect-timeout=[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry=[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--no-reconnect)--no-reconnect[Do not connect again, whatever the profile says]' \
                '(--tls)--tls=[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca=[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir=[The same, as a directory]:DIR:_files -/' \
                '(--cert)--cert=[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key=[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file=[Holds the passphrase of the key]:FILE:_files' \
                '(--key-pass-command)--key-pass-command=[Prints that passphrase]:COMMAND: ' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--no-tls-check-host)--no-tls-check-host[Not\: The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log=[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file=[Bearer token of a WebSocket server]:FILE:_files' \
                '(--token-command)--token-command=[Prints that token]:COMMAND: ' \
                '(--curve-dir)--curve-dir=[CURVE keys of a ZeroMQ cluster, as zeekctl keeps them]:DIR:_files -/' \
                '(--ws-zone)--ws-zone=[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output=[The format of commands]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[The format of commands]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '*--topics=[For completion to offer; repeatable]:TOPIC:_broker_offer topics' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:NAME: '
            ;;
        use)
            _arguments -s \
                '(--none)--none[Use none, unless told to]' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:PROFILE:_broker_offer profiles'
            ;;
        edit)
            _arguments -s \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]'
            ;;
        rm)
            _arguments -s \
                '(--yes -y)--yes[Do not ask]' '(--yes -y)-y[Do not ask]' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:PROFILE:_broker_offer profiles'
            ;;
        validate)
            _arguments -s \
                '(--connect)--connect[Try every peer, too]' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*:PROFILE:_broker_offer profiles'
            ;;
    esac
}

_broker_commands_tls() {
    local -a commands
    commands=(
        'init:Make a CA and certificates of nodes.'
        'show:Print what certificates say.'
        'curve:Make the keys of a ZeroMQ cluster (CURVE).'
    )
    if ((CURRENT == 2)); then
        _describe -t commands command commands
        _arguments '(-h --help)'{-h,--help}'[Show a short help]'
        return
    fi
    local command=${words[2]}
    shift words
    ((CURRENT--))
    case $command in
        init)
            _arguments -s \
                '(--days)--days=[How long certificates of nodes last]:N: ' \
                '(--passphrase-file)--passphrase-file=[Encrypt the nodes'\'' keys with its first line]:FILE:_files' \
                '(--force)--force[Replace certificates of nodes; never the CA]' \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:DIR:_files -/' \
                '*:NODE: '
            ;;
        show)
            _arguments -s \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*:FILE:_files'
            ;;
        curve)
            _arguments -s \
                '(--output -o)--output=[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' '(--output -o)-o+[human, ndjson, plain, text, broker or raw]:FORMAT:(human ndjson plain text broker raw)' \
                '(--color)--color=[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--errors)--errors=[How errors and warnings are told on stderr\: text, or json for programs]:HOW:(text json)' \
                '(--profile)--profile=[Take presets from this profile]:PROFILE:_broker_offer profiles' \
                '(--no-profile)--no-profile[Take no presets from any profile]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '1:DIR:_files -/'
            ;;
    esac
}

_broker "$@"
