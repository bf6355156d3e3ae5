"""The lines of the table of remedies that are about ZeroMQ; :mod:`.remedies` has all, and says what they can use."""

from __future__ import annotations

from broker_core.errors import Cause

from .diagnosis import Advice

__all__ = ["CLUSTER_ADVICE"]

_CURVE_KEYS = "with zeekctl they are in spool/zeromq/curve on the manager (--curve-dir)"
_BOTH_PORTS = "zmq://HOST:XPUB:XSUB names both ports: 27760 and 27761 of the manager with zeekctl, else 5555 and 5556"
_NO_PEER = "{place} %s, and no port for peers of Broker's own protocol or WebSocket"

CLUSTER_ADVICE: dict[Cause, dict[str, Advice]] = {
    Cause.REFUSED: {
        "zeromq": Advice(
            "nothing listens on ports {port} and {send_port} of {host}",
            "start the cluster; zeekctl has one with ZeroMQ by default since Zeek 8.1. " + _BOTH_PORTS,
        ),
        "zeromq-remote": Advice(
            "nothing listens on ports {port} and {send_port} of {host}, or only for programs on that machine itself",
            "start the cluster there, and if it is bound to 127.0.0.1, as without zeekctl, redef listen_xpub_endpoint"
            " and listen_xsub_endpoint of Cluster::Backend::ZeroMQ",
        ),
        "zeromq-elsewhere": Advice(
            "nothing listens on ports {port} and {send_port} of {host}, but {open}",
            "try {try}; or start the cluster there",
        ),
        "zeromq-no-xpub": Advice(
            "nothing listens on port {port} of {host}, where the XPUB of the central broker should be;"
            " on {send_port} is {socket}",
            _BOTH_PORTS,
        ),
        "zeromq-behind": Advice(
            "nothing listens on port {port} of {host}; the XPUB of a central broker is on {send_port}",
            "try {try}; or " + _BOTH_PORTS,
        ),
        "zeromq-no-xsub": Advice(
            "nothing listens on port {send_port} of {host}, where the XSUB of the central broker should be;"
            " on {port} is {socket}",
            _BOTH_PORTS,
        ),
    },
    Cause.CONNECTION_LOST: {
        "zeromq": Advice(
            "{address} took the connections and broke one off: {reason}",
            "see whether the central broker (with zeekctl, the manager) runs, and try once more",
        ),
    },
    Cause.NOT_BROKER: {
        "zeromq": Advice(
            "{place} speaks ZeroMQ, as clusters of zeekctl do since Zeek 8.1, and not Broker's protocol",
            "use the central broker (`broker doctor zmq://{host}:27760`), the WebSocket port of the manager"
            " (`broker doctor ws://{host}:27759`), or call Broker::listen in a script there",
        ),
        "zeromq-xpub": Advice(
            _NO_PEER % "is the XPUB of a central broker, where the nodes of a ZeroMQ cluster receive",
            "use this port with zmq://: {try}; or the WebSocket port of the manager (ws://{host}:27759)",
        ),
        "zeromq-xsub": Advice(
            _NO_PEER % "is the XSUB of a central broker, where the nodes of a ZeroMQ cluster send",
            "use zmq:// with the port of its XPUB, usually the one before: {try}; or the WebSocket port of the manager"
            " (ws://{host}:27759)",
        ),
        "zeromq-pull": Advice(
            _NO_PEER % "is a sink for the logs of a ZeroMQ cluster (PULL), as a logger has it",
            "use the central broker, with zeekctl on the manager: `broker doctor zmq://{host}:27760`",
        ),
        "zeromq-other": Advice(
            "{place} is a ZeroMQ socket of the kind {socket}, which no Zeek has, and no Broker",
            "give the port of a central broker with zmq://, with zeekctl 27760 of the manager, or that of a Broker",
        ),
        "zeromq-curve": Advice(
            "{place} is a ZeroMQ socket that encrypts with CURVE, which hides of what kind, and no Broker",
            "if it is the XPUB of a central broker, try {try} with the CURVE keys of the cluster; " + _CURVE_KEYS,
        ),
        "zeromq-native": Advice(
            "{place} is a Broker that speaks its own protocol, not ZeroMQ",
            "leave the scheme out: {try}",
        ),
        "zeromq-strange": Advice(
            "{place} speaks ZeroMQ, but not as Zeek does: {reason}",
            _BOTH_PORTS,
        ),
        "zeromq-none": Advice(
            "{place} is no ZeroMQ socket, but speaks {looks_like}",
            _BOTH_PORTS,
        ),
    },
    Cause.WEBSOCKET: {
        "zeromq": Advice(
            "{place} is a WebSocket server, not a ZeroMQ socket",
            "use the WebSocket interface: {try}; or " + _BOTH_PORTS,
        ),
    },
    Cause.WRONG_SOCKET: {
        "": Advice(
            "{place} is a ZeroMQ socket of the kind {socket}, which no central broker has",
            _BOTH_PORTS,
        ),
        "reversed": Advice(
            "the ports are the wrong way round: {port} is the XSUB of the central broker, and {send_port} its XPUB",
            "the XPUB comes first: {try}",
        ),
        "sending": Advice(
            "{place} is the XSUB of a central broker, where nodes send; the first port is that of its XPUB",
            "the XPUB is usually on the port before: {try}",
        ),
        "xpub": Advice(
            "{place} is the XPUB of a central broker, where nodes receive; the second port is that of its XSUB",
            _BOTH_PORTS,
        ),
        "pull": Advice(
            "{place} is a sink for the logs of a ZeroMQ cluster (PULL), as a logger has it, and no central broker",
            _BOTH_PORTS,
        ),
    },
    Cause.CURVE_EXPECTED: {
        "": Advice(
            "one side wants to encrypt with CURVE, and the other not: {reason}",
            "use the CURVE keys of the cluster, or none where it has none; " + _CURVE_KEYS,
        ),
        "theirs": Advice(
            "the cluster at {address} encrypts with CURVE, and this side has no keys",
            "give the public key of the server and both keys of the client; " + _CURVE_KEYS,
        ),
        "ours": Advice(
            "the cluster at {address} does not encrypt, and this side is to use CURVE keys",
            "leave --curve-dir, or Zeek's variables with keys, away; or turn CURVE on there (zeekctl:"
            " cluster_backend_zeromq.use_curve_encryption = 1)",
        ),
        "mixed": Advice(
            "only one of the ports {port} and {send_port} of {host} encrypts with CURVE, so they belong to different"
            " central brokers",
            _BOTH_PORTS,
        ),
    },
    Cause.CURVE_REFUSED: {
        "": Advice(
            "the CURVE keys of this side do not fit those of the cluster at {address}: {reason}",
            "take the keys of that cluster; " + _CURVE_KEYS,
        ),
        "client": Advice(
            "the cluster at {address} does not let in the CURVE key of this client",
            "take its own client_publickey and client_secretkey; " + _CURVE_KEYS,
        ),
        "server": Advice(
            "the CURVE handshake with {address} fails: {reason}",
            "take the keys of that cluster, and check that the ports are those of its central broker; " + _CURVE_KEYS,
        ),
    },
    Cause.HANDSHAKE_TIMEOUT: {
        "zeromq": Advice(
            "the sockets of {address} take connections and do not finish the handshake: {reason}",
            "look whether the central broker (with zeekctl, the manager) hangs; restart it",
        ),
        "zeromq-greeting": Advice(
            "{place} begins to greet as ZeroMQ does, and does not go on",
            "look whether the program there hangs, or something on the way holds its bytes back",
        ),
        "two-brokers": Advice(
            "what is sent to port {send_port} of {host} does not come back from port {port}, so they do not belong to"
            " one central broker, or it hangs",
            _BOTH_PORTS,
        ),
    },
    Cause.NOT_SUBSCRIBED: {
        "zeromq": Advice(
            "the cluster at {address} can be reached, but nobody there would get what is published on {topics}",
            'subscribe there (Cluster::subscribe("TOPIC") takes all topics that start so); what there is: {nearest}',
        ),
        "zeromq-nothing": Advice(
            "the cluster at {address} can be reached, but nobody there subscribes to anything, {topics} included",
            'subscribe there (Cluster::subscribe("TOPIC") takes all topics that start so)',
        ),
    },
    Cause.CONFIGURATION: {
        "curve": Advice(
            "{reason}",
            "a client needs server_publickey, client_publickey and client_secretkey; " + _CURVE_KEYS,
        ),
        "pyzmq": Advice(
            "this installation has no ZeroMQ: {reason}",
            "install it beside this program: pip install 'broker-toolkit[zeromq]'",
        ),
    },
}
