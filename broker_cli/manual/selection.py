"""The manual of what chooses messages, says how each is written, and runs commands for them."""

from __future__ import annotations

from .parts import Code, Section

__all__ = ["COMMANDS", "EXPRESSIONS", "SELECTION", "TEMPLATES"]

SELECTION = Section(
    "SELECTION AND STOPS",
    (
        (
            "A message is shown if it passes --exact, --exclude, --event, --where and --sample, in this order. What was"
            " left out is counted and told at the end. --event is for names of events: * is any text, ? one character,"
            " [abc] one of these, and upper and lower case differ. Other messages, such as log writes, have no event."
        ),
        (
            "Zeek sends some events in batches. With --event, --where or --until-event a batch is taken apart, and each"
            " of its members is a message of its own; otherwise it is shown as it came."
        ),
        (
            "-n, --for, --idle, --timeout and --until-event end the command, whichever is first; -n and --idle count "
            "what is shown. The event of --until-event is shown whatever --event, --where and --sample say. Without it"
            " the exit status is 3, or 4 when the time of --timeout was over."
        ),
        (
            "--sample 1/100 shows each hundredth message, the first to begin with; 1% and 0.01 show each with that "
            "chance, which does not follow the rhythm of what comes."
        ),
    ),
)

EXPRESSIONS = Section(
    "EXPRESSIONS",
    (
        "--where takes a condition on one message. In single quotes the shell leaves it alone:",
        Code(
            (
                "args[0] in 10.0.0.0/8 and args[1] > 5",
                "event ~ 'Intel::*' and not (args[2] in {22/tcp, 3389/tcp})",
                "'evil' in args[0] or |args| > 7 or topic == '/test'",
                "type(args[0]) == 'addr' and metadata[1] > 2024-05-01T12:00:00Z",
            )
        ),
        (
            (
                "topic, event, from, size",
                "The topic, the name of the event, the sender (a UUID or node id), the bytes of value.",
            ),
            ("args, args[0], args[-1]", "The arguments of the event, counted from 0; -1 is the last."),
            ("args[0][1], args[0]['key']", "An element of a vector or a field of a record, an entry of a table."),
            ("metadata[1]", "Metadata of the event; 1 is its network timestamp."),
            ("value", "All of a message, for those that are no events."),
            ("msg, args.msg, args[0].id.orig_h", "Arguments and fields by name, with --sig or --event-file. Also $."),
            ("== != < <= > >=", "Numbers by value, whether count, int or double; all else only with its own type."),
            (
                "in, not in, !in",
                "In a subnet, set, vector or string; a key of a table; an address in subnets.",
            ),
            ("~ !~", "The whole string or enum is like a pattern, as with --event."),
            ("and or not && || !", "not binds closest, then and, then or; parentheses as usual."),
            ("len(x) |x|, type(x)", "The elements or bytes of x; its type, such as 'count' or 'addr'."),
            ("str(x), lower(x)", "x as text; a string or enum in lower case."),
        ),
        (
            "Values are literals, see broker-literals(7); strings in double or single quotes. What cannot be compared"
            " makes a comparison false, and so does a part that is missing: args[3] != 5 is false when there are three "
            "arguments, or when args[3] is a string. not (args[3] == 5) is true then. Only T is true by itself."
        ),
    ),
)

TEMPLATES = Section(
    "TEMPLATES",
    (
        "--format writes each message as a template says, with a line end behind it (or NUL, with -0):",
        Code(
            (
                "{ts:%H:%M:%S} {topic} {event}({args})",
                "{event}\\t{args[0]}\\t{args[1]:json}",
                "{seq:>6} {topic:<20} {value}",
            )
        ),
        (
            ("{ts}", "When it came; --ts delta and net make it the time since the message before, or of the event."),
            ("{seq}", "How many were shown with it."),
            ("{args}", "All arguments, as literals with commas between them."),
            ("{topic} {event} {args[0]} {value} ...", "As in expressions."),
            (":json, :typed, :text", "As JSON without types, as typed JSON, as a literal."),
            (":<20, :>20, :^20", "With blanks up to 20 columns: behind it, in front of it, around it."),
            (":%H:%M:%S", "A time as strftime(3) writes it, in the local time zone; %N are nanoseconds."),
            ("{{ }} \\n \\t \\r \\0 \\e \\\\", "Braces, line end, tab, return, NUL, escape, backslash."),
        ),
        (
            "Without such a way a string or an enum is written as it is, anything else as a literal, and what a "
            "message does not have as nothing. On a terminal control characters in fields are made visible."
        ),
    ),
)

COMMANDS = Section(
    "COMMANDS",
    (
        "--exec runs a command for each message instead of printing it, up to --exec-jobs at a time:",
        Code(
            (
                "broker subscribe /alarm --exec 'logger -t zeek -- {args[0]}'",
                "broker subscribe /test --exec 'sh -c \"jq .data >> events.json\"'",
            )
        ),
        (
            "CMD is split into words as a shell would, but no shell runs: what comes from the network is never part of "
            "a command line that is parsed. A word that is one field of a template is replaced by that part of the "
            "message; it can start with a dash, so put -- in front. Fields inside longer words, and behind -c, are "
            "refused. Programs that pass words on to a shell elsewhere, such as ssh, should not get fields."
        ),
        (
            ("BROKER_TOPIC, BROKER_FROM", "The topic and the sending endpoint."),
            ("BROKER_EVENT, BROKER_ARGC", "The name of the event, and how many arguments it has."),
            (
                "BROKER_ARG_0, ...",
                "The arguments; strings and enums as they are, with \\x00 for NUL, others as literals.",
            ),
            ("standard input", "The message as a line of ndjson."),
        ),
        (
            "Standard output and error are those of the program. While --exec-jobs commands run, messages wait as for "
            "any slow output (--max-queue). A command that takes longer than --exec-timeout gets TERM, and KILL two "
            "seconds later; when the program is told to end, so are they. Each is a process group of its own. The exit "
            "status is 9 if a command failed or could not be started."
        ),
    ),
)
