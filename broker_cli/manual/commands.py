"""Further sections for the pages of commands."""

from __future__ import annotations

from .live import TOP, WATCH
from .logs import LOG_INPUT, LOG_OUTPUT, LOG_SINK
from .parts import Code, Section
from .recordings import RECORDING, RECORDING_INFO, REPLAYING
from .selection import COMMANDS, EXPRESSIONS, SELECTION, TEMPLATES
from .tools import FORMS as VALUE_FORMS
from .tools import MEASURING, RELAYING, STORE_MEASURING
from .types import DECLARATIONS, NAMES, PACE, PLACEHOLDERS

__all__ = ["COMMAND_SECTIONS"]

_STORES = Section(
    "STORES",
    (
        (
            "A data store is a table of keys and values at one endpoint, its master. These commands follow it for"
            " as long as they run: they attach a clone, wait for its first snapshot, and read from that. Changes "
            "are done by the master; a command ends when it has confirmed them. The peer has to be the endpoint of"
            " the master itself, since Broker does not pass on what a clone needs."
        ),
        (
            "Whether the peer has the master is known at once, and without one the exit status is 8. --timeout "
            "waits for one to be attached, and for its answers; the exit status is 4 when these do not come."
        ),
        (
            "Keys and values are literals, see broker(1). The count 5, the integer +5 and the string string:5 are"
            " three different keys."
        ),
        (
            "An entry with a time to live is removed by the master when that is over. Each change of an entry sets"
            " it anew: without --ttl the entry stays. Peers are not told when entries expire, so only files and "
            "exports of files say so."
        ),
    ),
)

_FILES = Section(
    "FILES",
    (
        (
            "--file names an SQLite file as C++ Broker writes it, or the RocksDB directory of another endpoint of "
            "this program; what it is, is seen from its content. Files are read without locks that could disturb "
            "a Zeek that uses them. An entry whose time is over stays in a file until a master opens it."
        ),
        (
            "With --write the file is changed, in one transaction for each change, or for a thousand entries of "
            "an import. No master may have it open then."
        ),
    ),
)

_ENTRIES = Section(
    "ENTRIES",
    (
        (
            "With -o ndjson an entry is an object with key and value, in the typed JSON of broker(1), and expiry "
            "(as 2024-05-01T12:00:00Z) if it has one; store import takes it back without loss. -o text has KEY ->"
            " VALUE as literals, or for get the value alone."
        ),
        (
            "Events of watch are objects of type store-event with change (insert, update, erase or expire), store,"
            " ts (seconds), key, old and new (as far as there are such values), ttl and publisher if they are "
            "known. Lines of diff are of type store-diff with change (added, removed or changed), key, old and new."
        ),
    ),
)

