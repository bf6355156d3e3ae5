#compdef broker
# Written by python -m broker_cli.reference; do not edit.

_broker() {
    local -a commands
    commands=(
        'publish:Publish an event, a value, or what a file holds.'
        'subscribe:Show messages on topics that start with TOPIC ("" is all).'
        'listen:Accept peers, and show what they publish.'
        'peer:Connect to an endpoint and show its id, subscriptions and stores.'
        'status:Tell which endpoints can be reached, and what they are.'
        'doctor:Find out why there is no connection, and what helps.'
        'store:Read and change data stores, at a peer or in a file.'
        'tls:Make and look at certificates for TLS between Brokers.'
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
                '*--peer[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' '*-p[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' \
                '(--data)--data[Publish this value, no event]:LITERAL: ' \
                '*--meta[Metadata\: network-timestamp=now, 200=VALUE]:K=V: ' \
                '(--from)--from[Publish what FILE holds; - is stdin]:FILE:_files' \
                '(--in)--in[How\: ndjson (default), text, or lines (strings)]:FORMAT:(ndjson text lines)' \
                '(--keep-going)--keep-going[Leave out bad lines of --from]' \
                '(--count -n)--count[Publish it N times]:N: ' '(--count -n)-n[Publish it N times]:N: ' \
                '(--interval -i)--interval[Pause after each message]:DUR: ' '(--interval -i)-i[Pause after each message]:DUR: ' \
                '(--wait-subscriber)--wait-subscriber=-[First wait for N (1) subscribers]::N: ' \
                '(--timeout)--timeout[Wait at most so long for them]:DUR: ' \
                '(--dry-run)--dry-run[Only print what would be sent]' \
                '(--connect-timeout)--connect-timeout[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--tls)--tls[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir[The same, as a directory]:DIR: ' \
                '(--cert)--cert[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file[Holds the passphrase of the key]:FILE:_files' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file[Bearer token of a WebSocket server]:FILE:_files' \
                '(--ws-zone)--ws-zone[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
        subscribe|sub)
            _arguments -s \
                '*--peer[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' '*-p[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' \
                '(--count -n)--count[Stop after N messages]:N: ' '(--count -n)-n[Stop after N messages]:N: ' \
                '(--for)--for[Stop after this time]:DUR: ' \
                '(--idle)--idle[Stop when nothing came for so long]:DUR: ' \
                '(--timeout)--timeout[As --for, but exit 4 unless -n (1) have come]:DUR: ' \
                '(--max-queue)--max-queue[How many may wait for a slow output (2048)]:N: ' \
                '(--on-overflow)--on-overflow[If more\: block, drop-old, drop-new or exit]:HOW:(block drop-old drop-new exit)' \
                '(--ready-file)--ready-file[Create FILE when the subscription is active]:FILE:_files' \
                '(--connect-timeout)--connect-timeout[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--tls)--tls[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir[The same, as a directory]:DIR: ' \
                '(--cert)--cert[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file[Holds the passphrase of the key]:FILE:_files' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file[Bearer token of a WebSocket server]:FILE:_files' \
                '(--ws-zone)--ws-zone[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
        listen)
            _arguments -s \
                '*--topic[Show messages on this prefix; repeatable]:TOPIC: ' '*-t[Show messages on this prefix; repeatable]:TOPIC: ' \
                '(--forward --no-forward)--forward[Pass on (on --topic, or all) between peers]' '(--forward --no-forward)--no-forward[Pass on (on --topic, or all) between peers]' \
                '*--store[Host a store\: memory, sqlite\:PATH, rocksdb\:PATH]:NAME=WHAT: ' \
                '*--clone[Keep a copy of a peer'\''s store; repeatable]:NAME: ' \
                '(--once)--once[Stop when the first peer has left]' \
                '(--count -n)--count[Stop after N messages]:N: ' '(--count -n)-n[Stop after N messages]:N: ' \
                '(--for)--for[Stop after this time]:DUR: ' \
                '(--ready-file)--ready-file[Write ADDR\:PORT to FILE once peers can come]:FILE:_files' \
                '(--ws)--ws[Serve WebSocket, too; zeek\: 27759, broker\: 9997]:\[ADDR\:\]PORT: ' \
                '(--ws-style)--ws-style[broker or zeek]:WHOSE:(broker zeek)' \
                '(--ws-tls)--ws-tls[For --ws\: auto (both), off, anon, verify (with --cert)]:HOW:(auto off anon verify)' \
                '*--ws-publish[Clients may publish on this prefix only; repeatable]:TOPIC: ' \
                '*--ws-subscribe[They may subscribe to this prefix only; repeatable]:TOPIC: ' \
                '(--ws-rules)--ws-rules[Users with tokens and topics of their own]:FILE:_files' \
                '*--ws-origin[Scripts of this web page may connect; '\''*'\'' is all]:URL: ' \
                '(--ws-overflow)--ws-overflow[Slow clients\: disconnect, drop-old, drop-new, block]:HOW:(disconnect drop-old drop-new block)' \
                '(--http)--http[Serve status and metrics over HTTP]:\[ADDR\:\]PORT: ' \
                '(--tls)--tls[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir[The same, as a directory]:DIR: ' \
                '(--cert)--cert[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file[Holds the passphrase of the key]:FILE:_files' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file[Bearer token of a WebSocket server]:FILE:_files' \
                '(--ws-zone)--ws-zone[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
        peer)
            _arguments -s \
                '(--watch)--watch[Stay, and print what happens to the connection]' \
                '(--keep)--keep[Stay connected until interrupted]' \
                '(--connect-timeout)--connect-timeout[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--tls)--tls[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir[The same, as a directory]:DIR: ' \
                '(--cert)--cert[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file[Holds the passphrase of the key]:FILE:_files' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file[Bearer token of a WebSocket server]:FILE:_files' \
                '(--ws-zone)--ws-zone[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
        status)
            _arguments -s \
                '*--peer[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' '*-p[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' \
                '(--connect-timeout)--connect-timeout[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--tls)--tls[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir[The same, as a directory]:DIR: ' \
                '(--cert)--cert[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file[Holds the passphrase of the key]:FILE:_files' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file[Bearer token of a WebSocket server]:FILE:_files' \
                '(--ws-zone)--ws-zone[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
        doctor)
            _arguments -s \
                '(--connect-timeout)--connect-timeout[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--tls)--tls[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir[The same, as a directory]:DIR: ' \
                '(--cert)--cert[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file[Holds the passphrase of the key]:FILE:_files' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file[Bearer token of a WebSocket server]:FILE:_files' \
                '(--ws-zone)--ws-zone[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
        store)
            _broker_store
            ;;
        tls)
            _broker_tls
            ;;
    esac
}

