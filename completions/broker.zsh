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
                '(--tls)--tls[auto, anon (as Zeek does by default) or off]:HOW:(auto anon off)' \
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
                '(--tls)--tls[auto, anon (as Zeek does by default) or off]:HOW:(auto anon off)' \
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
                '(--once)--once[Stop when the first peer has left]' \
                '(--count -n)--count[Stop after N messages]:N: ' '(--count -n)-n[Stop after N messages]:N: ' \
                '(--for)--for[Stop after this time]:DUR: ' \
                '(--ready-file)--ready-file[Write ADDR\:PORT to FILE once peers can come]:FILE:_files' \
                '(--tls)--tls[anon (as Zeek; default), off, or auto]:HOW:(auto anon off)' \
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
                '(--tls)--tls[auto, anon (as Zeek does by default) or off]:HOW:(auto anon off)' \
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
                '(--tls)--tls[auto, anon (as Zeek does by default) or off]:HOW:(auto anon off)' \
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
