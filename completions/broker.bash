# Written by python -m broker_cli.reference; do not edit.
_broker_groups='bench check store value profile tls'

_broker_trim() { # takes from the candidate what bash leaves in front of it: all up to the last break in the raw word
    local breaks=${raw//\\?/}
    [[ -n $_broker_breaks && $raw != [\'\"]* ]] || return
    breaks=${breaks//[^$_broker_breaks]/}
    while [[ -n $breaks ]]; do
        candidate=${candidate#*["$_broker_breaks"]} breaks=${breaks:1}
    done
}

_broker_plain() { # the raw word without its quotes, as far as they are usual
    typed=$raw
    case $raw in
    \'*) typed=${raw:1}; return ;;
    \"*) typed=${raw:1} ;;
    esac
    typed=${typed//\\\\/$'\1'} typed=${typed//\\/} typed=${typed//$'\1'/\\}
}

_broker_offer() { # those of the candidates that begin with the raw word
    local typed candidate
    _broker_plain
    for candidate; do
        [[ $candidate == "$typed"* ]] || continue
        case $raw in
        \'*)
            candidate=${candidate//\'/\'\\\'\'}
            candidate=${candidate/%\'\\\'\'/\'\\\'} ;; # bash closes a quotation unless the word ends with a quote
        \"*)
            [[ $candidate != *!* ]] || continue # there is no way to write it that history leaves alone
            candidate=${candidate//\\/\\\\} candidate=${candidate//\"/\\\"}
            candidate=${candidate//\$/\\\$} candidate=${candidate//\`/\\\`}
            candidate=${candidate/%\"/\"\"} ;;
        *) printf -v candidate %q "$candidate" ;;
        esac
        _broker_trim
        COMPREPLY+=("$prefix$candidate")
    done
}

_broker_complete() { # offers what is of the kind, whose words are behind it
    local found=() kind=$1 typed candidate
    shift
    case $kind in
    files | dirs)
        _broker_plain
        compopt -o filenames 2>/dev/null
        mapfile -t found < <(compgen "-${kind:0:1}" -- "${typed/#\~\//$HOME/}")
        for candidate in "${found[@]}"; do
            _broker_trim
            COMPREPLY+=("$prefix$candidate")
        done ;;
    words) _broker_offer "$@" ;;
    ?*)
        mapfile -t found < <(command "$_broker_program" __complete "$kind" 2>/dev/null)
        _broker_offer "${found[@]}" ;;
    esac
}

_broker_command() { # takes the word into the command
    case "$command $1" in
    " publish"|" pub") command="publish" ;;
    " subscribe"|" sub") command="subscribe" ;;
    " top") command="top" ;;
    " listen") command="listen" ;;
    " request"|" req") command="request" ;;
    " record") command="record" ;;
    " replay") command="replay" ;;
    " info") command="info" ;;
    " relay") command="relay" ;;
    " peer") command="peer" ;;
    " status") command="status" ;;
    " doctor") command="doctor" ;;
    " ping") command="ping" ;;
    " pong") command="pong" ;;
    " bench") command="bench" ;;
    " check") command="check" ;;
    " store") command="store" ;;
    " value") command="value" ;;
    " profile") command="profile" ;;
    " tls") command="tls" ;;
    " help") command="help" ;;
    "bench pub") command="bench pub" ;;
    "bench sub") command="bench sub" ;;
    "bench store") command="bench store" ;;
    "check peer") command="check peer" ;;
    "check topic") command="check topic" ;;
    "check store") command="check store" ;;
    "store get") command="store get" ;;
    "store exists") command="store exists" ;;
    "store keys") command="store keys" ;;
    "store put") command="store put" ;;
    "store del") command="store del" ;;
    "store clear") command="store clear" ;;
    "store incr") command="store incr" ;;
    "store decr") command="store decr" ;;
    "store append") command="store append" ;;
    "store push") command="store push" ;;
    "store pop") command="store pop" ;;
    "store insert") command="store insert" ;;
    "store remove") command="store remove" ;;
    "store watch") command="store watch" ;;
    "store export") command="store export" ;;
    "store import") command="store import" ;;
    "store info") command="store info" ;;
    "store stats") command="store stats" ;;
    "store diff") command="store diff" ;;
    "value parse") command="value parse" ;;
    "value show") command="value show" ;;
    "value convert") command="value convert" ;;
    "profile list") command="profile list" ;;
    "profile show") command="profile show" ;;
    "profile add") command="profile add" ;;
    "profile use") command="profile use" ;;
    "profile edit") command="profile edit" ;;
    "profile rm") command="profile rm" ;;
    "profile validate") command="profile validate" ;;
    "tls init") command="tls init" ;;
    "tls show") command="tls show" ;;
    "tls curve") command="tls curve" ;;
    *) command+="${command:+ }$1" ;;
    esac
}