_broker_store() {
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
                '(--match)--match[All keys like this, such as '\''scan*'\'']:GLOB: ' \
                '(--index)--index[Only this element of a table, vector or set]:LITERAL: ' \
                '(--default)--default[Print this for a missing key]:LITERAL: ' \
                '(--file -f)--file[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '*--peer[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' '*-p[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' \
                '(--timeout)--timeout[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--tls)--tls[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir[The same, as a directory]:DIR: ' \
                '(--cert)--cert[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file[Holds the passphrase of the key]:FILE:_files' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file[Bearer token of a WebSocket server]:FILE:_files' \
                '(--ws-zone)--ws-zone[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
        exists)
            _arguments -s \
                '(--file -f)--file[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '*--peer[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' '*-p[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' \
                '(--timeout)--timeout[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--tls)--tls[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir[The same, as a directory]:DIR: ' \
                '(--cert)--cert[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file[Holds the passphrase of the key]:FILE:_files' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file[Bearer token of a WebSocket server]:FILE:_files' \
                '(--ws-zone)--ws-zone[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
        keys)
            _arguments -s \
                '(--match)--match[All keys like this, such as '\''scan*'\'']:GLOB: ' \
                '(--file -f)--file[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '*--peer[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' '*-p[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' \
                '(--timeout)--timeout[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--tls)--tls[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir[The same, as a directory]:DIR: ' \
                '(--cert)--cert[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file[Holds the passphrase of the key]:FILE:_files' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file[Bearer token of a WebSocket server]:FILE:_files' \
                '(--ws-zone)--ws-zone[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
        put)
            _arguments -s \
                '(--ttl)--ttl[It expires after this time]:DUR: ' \
                '(--if-absent)--if-absent[Only if the key has no value yet]' \
                '(--file -f)--file[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '(--write)--write[Change FILE; nobody else may use it then]' \
                '*--peer[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' '*-p[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' \
                '(--timeout)--timeout[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--tls)--tls[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir[The same, as a directory]:DIR: ' \
                '(--cert)--cert[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file[Holds the passphrase of the key]:FILE:_files' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file[Bearer token of a WebSocket server]:FILE:_files' \
                '(--ws-zone)--ws-zone[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
        del)
            _arguments -s \
                '(--match)--match[All keys like this, such as '\''scan*'\'']:GLOB: ' \
                '(--yes -y)--yes[Do not ask]' '(--yes -y)-y[Do not ask]' \
                '(--file -f)--file[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '(--write)--write[Change FILE; nobody else may use it then]' \
                '*--peer[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' '*-p[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' \
                '(--timeout)--timeout[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--tls)--tls[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir[The same, as a directory]:DIR: ' \
                '(--cert)--cert[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file[Holds the passphrase of the key]:FILE:_files' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file[Bearer token of a WebSocket server]:FILE:_files' \
                '(--ws-zone)--ws-zone[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
        clear)
            _arguments -s \
                '(--yes -y)--yes[Do not ask]' '(--yes -y)-y[Do not ask]' \
                '(--file -f)--file[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '(--write)--write[Change FILE; nobody else may use it then]' \
                '*--peer[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' '*-p[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' \
                '(--timeout)--timeout[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--tls)--tls[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir[The same, as a directory]:DIR: ' \
                '(--cert)--cert[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file[Holds the passphrase of the key]:FILE:_files' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file[Bearer token of a WebSocket server]:FILE:_files' \
                '(--ws-zone)--ws-zone[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
        incr)
            _arguments -s \
                '(--ttl)--ttl[It expires after this time]:DUR: ' \
                '(--file -f)--file[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '(--write)--write[Change FILE; nobody else may use it then]' \
                '*--peer[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' '*-p[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' \
                '(--timeout)--timeout[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--tls)--tls[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir[The same, as a directory]:DIR: ' \
                '(--cert)--cert[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file[Holds the passphrase of the key]:FILE:_files' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file[Bearer token of a WebSocket server]:FILE:_files' \
                '(--ws-zone)--ws-zone[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
        decr)
            _arguments -s \
                '(--ttl)--ttl[It expires after this time]:DUR: ' \
                '(--file -f)--file[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '(--write)--write[Change FILE; nobody else may use it then]' \
                '*--peer[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' '*-p[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' \
                '(--timeout)--timeout[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--tls)--tls[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir[The same, as a directory]:DIR: ' \
                '(--cert)--cert[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file[Holds the passphrase of the key]:FILE:_files' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file[Bearer token of a WebSocket server]:FILE:_files' \
                '(--ws-zone)--ws-zone[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
        append)
            _arguments -s \
                '(--ttl)--ttl[It expires after this time]:DUR: ' \
                '(--file -f)--file[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '(--write)--write[Change FILE; nobody else may use it then]' \
                '*--peer[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' '*-p[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' \
                '(--timeout)--timeout[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--tls)--tls[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir[The same, as a directory]:DIR: ' \
                '(--cert)--cert[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file[Holds the passphrase of the key]:FILE:_files' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file[Bearer token of a WebSocket server]:FILE:_files' \
                '(--ws-zone)--ws-zone[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
        push)
            _arguments -s \
                '(--ttl)--ttl[It expires after this time]:DUR: ' \
                '(--file -f)--file[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '(--write)--write[Change FILE; nobody else may use it then]' \
                '*--peer[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' '*-p[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' \
                '(--timeout)--timeout[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--tls)--tls[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir[The same, as a directory]:DIR: ' \
                '(--cert)--cert[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file[Holds the passphrase of the key]:FILE:_files' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file[Bearer token of a WebSocket server]:FILE:_files' \
                '(--ws-zone)--ws-zone[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
        pop)
            _arguments -s \
                '(--ttl)--ttl[It expires after this time]:DUR: ' \
                '(--file -f)--file[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '(--write)--write[Change FILE; nobody else may use it then]' \
                '*--peer[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' '*-p[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' \
                '(--timeout)--timeout[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--tls)--tls[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir[The same, as a directory]:DIR: ' \
                '(--cert)--cert[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file[Holds the passphrase of the key]:FILE:_files' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file[Bearer token of a WebSocket server]:FILE:_files' \
                '(--ws-zone)--ws-zone[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
        insert)
            _arguments -s \
                '(--ttl)--ttl[It expires after this time]:DUR: ' \
                '(--file -f)--file[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '(--write)--write[Change FILE; nobody else may use it then]' \
                '*--peer[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' '*-p[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' \
                '(--timeout)--timeout[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--tls)--tls[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir[The same, as a directory]:DIR: ' \
                '(--cert)--cert[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file[Holds the passphrase of the key]:FILE:_files' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file[Bearer token of a WebSocket server]:FILE:_files' \
                '(--ws-zone)--ws-zone[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
        remove)
            _arguments -s \
                '(--ttl)--ttl[It expires after this time]:DUR: ' \
                '(--file -f)--file[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '(--write)--write[Change FILE; nobody else may use it then]' \
                '*--peer[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' '*-p[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' \
                '(--timeout)--timeout[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--tls)--tls[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir[The same, as a directory]:DIR: ' \
                '(--cert)--cert[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file[Holds the passphrase of the key]:FILE:_files' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file[Bearer token of a WebSocket server]:FILE:_files' \
                '(--ws-zone)--ws-zone[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
        watch)
            _arguments -s \
                '*--key[Only this key; repeatable]:KEY: ' \
                '(--snapshot)--snapshot[Begin with what is there]' \
                '(--count -n)--count[Stop after N events]:N: ' '(--count -n)-n[Stop after N events]:N: ' \
                '(--for)--for[Stop after this time]:DUR: ' \
                '(--ready-file)--ready-file[Create FILE when it has begun to watch]:FILE:_files' \
                '*--peer[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' '*-p[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' \
                '(--timeout)--timeout[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--tls)--tls[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir[The same, as a directory]:DIR: ' \
                '(--cert)--cert[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file[Holds the passphrase of the key]:FILE:_files' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file[Bearer token of a WebSocket server]:FILE:_files' \
                '(--ws-zone)--ws-zone[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
        export)
            _arguments -s \
                '(--match)--match[All keys like this, such as '\''scan*'\'']:GLOB: ' \
                '(--file -f)--file[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '*--peer[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' '*-p[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' \
                '(--timeout)--timeout[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--tls)--tls[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir[The same, as a directory]:DIR: ' \
                '(--cert)--cert[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file[Holds the passphrase of the key]:FILE:_files' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file[Bearer token of a WebSocket server]:FILE:_files' \
                '(--ws-zone)--ws-zone[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
        import)
            _arguments -s \
                '(--mode)--mode[merge (default), skip or replace]:HOW:(merge skip replace)' \
                '(--dry-run)--dry-run[Only tell what would be done]' \
                '(--keep-going)--keep-going[Leave out bad lines]' \
                '(--yes -y)--yes[Do not ask]' '(--yes -y)-y[Do not ask]' \
                '(--file -f)--file[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '(--write)--write[Change FILE; nobody else may use it then]' \
                '*--peer[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' '*-p[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' \
                '(--timeout)--timeout[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--tls)--tls[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir[The same, as a directory]:DIR: ' \
                '(--cert)--cert[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file[Holds the passphrase of the key]:FILE:_files' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file[Bearer token of a WebSocket server]:FILE:_files' \
                '(--ws-zone)--ws-zone[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
        info)
            _arguments -s \
                '(--file -f)--file[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '*--peer[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' '*-p[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' \
                '(--timeout)--timeout[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--tls)--tls[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir[The same, as a directory]:DIR: ' \
                '(--cert)--cert[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file[Holds the passphrase of the key]:FILE:_files' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file[Bearer token of a WebSocket server]:FILE:_files' \
                '(--ws-zone)--ws-zone[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
        stats)
            _arguments -s \
                '(--top)--top[How many of the biggest entries to show (5)]:N: ' \
                '(--file -f)--file[Use this SQLite file or RocksDB directory]:FILE:_files' '(--file -f)-f[Use this SQLite file or RocksDB directory]:FILE:_files' \
                '*--peer[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' '*-p[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' \
                '(--timeout)--timeout[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--tls)--tls[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir[The same, as a directory]:DIR: ' \
                '(--cert)--cert[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file[Holds the passphrase of the key]:FILE:_files' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file[Bearer token of a WebSocket server]:FILE:_files' \
                '(--ws-zone)--ws-zone[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
        diff)
            _arguments -s \
                '*--file[Compare this store file, or export; repeatable]:FILE:_files' '*-f[Compare this store file, or export; repeatable]:FILE:_files' \
                '*--peer[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' '*-p[Whom to connect to; repeatable. \[BROKER_PEER\]]:HOST\:PORT: ' \
                '(--timeout)--timeout[Wait for the master and its answers (10s)]:DUR: ' \
                '(--connect-timeout)--connect-timeout[For connecting, per step (5s)]:DUR: ' \
                '(--retry)--retry[Try N times more to reach a peer at first]:N: ' \
                '(--reconnect)--reconnect=-[After a loss connect again, up to N times]::N: ' \
                '(--tls)--tls[auto, anon (no certificates), verify or off]:HOW:(auto off anon verify)' \
                '(--ca)--ca[CAs to trust (PEM)]:FILE:_files' \
                '(--ca-dir)--ca-dir[The same, as a directory]:DIR: ' \
                '(--cert)--cert[Own certificate, with its chain]:FILE:_files' \
                '(--cert-key)--cert-key[Its key]:FILE:_files' \
                '(--key-pass-file)--key-pass-file[Holds the passphrase of the key]:FILE:_files' \
                '(--tls-check-host)--tls-check-host[The certificate must be for the host asked for]' \
                '(--tls-key-log)--tls-key-log[Write the session keys, for Wireshark]:FILE:_files' \
                '(--token-file)--token-file[Bearer token of a WebSocket server]:FILE:_files' \
                '(--ws-zone)--ws-zone[Time zone of a WebSocket server before Zeek 8.0\: +02\:00, Europe/Berlin or local]:ZONE: ' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
    esac
}

_broker_tls() {
    local -a commands
    commands=(
        'init:Make a CA and certificates of nodes.'
        'show:Print what certificates say.'
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
                '(--days)--days[How long certificates of nodes last]:N: ' \
                '(--passphrase-file)--passphrase-file[Encrypt the nodes'\'' keys with its first line]:FILE:_files' \
                '(--force)--force[Replace certificates of nodes; never the CA]' \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
        show)
            _arguments -s \
                '(--output -o)--output[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' '(--output -o)-o[human (on a terminal), ndjson, text, broker, raw]:FORMAT:(human ndjson text broker raw)' \
                '(--color)--color[auto, always or never]:WHEN:(auto always never)' \
                '(--quiet -q)--quiet[Only errors on stderr]' '(--quiet -q)-q[Only errors on stderr]' \
                '*--verbose[More on stderr]' '*-v[More on stderr]' \
                '(--help -h)--help[Show this message and exit]' '(--help -h)-h[Show this message and exit]' \
                '*: :'
            ;;
    esac
}

_broker "$@"
