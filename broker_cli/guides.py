"""What is worth explaining once and not in each command: ``broker help literals``, and the pages of section 7.

A guide has the form of a manual page. What the page of the program says already is taken from there.
"""

from __future__ import annotations

from typing import NamedTuple

from .manual.general import DURATIONS, ENVIRONMENT, EXIT_STATUS, FORMATS, LITERALS, PEERS, TLS
from .manual.parts import Code, Section
from .manual.profiles import FILES, PROFILES
from .manual.selection import EXPRESSIONS, TEMPLATES
from .schema import SCHEMA

__all__ = ["GUIDES", "Guide"]


class Guide(NamedTuple):
    """A guide; *summary* is its line in the list of guides."""

    summary: str
    sections: tuple[Section, ...]


_MORE_LITERALS = Section(
    "WHAT THE SHELL DOES",
    (
        (
            "Numbers, times, addresses, ports and names need no quotes. ( ) { } [ ] > ? * $ and blanks mean "
            "something to the shell: put single quotes around them. A variable of the shell that could hold anything"
            ' goes behind string: in double quotes, string:"$name".'
        ),
        Code(
            (
                'broker publish -p :9999 /test ping string:"$USER" 5',
                "broker publish -p :9999 zeek/intel add_indicator '{10.0.0.0/8, 192.168.0.0/16}' 5min",
                "broker value parse 5 +5 5.0 5s 22/tcp         # what is understood, without sending it",
            )
        ),
    ),
)

_RECORDS = Section(
    "RECORDS",
    (
        (
            "A Zeek record travels as a vector of its fields in the order of their declaration, with nil for those"
            " that are not set: [$src=10.0.0.1, $n=5] is (10.0.0.1, 5) if src and n are all its fields. With --sig "
            "or --event-file the declaration is known, and a record can be written with the names of its fields."
        ),
    ),
)

_PREFIXES = Section(
    "TOPICS ARE PREFIXES",
    (
        (
            "A subscription to zeek/intel gets every message whose topic starts with these characters: zeek/intel,"
            " zeek/intel/add and zeek/intelligence. There are no wildcards. End it with a slash to have what is "
            'below only, use --exact for that topic alone, and "" for everything.'
        ),
        (
            'A subscription to "" tells C++ endpoints that we take the messages for every store\'s master; they '
            "cannot attach a master as long as we are connected. In a cluster on ZeroMQ it makes each node send all "
            "that it publishes to the central broker. Name prefixes where that matters."
        ),
    ),
)

_REACH = Section(
    "WHO GETS WHAT",
    (
        (
            "An endpoint sends a message to each peer that is subscribed to its topic, and to nobody else. A Zeek "
            "sends what it publishes itself, and does not pass on what others published: to see what a worker "
            "publishes, connect to that worker. broker listen --forward does pass on."
        ),
        (
            "Nobody keeps messages: who is not subscribed yet gets nothing. broker publish --wait-subscriber waits "
            "for one, and broker subscribe --ready-file tells a script when it may start what it wants to see."
        ),
        Code(
            (
                "broker doctor zeek.example:9999 zeek/intel    # would it get what I publish there?",
                "broker status zeek.example:9999               # what is it subscribed to?",
            )
        ),
    ),
)

_ZEEK_TOPICS = Section(
    "TOPICS OF A ZEEK CLUSTER",
    (
        (
            ("zeek/cluster/manager, worker, proxy, logger", "All nodes of that class."),
            ("zeek/cluster/node/NAME/", "One node, by its name. The slash at the end belongs to it."),
            ("zeek/cluster/nodeid/ID/", "One node, by its endpoint id."),
            ("zeek/logs/", "Log writes, as broker subscribe --logs shows them."),
            ("zeek/control/ID", "Requests of zeekctl; answers come on zeek/control/..._response/NODE."),
            ("NAME/<$>/data/master, NAME/<$>/data/clone", "Internals of the data store NAME."),
        ),
        (
            "Clusters on ZeroMQ (-p zmq://HOST), the default of zeekctl from 8.1 on, write dots in place of these "
            "slashes: zeek.cluster.worker, and zeek.cluster.node.NAME. with the dot at the end. zeek/supervisor, "
            "zeek/table/ and zeek/control/ keep their slashes. Who subscribes to zeek.cluster.nodeid. there is taken "
            "for a node by all others, which then log warnings."
        ),
    ),
)

