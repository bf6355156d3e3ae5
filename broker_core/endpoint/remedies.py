"""What is wrong, in one line, and what helps, in another: the one table from causes to words.

The words are for people who run Zeek. A cause has a line of its own for each variant that needs another remedy; the
words in braces are filled in by :func:`advise`. The lines about ZeroMQ are in :mod:`.cluster_remedies`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from broker_core.errors import Cause

from .cluster_remedies import CLUSTER_ADVICE
from .diagnosis import Advice, one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ADVICE", "WORDS", "advise"]

WORDS: dict[str, str] = {
    "address": "as the user wrote it",
    "host": "the name or number in it",
    "port": "the port in it",
    "place": "host and port, without what tells the protocol",
    "send_port": "the second port of a ZeroMQ cluster, that of the XSUB",
    "socket": "which kind of ZeroMQ socket answers",
    "reason": "what the failed attempt said",
    "timeout": "how long it waited, such as 5 s",
    "open": "other ports of Zeek that are open on that host",
    "try": "a command that is worth trying",
    "looks_like": "what answers there",
    "server": "the name of an HTTP server, in parentheses behind a blank, or nothing",
    "certificate": "the server's certificate: whose, signed by whom, until when",
    "issuer": "who signed the server's certificate",
    "hosts": "what the server's certificate is for",
    "when": "since or until when a certificate is not valid",
    "own_issuer": "who signed the certificate of this side",
    "own_file": "the file with the certificate of this side",
    "topics": "topics that nobody subscribes to there",
    "nearest": "subscriptions that are similar",
    "status": "number and text of an HTTP answer",
}
"""What can stand in braces."""

_ZEEK_FILES = "Broker::ssl_cafile, Broker::ssl_certificate and Broker::ssl_keyfile"
_OWN_FILES = "a certificate, its key and the CA (--cert, --cert-key, --ca)"
_MAKE_FILES = "`broker tls init` makes a set"

_ADVICE: dict[Cause, dict[str, Advice]] = {
    # -- the way there --------------------------------------------------------------------------------------------
    Cause.NAME_UNKNOWN: {
        "": Advice(
            "{host} is no name that this machine can resolve: {reason}",
            "check the spelling, or give the number of the host; `getent hosts {host}` asks the same source",
        ),
    },
    Cause.REFUSED: {
        "": Advice(
            "nothing listens on port {port} of {host}",
            "start it there: Zeek listens where a script calls Broker::listen (by default on 9999), and since 8.1"
            " zeekctl's clusters no longer do so by themselves; or give another port",
        ),
        "remote": Advice(
            "nothing listens on port {port} of {host}, or only for programs on that machine itself",
            "start it there (Broker::listen), and if it is bound to 127.0.0.1:"
            ' redef Broker::default_listen_address = "0.0.0.0"',
        ),
        "elsewhere": Advice(
            "nothing listens on port {port} of {host}, but {open}",
            "try {try}; or start what should listen on {port} (in Zeek: Broker::listen)",
        ),
    },
    Cause.FILTERED: {
        "": Advice(
            "no answer from {place} within {timeout}: a firewall drops the packets, the machine is off, or what listens"
            " there takes no more connections",
            "let TCP port {port} pass, check that the address is right, and look whether the program there hangs",
        ),
    },
    Cause.UNREACHABLE: {
        "": Advice(
            "this machine has no way to {host}: {reason}",
            "check the address and the route (`ip route get {host}`); perhaps a VPN is missing, or a firewall is there",
        ),
    },
    Cause.CANNOT_LISTEN: {
        "": Advice(
            "{place} cannot be had for listening: {reason}",
            "take another port or an address of this machine; `ss -ltnp` shows who has the port",
        ),
    },
    Cause.CONNECTION_LOST: {
        "": Advice(
            "{address} took the connection and broke it off: {reason}",
            "look into the log of the program there (Zeek: reporter.log, broker.log), and try once more",
        ),
    },
    Cause.CLOSED_AT_ONCE: {
        "": Advice(
            "{address} takes connections and closes each one before a word",
            "it may be shutting down, serve as many as it may, let only some addresses in, or be a proxy with nothing"
            " behind it; its log should say",
        ),
    },
    Cause.TOO_MANY: {
        "": Advice(
            "{address} serves as many connections as it may: {reason}",
            "end some of them, or raise its limit",
        ),
    },
    # -- somebody else --------------------------------------------------------------------------------------------
    Cause.NOT_BROKER: {
        "": Advice(
            "{place} is no Broker, but {looks_like}",
            "give the port of a Broker: Zeek's is 9999 unless Broker::listen says otherwise, zeekctl's start at 27760",
        ),
        "tls": Advice(
            "{place} speaks TLS, but no Broker answers under it",
            "give the port of a Broker: Zeek's is 9999 unless Broker::listen says otherwise, zeekctl's start at 27760",
        ),
        "http": Advice(
            "{place} is an HTTP server{server}, and no Broker",
            "give the port of a Broker: Zeek's is 9999 unless Broker::listen says otherwise, zeekctl's start at 27760",
        ),
        "http-token": Advice(
            "{place} is an HTTP server{server} that lets nobody in without a token, and no Broker",
            "if it has a WebSocket interface, try {try} with --token-file",
        ),
        "metrics": Advice(
            "{place} serves metrics for Prometheus, and is no port for peers",
            "give the port of the Broker: a cluster has metrics from 9991 on, Broker on 9999 or from 27760 on",
        ),
        "path": Advice(
            "{place} is an HTTP server{server} that has no WebSocket at /v1/messages/json: it answers {status}",
            "give the port of Cluster::listen_websocket (27759 with zeekctl), or the address behind the proxy",
        ),
        "not-web": Advice(
            "{place} is no WebSocket server, but {looks_like}",
            "give the port of Cluster::listen_websocket (27759 with zeekctl) or of the older Broker::listen_websocket"
            " (9997)",
        ),
    },
    Cause.WEBSOCKET: {
        "": Advice(
            "{place} is a WebSocket server, which does not speak Broker's own protocol",
            "use the WebSocket interface: {try}",
        ),
        "zeek": Advice(
            "{place} is the WebSocket server of a Zeek (Cluster::listen_websocket), not its Broker port",
            "use the WebSocket interface: {try}; or call Broker::listen there and use that port",
        ),
        "native": Advice(
            "{place} is a Broker that speaks its own protocol, not WebSocket",
            "leave the scheme out: {try}; or start Cluster::listen_websocket there and use that port",
        ),
    },
    Cause.OLD_BROKER: {
        "": Advice(
            "{address} is a Broker from before version 2.3, as in Zeek 4 and older, with another protocol",
            "update that Zeek to 5.0 or later; there is no setting that lets the two talk",
        ),
    },
    # -- TLS ------------------------------------------------------------------------------------------------------
    Cause.TLS_EXPECTED: {
        "": Advice(
            "{address} speaks TLS, and this side was told to use none",
            "leave --tls off away (auto finds the right kind), or turn TLS off there: redef Broker::disable_ssl = T",
        ),
        "certificates": Advice(
            "{address} speaks TLS with certificates, and this side was told to use none: {certificate}",
            "leave --tls off away and give " + _OWN_FILES,
        ),
        "web": Advice(
            "{place} speaks TLS, and ws:// is plain",
            "use wss://: {try}",
        ),
    },
    Cause.PLAIN_EXPECTED: {
        "": Advice(
            "{address} speaks plain TCP, and this side was told to use TLS",
            "use --tls auto or off, or turn TLS on there: redef Broker::disable_ssl = F",
        ),
        "certificates": Advice(
            "{address} speaks plain TCP, and this side has certificates, which it does not give up for less",
            "turn TLS on there (redef Broker::disable_ssl = F, and " + _ZEEK_FILES + "), or use --tls off",
        ),
        "web": Advice(
            "{place} is a WebSocket server without TLS",
            "use ws://: {try}; or give the server a certificate (WebSocketTLSOptions)",
        ),
    },
    Cause.CERTIFICATE_EXPECTED: {
        "": Advice(
            "one side has certificates and the other has not: {reason}",
            "give both sides certificates of one CA, or neither: " + _MAKE_FILES,
        ),
        "theirs": Advice(
            "{address} uses TLS with certificates and this side has none: {certificate}",
            "give " + _OWN_FILES + " that the other side trusts; " + _MAKE_FILES,
        ),
        "ours": Advice(
            "{address} uses TLS without certificates, and this side insists on them",
            "set " + _ZEEK_FILES + " there, or use --tls anon, which encrypts and proves nothing",
        ),
    },
    Cause.CERTIFICATE_REQUIRED: {
        "": Advice(
            "{address} lets nobody in without a certificate, and this side showed none",
            "give --cert and --cert-key, made by the CA that it trusts (its own certificate was signed by {issuer})",
        ),
    },
    Cause.CA_UNKNOWN: {
        "": Advice(
            "a certificate was signed by a CA that the side which checks it does not trust: {reason}",
            "both sides need the CA of the other: --ca here, Broker::ssl_cafile in Zeek",
        ),
        "theirs": Advice(
            "the certificate of {address} was signed by a CA that this side does not trust: {certificate}",
            "give --ca a file that has {issuer}",
        ),
        "ours": Advice(
            "{address} does not trust {own_issuer}, who signed the certificate of this side",
            "take a certificate of the other CA (its own was signed by {issuer}), or add ours to Broker::ssl_cafile",
        ),
    },
    Cause.CERTIFICATE_EXPIRED: {
        "": Advice(
            "a certificate is past its time, or before it: {reason}",
            "renew it, or correct the clocks of both machines",
        ),
        "theirs": Advice(
            "the certificate of {address} expired on {when}: {certificate}",
            "renew it there (Broker::ssl_certificate) and restart that Zeek, or correct the clock of this machine",
        ),
        "theirs-early": Advice(
            "the certificate of {address} is not valid before {when}: {certificate}",
            "correct the clock of this machine, or of the one that made the certificate",
        ),
        "ours": Advice(
            "{address} refuses the certificate of this side, which expired on {when}: {own_file}",
            "renew it (`broker tls init` makes a set) and give it as --cert",
        ),
        "ours-early": Advice(
            "{address} refuses the certificate of this side, which is not valid before {when}: {own_file}",
            "correct the clocks of both machines, or make the certificate anew",
        ),
    },
    Cause.CERTIFICATE_INVALID: {
        "": Advice(
            "a certificate is refused: {reason}",
            "compare the two certificates with their CAs: `openssl verify -CAfile CA CERTIFICATE`",
        ),
    },
    Cause.HOST_MISMATCH: {
        "": Advice(
            "the certificate of {place} is not for {host}, but for {hosts}",
            "connect by a name that it is for, or leave --tls-check-host away: Broker itself does not check names",
        ),
    },
    Cause.TLS_FAILED: {
        "": Advice(
            "the TLS handshake with {address} fails: {reason}",
            "Broker takes TLS 1.2 and 1.3 with ciphers HIGH:!aNULL:!MD5, or AECDH-AES256-SHA without certificates;"
            " another server or a proxy needs the same",
        ),
    },
    # -- the handshake --------------------------------------------------------------------------------------------
    Cause.VERSION: {
        "": Advice(
            "no protocol version that both sides speak: {reason}",
            "this side speaks version 1, as Zeek 5.0 and later do; update the other one",
        ),
    },
    Cause.HANDSHAKE_TIMEOUT: {
        "": Advice(
            "{address} takes the connection and does not finish the handshake: {reason}",
            "look whether the program there hangs (`zeekctl status`, its CPU time), or give it more time"
            " (--connect-timeout)",
        ),
        "silent": Advice(
            "{address} takes connections and never says anything, whatever it is asked",
            "look whether the program there hangs, or only a proxy answers; restart it (`zeekctl restart`)",
        ),
        "hello": Advice(
            "{address} is a Broker that greets and then does not answer our hello: {reason}",
            "the program there hangs or is overloaded: `zeekctl status` and its CPU time show that; restart it",
        ),
        "tls": Advice(
            "{address} begins a TLS handshake and does not finish it: {reason}",
            "look whether the program there hangs, or a firewall inspects TLS on the way",
        ),
        "web": Advice(
            "{place} takes the WebSocket and does not answer the subscription: {reason}",
            "look whether that Zeek hangs (`zeekctl status`); restart it",
        ),
    },
    Cause.BAD_HANDSHAKE: {
        "": Advice(
            "{address} breaks the rules of the handshake: {reason}",
            "look what speaks there; if it is a Broker, report this with its version",
        ),
        "self": Advice(
            "{address} has the id of this endpoint: it is this endpoint itself, or somebody took its id",
            "leave --id away, or give another one",
        ),
    },
    Cause.DUPLICATE: {
        "": Advice(
            "{address} has a connection with an endpoint of our id already",
            "nothing to mend if that is this endpoint; else give another --id (two programs must not share one)",
        ),
    },
    Cause.SHUTTING_DOWN: {
        "": Advice(
            "{address} is shutting down",
            "wait until it is back (`zeekctl status`), then try again",
        ),
    },
    Cause.REJECTED: {
        "": Advice(
            "{address} refuses: {reason}",
            "its log should say more (Zeek: reporter.log, broker.log, cluster.log)",
        ),
        "token": Advice(
            "{place} lets nobody in without the right token: it answers {status}",
            "give --token-file with the token of that server",
        ),
    },
    # -- this side, and what a peering is for ---------------------------------------------------------------------
    Cause.CONFIGURATION: {
        "": Advice(
            "{reason}",
            "mend that setting of this side; nothing was sent to {address}",
        ),
        "files": Advice(
            "{reason}",
            "check --cert, --cert-key, --key-pass-file and --ca; " + _MAKE_FILES + " that fits together",
        ),
    },
    Cause.NOT_SUBSCRIBED: {
        "": Advice(
            "{address} can be reached, but would get nothing that is published on {topics}",
            'subscribe there (Broker::subscribe("TOPIC") takes all topics that start so); what it has: {nearest}',
        ),
        "nothing": Advice(
            "{address} can be reached, but subscribes to nothing, so not to {topics} either",
            'subscribe there (Broker::subscribe("TOPIC") takes all topics that start so)',
        ),
    },
}

ADVICE = {cause: _ADVICE.get(cause, {}) | CLUSTER_ADVICE.get(cause, {}) for cause in (*_ADVICE, *CLUSTER_ADVICE)}
"""The whole table: lines by cause and variant; "" is the variant for all that have no words of their own."""


def advise(cause: Cause, variant: str, words: Mapping[str, str]) -> Advice:
    """The words for *cause*, with *words* filled in; a variant that the cause does not have counts as ""."""
    lines = ADVICE[cause]
    finding, remedy = lines.get(variant) or lines[""]
    full = dict.fromkeys(WORDS, "?") | dict(words)
    return Advice(one_line(finding.format_map(full)), one_line(remedy.format_map(full)))
