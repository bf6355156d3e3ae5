"""The parts of the manual that no option says: literals, formats, environment. ``reference`` puts them into pages.

A section is a title and paragraphs; a paragraph is a text, a list of (term, text), or preformatted lines.
"""

from __future__ import annotations

from typing import NamedTuple

from . import config
from .exit_codes import EXIT_CODE_HELP

__all__ = ["COMMAND_SECTIONS", "ENVIRONMENT", "EXIT_STATUS", "OPTION_VALUES", "PROGRAM_SECTIONS", "Code", "Section"]


class Code(NamedTuple):
    """Lines that are shown as they are."""

    lines: tuple[str, ...]


Terms = tuple[tuple[str, str], ...]
Paragraph = str | Terms | Code


class Section(NamedTuple):
    """One section of a page."""

    title: str
    paragraphs: tuple[Paragraph, ...]


OPTION_VALUES = {
    "--output": config.FORMATS,
    "--color": ("auto", "always", "never"),
    "--tls": ("auto", "off", "anon", "verify"),
    "--ws-style": ("broker", "zeek"),
    "--ws-tls": ("auto", "off", "anon", "verify"),
    "--ws-overflow": ("disconnect", "drop-old", "drop-new", "block"),
    "--in": ("ndjson", "text", "lines"),
    "--on-overflow": ("block", "drop-old", "drop-new", "exit"),
    "--mode": ("merge", "skip", "replace"),
}
"""The words that an option takes, for completions."""

_LITERALS = Section(
    "LITERALS",
    (
        (
            "Arguments of events have exact types, which are seen from how a word is written. A Zeek drops an "
            "event whose argument has another type than declared, and says so only in its own log."
        ),
        (
            ("count", "42, 0x2a"),
            ("integer (int)", "+42, -42. Negative numbers need no special care on the command line."),
            ("real (double)", "4.2, 5.0, 1e6, real:5, real:inf"),
            ("boolean (bool)", "T, F"),
            ("string", '"text" with \\n, \\", \\xHH and \\uHHHH; a bare word; string:ANYTHING, byte for byte'),
            ("enum-value (enum)", "Notice::LOG; enum:tcp for one without a module"),
            ("timespan (interval)", "5s, 500ms, 1.5hr, -1ns"),
            ("timestamp (time)", "2024-05-01T12:00:00.5Z, time:1714564800.5"),
            ("address (addr)", "10.0.0.1, 2001:db8::1"),
            ("subnet", "10.0.0.0/8, [2001:db8::]/32"),
            ("port", "22/tcp, 53/udp, 8/icmp, 0/unknown"),
            ("vector", "(1, 2) or [1, 2]; Zeek records are vectors of their fields in order"),
            ("set", "{1, 2}, set()"),
            ("table", '{"a" -> 1, "b" -> 2}, table()'),
            ("none", "nil"),
        ),
        (
            "TYPE:VALUE forces a type, so string:5 is the string 5. What starts like a number or an address and"
            " is none is an error, never a string. Inside of containers strings need quotes, and the shell "
            "wants quotes around the whole."
        ),
    ),
)

_FORMATS = Section(
    "FORMATS",
    (
        (
            ("human", "One message per line, for people. The default on a terminal. May change with any release."),
            (
                "ndjson",
                (
                    "One JSON object per line, typed and without loss. The default for pipes and files, and "
                    "what publish --from takes back. The keys type, topic, @data-type and data are those of "
                    "Zeek's WebSocket interface; v (1), seq, ts (arrival, seconds), from (endpoint) and event "
                    "(name) are added."
                ),
            ),
            ("text", "The topic, a blank, and the value as a literal or as NAME(ARG, ...); without loss."),
            ("broker", "The topic, a blank, and what C++ Broker prints for the value. Cannot be read back."),
            ("raw", "The bytes of a string, or of the only argument of an event if that is a string."),
        ),
        (
            "Results go to standard output and everything else to standard error. Control characters in what "
            "comes from the network are made visible, except in raw and broker output to a pipe or file."
        ),
    ),
)

