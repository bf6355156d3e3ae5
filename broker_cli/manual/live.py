"""What the manual says about views that are redrawn: ``top`` and ``subscribe --watch``."""

from __future__ import annotations

from .parts import Section

__all__ = ["TOP", "WATCH"]

_KEYS = Section(
    "KEYS",
    (
        (
            ("q, Ctrl-C", "Quit; with exit status 0, or as ended by INT."),
            ("p, Space", "Stand still, to read. Counting goes on, and sorting, filter and scrolling work."),
            ("s, S", "Sort by the next, or last, of: rate, bytes (a second), total, last (seen), name."),
            ("r", "Reverse the order."),
            (
                "/",
                (
                    "Filter by a part of a topic or event, upper or lower case; with *, ? or [ it is a glob for one of"
                    " them. Enter keeps it, Esc ends it."
                ),
            ),
            ("e", "A row for each topic, or for each topic and event."),
            ("arrows, PgUp, PgDn, Home, End", "Scroll."),
            ("c", "Count anew."),
            ("?", "List the keys."),
        ),
    ),
)

_COUNTS = Section(
    "COUNTS",
    (
        (
            "MSG/S and BYTES/S are of the last --interval, TREND shows the rates of the last ones, each row up to its "
            "own highest. On wide terminals AVG is an average that changes slowly, and PEAK the highest rate so far. "
            "Bytes are those of the values in Broker's binary form, without topic and framing, over WebSocket, too."
        ),
        (
            "10,000 topics, and as many events on topics, are told apart; what comes on further ones, or has a name of "
            "more than 1,024 characters, is counted as (others). Of a message of more than 16 KiB only the size is "
            "shown. When messages come faster than they can be counted, the oldest that wait are dropped, and their "
            "number is shown in red; those are in no other number."
        ),
        (
            "A terminal whose locale (LC_ALL, LC_CTYPE or LANG) is not UTF-8 gets ASCII only. One with TERM=dumb is "
            "refused: use -o ndjson."
        ),
    ),
)

_LINES = Section(
    "OUTPUT FOR PROGRAMS",
    (
        (
            "With -o ndjson, the default for pipes and files, each interval has a line of type topic-rate for every "
            "row that something came for, or did in the interval before: topic (null for others), kind (event, "
            "log-create, log-write, identifier-update, batch, data, or the name of a format that is not Broker's, in "
            "parentheses) and event (its name) unless --by topic, rate, "
            "byte_rate, average, messages, bytes, and last (the value, typed). A line of type rates ends the interval,"
            " with rate, byte_rate, messages, bytes, topics, events and dropped. Both have ts and interval (seconds)."
        ),
    ),
)

TOP = (_KEYS, _COUNTS, _LINES)
"""The sections of the page of ``top``."""

WATCH = Section(
    "WATCHING",
    (
        (
            "--watch keeps one line for each topic, in the order in which they appeared: how many messages came, how "
            "many a second, how long ago the last one, and its value. When there are more topics than lines, those "
            "not seen for the longest time give way to others, and the last line says how many are not shown. The "
            "last state stays when it is over; q ends it. What is selected is counted, and -n, --for, --idle and "
            "--timeout end it as they do otherwise. With -o ndjson it prints what broker top --by topic does, see "
            "broker-top(1)."
        ),
    ),
)
"""The section on the page of ``subscribe``."""