_broker_commands() { # the words behind the command
    case "$command" in
    "") options=(publish subscribe top listen request record replay info relay peer status doctor ping pong bench check store value profile tls help --version) ;;
    "bench") options=(pub sub store) ;;
    "check") options=(peer topic store) ;;
    "store") options=(get exists keys put del clear incr decr append push pop insert remove watch export import info stats diff) ;;
    "value") options=(parse show convert) ;;
    "profile") options=(list show add use edit rm validate) ;;
    "tls") options=(init show curve) ;;
    esac
}

_broker_options() { # the options of the command
    case "$command" in
    "") options=(--help --version) ;;
    "bench") options=(--help) ;;
    "check") options=(--help) ;;
    "store") options=(--help) ;;
    "value") options=(--help) ;;
    "profile") options=(--help) ;;
    "tls") options=(--help) ;;
    "publish") options=(--peer -p --data --meta --template --from --in --keep-going --count -n --wait-subscriber --timeout --dry-run --fields --unset --interval -i --rate --duration --pace --speed --sig --event-file --types --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "subscribe") options=(--peer -p --count -n --for --idle --timeout --max-queue --on-overflow --ready-file --event --where --exclude --exact --sample --until-event --format --ts --null -0 --topics-only --big-ints --rate --exec --exec-jobs --exec-timeout --watch --interval --logs --log-dir --log-sink --sig --event-file --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "top") options=(--peer -p --interval --sort --by --filter --count -n --for --max-queue --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "listen") options=(--topic -t --forward --no-forward --store --clone --once --count -n --for --ready-file --event --where --exclude --exact --sample --until-event --format --ts --null -0 --topics-only --big-ints --rate --exec --exec-jobs --exec-timeout --logs --log-dir --sig --event-file --ws --ws-style --ws-tls --ws-publish --ws-subscribe --ws-rules --ws-origin --ws-overflow --http --zmq --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "request") options=(--peer -p --reply-topic --reply-event --match --replies --timeout --sig --event-file --types --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "record") options=(--peer -p --count -n --for --append --force --rotate --keep --compress --sync --idle --timeout --max-queue --on-overflow --ready-file --event --where --exclude --exact --sample --until-event --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "replay") options=(--peer -p --speed --topic-map --topic --count -n --loop --start --end --max-gap --keep-going --wait-subscriber --timeout --dry-run --event --where --exclude --exact --sample --until-event --format --ts --null -0 --topics-only --big-ints --rate --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "info") options=(--top --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "relay") options=(--topic -t --from-a --from-b --one-way --exclude --map --event --count -n --for --interval --on-overflow --max-queue --loop-guard --loop-window --tls-a --tls-b --ready-file --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "peer") options=(--watch --keep --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "status") options=(--peer -p --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "doctor") options=(--connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "ping") options=(--peer -p --count -n --interval -i --flood --timeout --wait --size --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "pong") options=(--peer -p --listen --count -n --for --ready-file --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "bench pub") options=(--size --shape --rate --msgs -n --duration --clients --peer -p --timeout --csv --no-progress --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "bench sub") options=(--size --shape --rate --msgs -n --duration --clients --peer -p --timeout --csv --no-progress --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "bench store") options=(--op --window --keys --size --backend --msgs -n --duration --clients --peer -p --timeout --csv --no-progress --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "check peer") options=(--warning -w --critical -c --subscribed --cert-days --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --timeout -t --peer -p --help -h) ;;
    "check topic") options=(--warning -w --critical -c --within --event --count -n --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --timeout -t --peer -p --help -h) ;;
    "check store") options=(--warning -w --critical -c --key --value --file -f --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --timeout -t --peer -p --help -h) ;;
    "store get") options=(--match --index --default --file -f --peer -p --timeout --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "store exists") options=(--file -f --peer -p --timeout --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "store keys") options=(--match --file -f --peer -p --timeout --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "store put") options=(--ttl --if-absent --file -f --write --peer -p --timeout --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "store del") options=(--match --yes -y --file -f --write --peer -p --timeout --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "store clear") options=(--yes -y --file -f --write --peer -p --timeout --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "store incr") options=(--ttl --file -f --write --peer -p --timeout --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "store decr") options=(--ttl --file -f --write --peer -p --timeout --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "store append") options=(--ttl --file -f --write --peer -p --timeout --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "store push") options=(--ttl --file -f --write --peer -p --timeout --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "store pop") options=(--ttl --file -f --write --peer -p --timeout --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "store insert") options=(--ttl --file -f --write --peer -p --timeout --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "store remove") options=(--ttl --file -f --write --peer -p --timeout --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "store watch") options=(--key --snapshot --count -n --for --ready-file --peer -p --timeout --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "store export") options=(--match --file -f --peer -p --timeout --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "store import") options=(--mode --dry-run --keep-going --yes -y --file -f --write --peer -p --timeout --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "store info") options=(--file -f --peer -p --timeout --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "store stats") options=(--top --file -f --peer -p --timeout --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "store diff") options=(--file -f --peer -p --timeout --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "value parse") options=(--output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "value show") options=(--in --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "value convert") options=(--from --to --keep-going --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "profile list") options=(--output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "profile show") options=(--origin --peer -p --timeout --event-file --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "profile add") options=(--use --force --peer -p --timeout --event-file --connect-timeout --retry --reconnect --no-reconnect --tls --ca --ca-dir --cert --cert-key --key-pass-file --key-pass-command --tls-check-host --no-tls-check-host --tls-key-log --token-file --token-command --curve-dir --ws-zone --output -o --color --topics --quiet -q --verbose -v --help -h) ;;
    "profile use") options=(--none --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "profile edit") options=(--output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "profile rm") options=(--yes -y --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "profile validate") options=(--connect --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "tls init") options=(--days --passphrase-file --force --output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "tls show") options=(--output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "tls curve") options=(--output -o --color --quiet -q --verbose -v --errors --profile --no-profile --help -h) ;;
    "help") options=(--help -h) ;;
    esac
}

