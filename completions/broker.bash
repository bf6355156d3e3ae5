# Written by python -m broker_cli.reference; do not edit.
_broker() {
    local current="${COMP_WORDS[COMP_CWORD]}" previous="" command="${COMP_WORDS[1]}"
    ((COMP_CWORD > 0)) && previous=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        COMPREPLY=($(compgen -W "publish subscribe listen peer status --version --help" -- "$current"))
        return
    fi
    case "$command $previous" in
    "publish --peer"|"publish -p"|"pub --peer"|"pub -p") return ;;
    "publish --data"|"pub --data") return ;;
    "publish --meta"|"pub --meta") return ;;
    "publish --from"|"pub --from") COMPREPLY=($(compgen -f -- "$current")); return ;;
    "publish --in"|"pub --in") COMPREPLY=($(compgen -W "ndjson text lines" -- "$current")); return ;;
    "publish --count"|"publish -n"|"pub --count"|"pub -n") return ;;
    "publish --interval"|"publish -i"|"pub --interval"|"pub -i") return ;;
    "publish --timeout"|"pub --timeout") return ;;
    "publish --connect-timeout"|"pub --connect-timeout") return ;;
    "publish --retry"|"pub --retry") return ;;
    "publish --tls"|"pub --tls") COMPREPLY=($(compgen -W "auto anon off" -- "$current")); return ;;
    "publish --output"|"publish -o"|"pub --output"|"pub -o") COMPREPLY=($(compgen -W "human ndjson text broker raw" -- "$current")); return ;;
    "publish --color"|"pub --color") COMPREPLY=($(compgen -W "auto always never" -- "$current")); return ;;
    "subscribe --peer"|"subscribe -p"|"sub --peer"|"sub -p") return ;;
    "subscribe --count"|"subscribe -n"|"sub --count"|"sub -n") return ;;
    "subscribe --for"|"sub --for") return ;;
    "subscribe --idle"|"sub --idle") return ;;
    "subscribe --timeout"|"sub --timeout") return ;;
    "subscribe --max-queue"|"sub --max-queue") return ;;
    "subscribe --on-overflow"|"sub --on-overflow") COMPREPLY=($(compgen -W "block drop-old drop-new exit" -- "$current")); return ;;
    "subscribe --ready-file"|"sub --ready-file") COMPREPLY=($(compgen -f -- "$current")); return ;;
    "subscribe --connect-timeout"|"sub --connect-timeout") return ;;
    "subscribe --retry"|"sub --retry") return ;;
    "subscribe --tls"|"sub --tls") COMPREPLY=($(compgen -W "auto anon off" -- "$current")); return ;;
    "subscribe --output"|"subscribe -o"|"sub --output"|"sub -o") COMPREPLY=($(compgen -W "human ndjson text broker raw" -- "$current")); return ;;
    "subscribe --color"|"sub --color") COMPREPLY=($(compgen -W "auto always never" -- "$current")); return ;;
    "listen --topic"|"listen -t") return ;;
    "listen --count"|"listen -n") return ;;
    "listen --for") return ;;
    "listen --ready-file") COMPREPLY=($(compgen -f -- "$current")); return ;;
    "listen --tls") COMPREPLY=($(compgen -W "auto anon off" -- "$current")); return ;;
    "listen --output"|"listen -o") COMPREPLY=($(compgen -W "human ndjson text broker raw" -- "$current")); return ;;
    "listen --color") COMPREPLY=($(compgen -W "auto always never" -- "$current")); return ;;
    "peer --connect-timeout") return ;;
    "peer --retry") return ;;
    "peer --tls") COMPREPLY=($(compgen -W "auto anon off" -- "$current")); return ;;
    "peer --output"|"peer -o") COMPREPLY=($(compgen -W "human ndjson text broker raw" -- "$current")); return ;;
    "peer --color") COMPREPLY=($(compgen -W "auto always never" -- "$current")); return ;;
    "status --peer"|"status -p") return ;;
    "status --connect-timeout") return ;;
    "status --retry") return ;;
    "status --tls") COMPREPLY=($(compgen -W "auto anon off" -- "$current")); return ;;
    "status --output"|"status -o") COMPREPLY=($(compgen -W "human ndjson text broker raw" -- "$current")); return ;;
    "status --color") COMPREPLY=($(compgen -W "auto always never" -- "$current")); return ;;
    esac
    [[ $current == -* ]] || return
    case "$command" in
    publish|pub) COMPREPLY=($(compgen -W "--peer -p --data --meta --from --in --keep-going --count -n --interval -i --wait-subscriber --timeout --dry-run --connect-timeout --retry --reconnect --tls --output -o --color --quiet -q --verbose -v --help -h" -- "$current")) ;;
    subscribe|sub) COMPREPLY=($(compgen -W "--peer -p --count -n --for --idle --timeout --max-queue --on-overflow --ready-file --connect-timeout --retry --reconnect --tls --output -o --color --quiet -q --verbose -v --help -h" -- "$current")) ;;
    listen) COMPREPLY=($(compgen -W "--topic -t --forward --no-forward --once --count -n --for --ready-file --tls --output -o --color --quiet -q --verbose -v --help -h" -- "$current")) ;;
    peer) COMPREPLY=($(compgen -W "--watch --keep --connect-timeout --retry --reconnect --tls --output -o --color --quiet -q --verbose -v --help -h" -- "$current")) ;;
    status) COMPREPLY=($(compgen -W "--peer -p --connect-timeout --retry --reconnect --tls --output -o --color --quiet -q --verbose -v --help -h" -- "$current")) ;;
    esac
}
complete -F _broker broker
