"""The manual of declarations: how arguments are read and shown with them, and what ``publish`` makes anew each time."""

from __future__ import annotations

from .parts import Code, Section

__all__ = ["DECLARATIONS", "NAMES", "PACE", "PLACEHOLDERS"]

_SOURCES = (
    "--sig declares an event. --event-file names a Zeek script, of which events, handlers, records, enums, names of "
    "types and what redef adds to them are read. Functions and values are passed over, @load loads nothing, and of "
    "@if and @ifdef all branches are read. Of two declarations of a name the first counts, that of --sig before those"
    " of files. An event without a global declaration belongs to the module of its handler."
)

DECLARATIONS = Section(
    "DECLARATIONS",
    (
        _SOURCES,
        Code(
            (
                "broker publish /t ping hi 5 --sig 'ping(msg: string, n: double)' --dry-run",
                "broker publish /t ping hi 5 --types string,double --dry-run",
            )
        ),
        (
            "An EVENT that is not declared is refused, unless only the profile names scripts. Each ARG is read as the"
            " type that it is to have, so the type need not be written:"
        ),
        (
            ("double, int, count", "5 is 5.0, +5 or 5."),
            ("string", "Anything, byte for byte, unless it begins with a quote or with TYPE:"),
            ("time, interval", "Also a number of seconds."),
            ("enum", "Also without its module."),
            ("record", '[$id=1, $note="x"], {"id": 1, "note": "x"}, or by place (1, "x", nil).'),
            ("set", "{1, 2}, [1, 2], {}. Of several columns {(10.0.0.1, 22/tcp)}."),
            ("table", '{"a" -> 1}, {"a": 1}, {["a"] = 1}, {}'),
            ("pattern, function", "/re/, /re/i, /re/s; the name of the function."),
        ),
        (
            "Fields of a record can be left out, or be nil, if they are &optional or have a &default; the default is "
            "what the receiving Zeek says. A value whose type has no declaration, as those of Zeek's own scripts, is "
            "sent as it is written; -v tells which."
        ),
        (
            "With --from, ndjson and zeek have types of their own, so each event is only checked: what a Zeek would "
            "drop is a bad line. text, lines and plain are read by the declared types."
        ),
    ),
)

NAMES = Section(
    "NAMES",
    (
        _SOURCES,
        (
            "Events that are declared are shown with the names of their arguments and of the fields of records that "
            "are set. In ndjson and plain the key named has them, without types; --where, --format and --exec know "
            "the names, too. An event that is not as declared is shown all the same."
        ),
        Code(
            (
                'Scan::hit(sensor="s1", item=[src=10.0.0.1, ports={22/tcp}])',
                '"named":{"sensor":"s1","item":{"src":"10.0.0.1","ports":["22/tcp"]}}',
            )
        ),
    ),
)

PLACEHOLDERS = Section(
    "PLACEHOLDERS",
    (
        "With --template these are filled in, in ARGs and --data, for each message anew:",
        (
            ("{n}", "The number of the message, from 1."),
            ("{now}", "The time, as a literal."),
            (
                "{uuid}",
                "A random id, the same in all of a message. At the beginning of an ARG it makes a string of it.",
            ),
            ("{env:NAME}", "A variable of the environment, which must be there."),
            ("{{ }}", "Braces, such as those of sets."),
        ),
        (
            "What is filled in is read as if it had been typed: {env:X} can be a count or an address. It is text "
            "whatever it holds behind string:, between quotes, and where the argument is declared a string."
        ),
        Code(("broker publish /t ping '{n}' 'string:{env:USER}' --template -n 3 -i 1s",)),
    ),
)

PACE = Section(
    "PACE",
    (
        (
            "Messages are published as quickly as the peers take them, or with --interval with a pause after each, or"
            " with --rate so many per second, evenly; after a standstill of more than a second the rate is not caught"
            " up with. --duration ends it, from the first message on; without -n one message is repeated until then."
        ),
        (
            "--pace recorded keeps the gaps between the lines of --from: the key ts of ndjson and plain, the time of "
            "a record of a log. --speed 10 makes them ten times shorter. Recordings are for broker replay."
        ),
    ),
)