_PEERS = Section(
    "PEERS",
    (
        (
            "A peer is HOST:PORT, :PORT (this machine), [::1]:PORT for IPv6, or broker://HOST:PORT. Without a "
            "port it is 9999, the default of Zeek."
        ),
        (
            "ws://HOST:PORT and wss://HOST:PORT are WebSocket servers: that of Zeek 7.2 and later (the port is "
            "27759 when none is given), or of an older Broker (9997). Zeek takes only events there that it "
            "knows, with exactly their types, and says what it refuses; what it expects of others it does not "
            "tell, so there is always somebody subscribed. Data stores cannot be reached that way."
        ),
    ),
)

_TLS = Section(
    "TLS",
    (
        (
            (
                "auto",
                (
                    "Without certificates of your own: encrypted without certificates, as Zeek does by default,"
                    " or plain if the other side does not encrypt. With them: verify."
                ),
            ),
            ("anon", "Encrypted without certificates. That proves nothing about who is there."),
            (
                "verify",
                (
                    "Both sides show certificates, and check that a CA they trust signed them. Needs --ca"
                    " (or --ca-dir), --cert and --cert-key; wss:// does without your own, and takes the CAs"
                    " of the system."
                ),
            ),
            ("off", "Plain TCP."),
        ),
        (
            "broker tls init makes a CA and certificates, and prints what to tell Zeek. Like Broker, only the CA is"
            " checked; with --tls-check-host also that the certificate is for the host that was asked for. Secrets "
            "are never options: --key-pass-file and --token-file name files whose first line holds them."
        ),
    ),
)

EXIT_STATUS = Section(
    "EXIT STATUS",
    (
        (
            *((str(int(code)), text[:1].upper() + text[1:] + ".") for code, text in EXIT_CODE_HELP.items()),
            ("130, 143, 129", "Ended by the signal INT, TERM or HUP, after it tidied up for at most a second."),
            ("141", "Nobody reads standard output any more."),
        ),
    ),
)

ENVIRONMENT = Section(
    "ENVIRONMENT",
    (
        (
            (config.ENV_PEER, "Peers for --peer, with commas between them."),
            (config.ENV_OUTPUT, "Format for --output, for commands that have it."),
            (config.ENV_TIMEOUT, "Time for --timeout."),
            (config.ENV_CONNECT_TIMEOUT, "Time for --connect-timeout."),
            (config.ENV_TLS, "Value for --tls."),
            (config.ENV_TLS_CA, "File for --ca."),
            (config.ENV_TLS_CA_DIR, "Directory for --ca-dir."),
            (config.ENV_TLS_CERT, "File for --cert."),
            (config.ENV_TLS_KEY, "File for --cert-key."),
            (config.ENV_TLS_KEY_PASS_FILE, "File for --key-pass-file."),
            (config.ENV_TLS_KEY_LOG, "File for --tls-key-log."),
            (config.ENV_TOKEN_FILE, "File for --token-file."),
            ("NO_COLOR, FORCE_COLOR", "No colours, or colours without a terminal. --color overrides both."),
        ),
        "An option overrides its variable.",
    ),
)

_DURATIONS = Section(
    "DURATIONS",
    ("500us, 500ms, 5s, 2min, 1h, 1d; a bare number is seconds. There is no m, which could be either of two.",),
)

PROGRAM_SECTIONS = (_PEERS, _TLS, _LITERALS, _FORMATS, _DURATIONS, ENVIRONMENT, EXIT_STATUS)
"""Behind the list of commands on the page of the program."""

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
                    ("text", "TOPIC VALUE or TOPIC NAME(ARG, ...). With TOPIC as an argument lines have none."),
                    ("lines", "Any text; a line is a string, or with EVENT the argument of such an event."),
                ),
                (
                    "A line that is none ends the command with exit status 7, after what stands before it was "
                    "published. With --keep-going it is left out, and the exit status is 9 in the end."
                ),
            ),
        ),
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
    ),
    "listen": (
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