_ZEEK_SIDE = Section(
    "WHAT ZEEK NEEDS",
    (
        "A Zeek that is to be reached says so in a script (local.zeek), and subscribes to what it wants to get:",
        Code(
            (
                'event zeek_init() { Broker::listen("127.0.0.1", 9999/tcp); Broker::subscribe("/test/"); }',
                "global ping: event(msg: string, n: count);",
                'event ping(msg: string, n: count) { print "got", msg, n; }',
            )
        ),
        "Then it takes events from a shell, and a shell takes what it publishes with Broker::publish:",
        Code(
            (
                'broker publish -p :9999 --sig "ping(msg: string, n: count)" /test/ ping hello 5',
                "broker subscribe -p :9999 /test/",
            )
        ),
    ),
)

_ZEEK_TYPES = Section(
    "TYPES",
    (
        (
            "Zeek never converts: an event with a count where the script declares int, an enum name that it does not "
            "know or another number of arguments is dropped, with a warning in its own reporter.log only; an event "
            "that no script declares is dropped without any word. So say what is declared (--sig, --types or "
            "--event-file), and arguments are checked and written as declared before they leave."
        ),
        (
            ("a: count", "5"),
            ("a: int", "+5, or 5 with a declaration"),
            ("a: double", "5.0, or 5 with a declaration"),
            ("a: interval, time", "5min, 2024-05-01T12:00:00Z"),
            ("a: set[addr]", "'{10.0.0.1, 10.0.0.2}'"),
            ("a: MyRecord", "(first, second), or [$x=first, $y=second] with a declaration"),
        ),
    ),
)

_ZEEK_VERSIONS = Section(
    "VERSIONS",
    (
        (
            ("up to 4.2", "Another protocol. It cannot be reached; the error says so."),
            ("5.0 to 8.2", "Broker on the port of Broker::listen, usually 9999."),
            ("7.2 and later", "WebSocket on the port of Cluster::listen_websocket, usually 27759: -p ws://HOST."),
            ("8.0 and later", "Clusters on ZeroMQ; zeekctl's are from 8.1 on: -p zmq://MANAGER:27760."),
            ("9.0 and later", "Broker only in a Zeek that was built with it; WebSocket always."),
        ),
        (
            "Encryption is on by default in Broker and proves nothing about who is there; --tls off is for a Zeek with"
            " Broker::disable_ssl=T. WebSocket is plain by default. When nothing arrives: broker doctor."
        ),
    ),
)

GUIDES = {
    "literals": Guide("How values of each type are written.", (LITERALS, _MORE_LITERALS, _RECORDS)),
    "topics": Guide("What a subscription gets, who gets what, and Zeek's topics.", (_PREFIXES, _REACH, _ZEEK_TOPICS)),
    "zeek": Guide("What Zeek needs, its types and its versions.", (_ZEEK_SIDE, _ZEEK_TYPES, _ZEEK_VERSIONS)),
    "expressions": Guide("The conditions of --where.", (EXPRESSIONS,)),
    "templates": Guide("What --format writes.", (TEMPLATES,)),
    "peers": Guide("How peers are named and connections are secured.", (PEERS, TLS)),
    "formats": Guide("What -o prints, and the keys of every ndjson line.", (FORMATS, *SCHEMA)),
    "profiles": Guide("Presets for options under names, and the files of the program.", (PROFILES, FILES)),
    "environment": Guide("Variables and how times are written.", (ENVIRONMENT, DURATIONS)),
    "exit-codes": Guide("How the program ends, for scripts.", (EXIT_STATUS,)),
}
"""Every guide by its name."""
