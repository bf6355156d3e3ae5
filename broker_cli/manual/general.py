"""What the page of the program says besides its commands: literals, formats, peers, environment, exit codes."""

from __future__ import annotations

from broker_cli import config
from broker_cli.exit_codes import EXIT_CODE_HELP

from .parts import Section
from .profiles import FILES, PROFILES

__all__ = [
    "DURATIONS",
    "ENVIRONMENT",
    "EXIT_STATUS",
    "FORMATS",
    "LITERALS",
    "PEERS",
    "PROGRAM_SECTIONS",
    "TLS",
]

LITERALS = Section(
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

FORMATS = Section(
    "FORMATS",
    (
        (
            ("human", "One message per line, for people. The default on a terminal. May change with any release."),
            (
                "ndjson",
                (
                    "One JSON object per line, typed and without loss. The default for pipes and files, and "
                    "what publish --from takes back. The keys type, topic, @data-type and data are those of "
                    "Zeek's WebSocket interface; v (1), seq, ts (arrival, seconds), from (endpoint: a UUID, or the "
                    "id of a node on ZeroMQ) and event (name) are added."
                ),
            ),
            (
                "plain",
                (
                    "One JSON object per line without types, for jq: topic, event and args, or value; named, "
                    "network_timestamp, ts and from. Addresses, subnets, ports and enums are strings, times seconds, "
                    "sets arrays, and tables objects if their keys are strings. "
                    "Read back only with --sig or --event-file."
                ),
            ),
            ("text", "The topic, a blank, and the value as a literal or as NAME(ARG, ...); without loss."),
            ("broker", "The topic, a blank, and what C++ Broker prints for the value. Cannot be read back."),
            ("raw", "The bytes of a string, or of the only argument of an event if that is a string."),
            ("tsv", "With subscribe --logs: Zeek's own log format, byte for byte."),
            ("json", "The objects of ndjson as one array, for what cannot read lines."),
        ),
        (
            "A ZeroMQ cluster may carry messages in other formats than Broker's, such as broker-json-v1. They are not "
            "read, but shown as what they are: the name of the format, and the payload, as text where it is one (human "
            "shows only the beginning of other bytes). They have no event and no arguments, and cannot be published or "
            "recorded."
        ),
        (
            "Results go to standard output and everything else to standard error. Control characters in what "
            "comes from the network are made visible, except in raw and broker output to a pipe or file."
        ),
    ),
)

PEERS = Section(
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
        (
            "zmq://HOST:PORT is a Zeek cluster on ZeroMQ, which is what zeekctl sets up from Zeek 8.1 on: the central "
            "broker on the manager (port 27760 with zeekctl, 5555 when none is given). Messages are sent to the next "
            "port, or to that of zmq://HOST:PORT:PORT. Zeek's own topics have dots there in place of slashes, see "
            "broker help topics. The cluster counts as one subscriber, however many nodes are subscribed; nodes "
            "confirm nothing, but the program does not end before the central broker has everything. Data stores "
            "cannot be reached that way."
        ),
    ),
)

TLS = Section(
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
        (
            "zmq:// encrypts with CURVE keys in place of TLS, if the cluster does. --curve-dir names the directory "
            "where zeekctl has them, spool/zeromq/curve on the manager; otherwise they are taken from Zeek's own "
            "variables. broker tls curve makes new ones."
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
            (config.ENV_PROFILE, "Profile for --profile."),
            (config.ENV_CONFIG, "The file with profiles, in place of the usual one."),
            (config.ENV_STATE, "off: remember nothing for completion. Otherwise the file for that."),
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
            (
                "ZEEK_CLUSTER_BACKEND_ZEROMQ_CURVE_*",
                "CURVE keys in place of --curve-dir, in the four variables of Zeek: CLIENT_PUBLICKEY and so on.",
            ),
            ("NO_COLOR, FORCE_COLOR", "No colours, or colours without a terminal. --color overrides both."),
        ),
        "An option overrides its variable, and a variable overrides the profile.",
    ),
)

DURATIONS = Section(
    "DURATIONS",
    ("500us, 500ms, 5s, 2min, 1h, 1d; a bare number is seconds. There is no m, which could be either of two.",),
)

PROGRAM_SECTIONS = (PEERS, TLS, PROFILES, LITERALS, FORMATS, DURATIONS, ENVIRONMENT, FILES, EXIT_STATUS)
"""Behind the list of commands on the page of the program."""