_broker_option() { # what stands behind the option $1; fails when nothing does
    case "$command $1" in
    "value convert --from") kind=(words text ndjson json hex base64 binary msgpack plain) ;;
    "value show --in") kind=(words hex json binary base64 msgpack text) ;;
    "subscribe --rate"|"listen --rate"|"replay --rate") return 1 ;;
    "subscribe --output"|"listen --output") kind=(words human ndjson plain text broker raw tsv) ;;
    "check peer --output"|"check topic --output"|"check store --output") kind=(words nagios ndjson prometheus) ;;
    "subscribe -o"|"listen -o") kind=(words human ndjson plain text broker raw tsv) ;;
    "check peer -o"|"check topic -o"|"check store -o") kind=(words nagios ndjson prometheus) ;;
    "listen -t"|"relay -t") kind=(topics) ;;
    "peer --keep") return 1 ;;
    *" --peer"|*" -p") kind=(peers) ;;
    *" --data"|*" --meta"|*" --count"|*" -n"|*" --timeout"|*" --fields"|*" --interval"|*" -i"|*" --rate"|*" --duration"|*" --speed"|*" --sig"|*" --types"|*" --connect-timeout"|*" --retry"|*" --key-pass-command"|*" --token-command"|*" --ws-zone"|*" --for"|*" --idle"|*" --max-queue"|*" --event"|*" --where"|*" --sample"|*" --until-event"|*" --format"|*" --exec"|*" --exec-jobs"|*" --exec-timeout"|*" --log-sink"|*" --filter"|*" -t"|*" --store"|*" --ws"|*" --ws-origin"|*" --http"|*" --zmq"|*" --reply-event"|*" --match"|*" --replies"|*" --rotate"|*" --keep"|*" --sync"|*" --topic-map"|*" --start"|*" --end"|*" --max-gap"|*" --top"|*" --map"|*" --loop-window"|*" --wait"|*" --size"|*" --listen"|*" --msgs"|*" --clients"|*" --window"|*" --keys"|*" --backend"|*" --warning"|*" -w"|*" --critical"|*" -c"|*" --cert-days"|*" --within"|*" --key"|*" --value"|*" --index"|*" --default"|*" --ttl"|*" --days") kind=() ;;
    *" --from"|*" --event-file"|*" --ca"|*" --cert"|*" --cert-key"|*" --key-pass-file"|*" --tls-key-log"|*" --token-file"|*" --ready-file"|*" --ws-rules"|*" --csv"|*" --file"|*" -f"|*" --passphrase-file") kind=(files) ;;
    *" --in") kind=(words ndjson plain text lines zeek) ;;
    *" --unset") kind=(words refuse nil empty) ;;
    *" --pace") kind=(words recorded) ;;
    *" --tls"|*" --ws-tls"|*" --tls-a"|*" --tls-b") kind=(words auto off anon verify) ;;
    *" --ca-dir"|*" --curve-dir"|*" --log-dir") kind=(dirs) ;;
    *" --output"|*" -o") kind=(words human ndjson plain text broker raw) ;;
    *" --color") kind=(words auto always never) ;;
    *" --errors") kind=(words text json) ;;
    *" --profile") kind=(profiles) ;;
    *" --on-overflow") kind=(words block drop-old drop-new exit) ;;
    *" --exclude"|*" --topic"|*" --ws-publish"|*" --ws-subscribe"|*" --reply-topic"|*" --from-a"|*" --from-b"|*" --subscribed"|*" --topics") kind=(topics) ;;
    *" --ts") kind=(words wall delta net none) ;;
    *" --big-ints") kind=(words number string) ;;
    *" --sort") kind=(words rate bytes total last name) ;;
    *" --by") kind=(words event topic) ;;
    *" --clone") kind=(stores) ;;
    *" --ws-style") kind=(words broker zeek) ;;
    *" --ws-overflow") kind=(words disconnect drop-old drop-new block) ;;
    *" --loop-guard") kind=(words auto on off) ;;
    *" --shape") kind=(words event conn string) ;;
    *" --op") kind=(words put get incr) ;;
    *" --mode") kind=(words merge skip replace) ;;
    *" --to") kind=(words text ndjson json hex base64 binary msgpack plain broker) ;;
    *) return 1 ;;
    esac
}