COMMAND_SECTIONS = {
    "relay": RELAYING,
    "bench pub": MEASURING,
    "bench sub": MEASURING,
    "bench store": STORE_MEASURING,
    "value convert": VALUE_FORMS,
    "request": (
        Section(
            "REPLIES",
            (
                (
                    "A reply is an event on a topic that starts with a --reply-topic, with a name like a --reply-event,"
                    " and with the same arguments at the places of every --match. Batches are looked through. Several "
                    "requests at a time are told apart by an argument that is different each time, such as"
                    " string:$(uuidgen), if who answers sends it back."
                ),
                (
                    "--timeout is for all of it: to connect, to find somebody who is subscribed to TOPIC, and for the"
                    " replies. When it is over and nothing came that is a reply, it is told what came instead."
                ),
                (
                    "A Zeek subscribes to zeek/control/ID with the id of its endpoint, which broker peer shows, and "
                    "answers on zeek/control/ and the name of the answer."
                ),
            ),
        ),
        DECLARATIONS,
    ),
    "ping": (
        Section(
            "PROTOCOL",
            (
                (
                    'A ping is the vector ("ping", ID, PAYLOAD), with a count and a string of x, a pong the vector '
                    '("pong", ID). Both are published on TOPIC, to which both sides are subscribed. Pings with the id 0'
                    " are repeated every 50 ms until somebody answers; those from 1 on are counted. That is what the "
                    "modes ping and pong of broker-node do."
                ),
                (
                    "A pong does not say whom it is for: when two ping on one topic, or two answer, more pongs come "
                    "than pings were sent. The first for an id counts, and the others are shown as (again)."
                ),
                (
                    "A ping is lost when its pong has not come after --timeout, even if it comes late. The percentiles "
                    "are of the latest 100,000 round trips. At most 1,000 pings wait for their pongs at a time."
                ),
                "Zeek's own WebSocket server passes on events only, and refuses pings.",
            ),
        ),
    ),
    "check": (
        Section(
            "RANGES",
            (
                (
                    "The value of -w and -c is the range of what is well, as in the guidelines for Nagios plugins; the "
                    "bounds belong to it. Where the numbers are times, the bounds are durations."
                ),
                (
                    ("10", "From 0 to 10."),
                    ("10:", "10 or more."),
                    ("~:10", "10 or less, also below 0."),
                    ("10:20", "From 10 to 20."),
                    ("@10:20", "Not from 10 to 20."),
                ),
            ),
        ),
        Section(
            "STATES",
            (
                (
                    ("0, OK", "All is as it should be."),
                    ("1, WARNING", "A number is outside of its range for -w."),
                    (
                        "2, CRITICAL",
                        (
                            "A number is outside of its range for -c, something is missing, nobody can be reached, or"
                            " time is up."
                        ),
                    ),
                    ("3, UNKNOWN", "The command line is wrong, a file cannot be read, or the question has no answer."),
                ),
                (
                    "Behind the text and | are the numbers: NAME=VALUE;WARNING;CRITICAL;LEAST;MOST, times in ms. With "
                    "-o prometheus they are broker_check_NAME, times in seconds (_seconds), with the labels check and "
                    "target, and broker_check_status is the state. To keep node_exporter from half a file:"
                ),
                Code(("broker check peer zeek:9999 -o prometheus > zeek.$$; mv zeek.$$ zeek.prom",)),
            ),
        ),
    ),
    "record": RECORDING,
    "replay": REPLAYING,
    "info": RECORDING_INFO,
    "store": (_STORES, _FILES, _ENTRIES),
    "publish": (
        Section(
            "DELIVERY",
            (
                (
                    "broker publish ends when every peer has confirmed all that was published to it, or with "
                    "exit status 6. When nobody is subscribed it says so and succeeds: use --wait-subscriber to"
                    " wait."
                ),
            ),
        ),
        Section(
            "INPUT",
            (
                (
                    "With --from the messages come from a file; - is standard input, which is never read "
                    "otherwise. Lines are published as soon as they are there. The format is that of --in:"
                ),
                (
                    ("ndjson", "What subscribe prints. TOPIC replaces the topics in the lines."),
                    ("plain", "What -o plain prints; or with EVENT only the arguments. Types have to be declared."),
                    ("text", "TOPIC VALUE or TOPIC NAME(ARG, ...). With TOPIC as an argument lines have none."),
                    ("lines", "Any text; a line is a string, or with EVENT the argument of such an event."),
                    ("zeek", "A log of Zeek; a line is an EVENT, see below."),
                ),
                (
                    "A line that is none ends the command with exit status 7, after what stands before it was "
                    "published. With --keep-going it is left out, and the exit status is 9 in the end."
                ),
            ),
        ),
        LOG_INPUT,
        DECLARATIONS,
        PLACEHOLDERS,
        PACE,
    ),
    "subscribe": (
        Section(
            "SLOW OUTPUT",
            (
                (
                    "--on-overflow says what happens when more than --max-queue messages wait because the "
                    "output does not take them: block (stop reading from the peers; the default for pipes and "
                    "files), drop-old (the default on a terminal), drop-new, or exit. What is dropped is "
                    "counted, and told on standard error."
                ),
            ),
        ),
        SELECTION,
        EXPRESSIONS,
        TEMPLATES,
        COMMANDS,
        WATCH,
        LOG_OUTPUT,
        LOG_SINK,
        NAMES,
    ),
    "top": TOP,
    "listen": (
        SELECTION,
        EXPRESSIONS,
        TEMPLATES,
        COMMANDS,
        LOG_OUTPUT,
        NAMES,
        Section(
            "PORTS",
            (
                (
                    "PORT and :PORT listen on this machine only, ADDR:PORT on that address, *:PORT everywhere. "
                    "With port 0 any free one is taken; it is told on standard error, in --ready-file, and with"
                    " -o ndjson in the first line of the output."
                ),
            ),
        ),
        Section(
            "WEBSOCKET",
            (
                (
                    "--ws serves programs that speak Zeek's JSON over WebSocket, at the path /v1/messages/json. A "
                    "client takes part like a peer: what it publishes goes to all peers and clients, and it gets "
                    "what they and the peers publish on its topics, with or without --forward. Answers and errors "
                    "are those of Zeek's own server on port 27759, else of Broker's old one; --ws-style overrides. For "
                    "[ADDR:]PORT, zeek and broker stand for the usual ports on this machine."
                ),
                (
                    "The port takes connections with and without certificate-less TLS, or with --cert only those with"
                    " certificates; --ws-tls overrides. Browsers are refused unless --ws-origin names the page. With "
                    "--token-file clients have to send the header Authorization: Bearer TOKEN, and need no "
                    "certificate then. Tokens can be read on the way unless the connection is encrypted."
                ),
            ),
        ),
        Section(
            "RULES",
            (
                (
                    "--ws-publish and --ws-subscribe limit all clients. --ws-rules names a TOML file with rules for "
                    "each token: origins = [...] for browsers, and any number of [[user]] with name, token-file "
                    "(relative to the file), publish and subscribe (arrays of prefixes; without them all, with [] "
                    "none). A user without token-file is everybody who shows no token."
                ),
            ),
        ),
        Section(
            "HTTP",
            (
                (
                    "--http serves /v1/status/json, which broker status http://ADDR:PORT reads, and /metrics for "
                    "Prometheus. Both only tell; whoever reaches the port can read them."
                ),
            ),
        ),
    ),
}
"""Further sections for the pages of commands."""
