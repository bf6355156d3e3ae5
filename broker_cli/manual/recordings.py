"""The parts of the manual on recordings: files, crashes, time, and what is checked."""

from __future__ import annotations

from .parts import Code, Section

__all__ = ["RECORDING", "RECORDING_INFO", "REPLAYING"]

RECORDING = (
    Section(
        "RECORDINGS",
        (
            (
                "FILE holds each message as it came: its topic, the bytes of its value, who handed it over, and when it"
                " was received. It begins with who recorded it, and notes where something is missing: dropped messages"
                " (--on-overflow), and times without a connection (--reconnect). The format is a stream of MessagePack "
                "with checksums; the docstring of the Python package broker_core.recordings describes it."
            ),
            (
                "Messages are written ten times a second, in blocks that are good or bad as a whole, and the disk is "
                "waited for every --sync. So a crash of the program costs at most the last 0.1 s, and a loss of power "
                "the time of --sync. What is torn then at the end is passed over by all who read it; --append cuts it "
                "off, and goes on. When the disk is full, the command ends with exit status 8, and what was written "
                "can be read."
            ),
            (
                "With --rotate SIZE or DUR the files are FILE.000001, FILE.000002 and so on, behind those that are "
                "there; the next one is begun when one has the size, or messages and the age. --keep N removes all but"
                " the last N of them, but nothing that is no recording."
            ),
            (
                "With -o ndjson, which is the default unless standard output is a terminal, one line at the end says "
                "what was recorded: an object of type recorded with file, files, messages, bytes, dropped and left_out."
            ),
        ),
    ),
)

REPLAYING = (
    Section(
        "TIME",
        (
            (
                "By default the pauses between messages are as they were recorded; --speed 10 makes them a tenth, and "
                "--speed max publishes as fast as the peers take it. Pauses of less than a millisecond are none. What "
                "is late is caught up with. --max-gap cuts long pauses first. Where the clock of the recorder was set "
                "back there is no pause."
            ),
            (
                "--start and --end choose a part: by a time since the first message of the first FILE (90s, 5min), or "
                "by a date (2024-05-01T12:00:00Z; without a zone it is UTC). --topic, --event, --where and the like "
                "see messages as they were recorded, before --topic-map; its prefixes are tried in order."
            ),
        ),
    ),
    Section(
        "CHECKS",
        (
            (
                "A recording is read as input that may be damaged. Every block has a checksum, and every value is "
                "checked to be one, so that nothing broken reaches a peer. At a bad place the command ends with exit "
                "status 7, after what stands before it was published; with --keep-going what is bad is left out, and "
                "the exit status is 9 in the end. What a crash has cut off at the end is told, and no failure."
            ),
        ),
    ),
    Section(
        "PRINTING",
        (
            (
                "With --dry-run messages are printed in the formats of broker subscribe, with the times when they were "
                "recorded, and without pauses unless --speed is given. It needs no network:"
            ),
            Code(("broker replay zeek.rec --dry-run -o text --where 'args[0] in 10.0.0.0/8'",)),
        ),
    ),
)

RECORDING_INFO = (
    Section(
        "OUTPUT",
        (
            (
                "Bytes of topics, events and senders are those of the values, without topics. What is no event is "
                "counted by its kind: (batch), (log create), (log write), (identifier update), (no event). Batches are "
                "not taken apart. Of each kind 10,000 names are told apart. Of a node on ZeroMQ a recording keeps a "
                "UUID that is made of its id."
            ),
            (
                "A recording that was not ended in order has a recorder that was killed, or that still writes to it. "
                "Gaps are messages that never got into it. Damage costs the exit status 7; what is cut off at the end "
                "does not."
            ),
            (
                "With -o ndjson each file is an object of type recording with file, bytes, messages, value_bytes, "
                "first, last and duration (seconds), rate (messages a second), sessions (created, program, endpoint, "
                "peers and topics of each), unended (how many of them), gaps (ts, lost, reason), lost, damage and torn "
                "(offset, size, problem), topic_count, event_count, sender_count, and topics, events and senders, each "
                "with messages and bytes."
            ),
        ),
    ),
)