_broker_argument() { # what the argument number $1 is
    case "$command $1" in
    "publish 1") kind=(topics) ;;
    "subscribe "*) kind=(topics) ;;
    "top "*) kind=(topics) ;;
    "request 1") kind=(topics) ;;
    "record 1") kind=(files) ;;
    "record "*) kind=(topics) ;;
    "replay "*) kind=(files) ;;
    "info "*) kind=(files) ;;
    "relay 1") kind=(peers) ;;
    "relay 2") kind=(peers) ;;
    "peer 1") kind=(peers) ;;
    "status "*) kind=(peers) ;;
    "doctor 1") kind=(peers) ;;
    "doctor "*) kind=(topics) ;;
    "ping 1") kind=(topics) ;;
    "pong 1") kind=(topics) ;;
    "bench pub 1") kind=(topics) ;;
    "bench sub 1") kind=(topics) ;;
    "check peer 1") kind=(peers) ;;
    "check topic 1") kind=(topics) ;;
    "check store "*) kind=(stores) ;;
    "store get 1") kind=(stores) ;;
    "store exists 1") kind=(stores) ;;
    "store keys 1") kind=(stores) ;;
    "store put 1") kind=(stores) ;;
    "store del 1") kind=(stores) ;;
    "store clear 1") kind=(stores) ;;
    "store incr 1") kind=(stores) ;;
    "store decr 1") kind=(stores) ;;
    "store append 1") kind=(stores) ;;
    "store push 1") kind=(stores) ;;
    "store pop 1") kind=(stores) ;;
    "store insert 1") kind=(stores) ;;
    "store remove 1") kind=(stores) ;;
    "store watch 1") kind=(stores) ;;
    "store export 1") kind=(stores) ;;
    "store import 1") kind=(stores) ;;
    "store import 2") kind=(files) ;;
    "store info 1") kind=(stores) ;;
    "store stats 1") kind=(stores) ;;
    "store diff 1") kind=(stores) ;;
    "value show 1") kind=(files) ;;
    "value convert "*) kind=(files) ;;
    "profile show 1") kind=(profiles) ;;
    "profile use 1") kind=(profiles) ;;
    "profile rm 1") kind=(profiles) ;;
    "profile validate "*) kind=(profiles) ;;
    "tls init 1") kind=(dirs) ;;
    "tls show "*) kind=(files) ;;
    "tls curve 1") kind=(dirs) ;;
    "help "*) kind=(words literals topics zeek expressions templates peers formats profiles environment exit-codes publish subscribe top listen request record replay info relay peer status doctor ping pong bench check store value profile tls help) ;;
    esac
}

_broker() {
    local IFS=$' \t\n' _broker_breaks="" _broker_program=${1:-broker} words=() kind=() options=()
    local line=${COMP_LINE:0:COMP_POINT} at word raw prefix="" command="" position=0 past=""
    _broker_program=${_broker_program/#\~\//$HOME/}
    for word in @ = :; do [[ $COMP_WORDBREAKS != *"$word"* ]] || _broker_breaks+=$word; done
    COMPREPLY=()
    for ((at = 0; at <= COMP_CWORD; at++)); do # what bash took apart belongs together if no blank is between
        if [[ $at == 0 || $line == [[:blank:]]* ]]; then
            words+=("")
            line=${line#"${line%%[![:blank:]]*}"}
        fi
        word=${COMP_WORDS[at]}
        if ((at == COMP_CWORD)) || [[ $line != "$word"* ]]; then word=$line; fi
        words[-1]+=$word
        line=${line#"$word"}
    done
    raw=${words[-1]}
    unset 'words[-1]'
    for ((at = 1; at < ${#words[@]}; at++)); do
        word=${words[at]}
        if [[ $word == -- && -z $past ]]; then
            past=1
        elif [[ -z $past && $word == -?* && $word != [-+][.0-9]* ]]; then
            kind=()
            if [[ $word != *=* ]] && _broker_option "$word"; then
                ((++at < ${#words[@]})) || { _broker_complete "${kind[@]}"; return; }
            fi
        elif [[ -z $command || " $_broker_groups " == *" $command "* ]]; then
            _broker_command "$word"
        else
            ((++position))
        fi
    done
    if [[ -z $past && $raw == --*=* ]]; then
        if _broker_option "${raw%%=*}"; then
            [[ $_broker_breaks == *=* ]] || prefix=${raw%%=*}=
            raw=${raw#*=}
            _broker_complete "${kind[@]}"
        fi
    elif [[ -z $past && $raw == -* ]]; then
        _broker_options
        _broker_offer "${options[@]}"
    elif [[ -z $command || " $_broker_groups " == *" $command "* ]]; then
        _broker_commands
        _broker_offer "${options[@]}" --help
    else
        kind=()
        _broker_argument $((position + 1))
        _broker_complete "${kind[@]}"
    fi
}
complete -F _broker broker
