"""Log streams: recordings of a live Zeek, what Zeek printed for them, and hostile data."""

from __future__ import annotations

import copy
import pickle
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.codecs import binary
from broker_core.errors import DecodeError, InvalidValue
from broker_core.messages.zeek import Batch, LogCreate, LogField, LogWrite, record, zeek_message
from broker_core.messages.zeek_serial import ZeekType
from broker_core.model import Count, EnumValue, Port, Set, Table, Timespan, Timestamp
from zeek_frames import DataFrame, data_frames, steps

REC_LINE: dict[str, Any] = {
    "b": True,
    "i": -42,
    "c": Count(1),
    "d": 3.25,
    "t": Timestamp(1700000000123456000),
    "iv": Timespan(90_000_000_000),
    "s": b'a\tb\xff"z"',
    "e": EnumValue("Rec::GREEN"),
    "po": Port(443, "tcp"),
    "a4": IPv4Address("192.168.1.1"),
    "a6": IPv6Address("2001:db8::1"),
    "sn4": IPv4Network("10.0.0.0/8"),
    "sn6": IPv6Network("2001:db8::/32"),
    "st": Set(["p", "q"]),
    "v": (Count(1), Count(2), Count(3)),
    "unset": None,
    "inner.a": Count(1),
    "inner.b": "bee",
    "inner.c": -7,
    "st_empty": Set(),
}


def views(*scenario_names: str) -> list[Any]:
    """The log messages of the scenarios in order, those in batches too."""
    found: list[Any] = []
    for frame in data_frames(*scenario_names):
        view = zeek_message(binary.decode(frame.payload))
        found += view.flatten() if isinstance(view, Batch) else [view]
    return found


def creates() -> dict[str, LogCreate]:
    return {view.path: view for view in views("zeek-log-writes") if isinstance(view, LogCreate)}


# -- recordings ---------------------------------------------------------------------------------------------


def test_recorded_log_create() -> None:
    create = creates()["rec"]
    assert create.key == ("Rec::LOG", "Log::WRITER_ASCII", "rec")
    assert [column.name for column in create.fields] == list(REC_LINE)
    assert (create.rotation_base, create.rotation_interval, create.network_time) == (0.0, 0.0, 1795358117.590096)
    assert (create.config, create.postprocessor) == (Table(), "")
    assert create.fields[13] == LogField("st", ZeekType.TABLE, ZeekType.STRING)
    assert create.fields[14] == LogField("v", ZeekType.VECTOR, ZeekType.COUNT)
    assert create.fields[15] == LogField("unset", ZeekType.STRING, optional=True)
    assert create.fields[18] == LogField("inner.c", ZeekType.INT, optional=True)
    assert creates()["broker"].fields[:2] == (LogField("ts", ZeekType.TIME), LogField("ty", ZeekType.ENUM))


def test_recorded_lines_hold_what_was_logged() -> None:
    lines = [
        record(creates()["rec"], view)
        for view in views("zeek-log-writes")
        if view.key[2] == "rec" and type(view) is LogWrite
    ]
    assert [line["c"] for line in lines] == [1, 2, 3]
    for line in lines:
        assert list(line) == list(REC_LINE)
        for name, value in line.items():
            if name != "c":
                assert (type(value), value) == (type(REC_LINE[name]), REC_LINE[name])


def test_recorded_line_of_the_broker_log() -> None:
    (line,) = [
        record(creates()["broker"], view)
        for view in views("zeek-log-writes")
        if view.path == "broker" and type(view) is LogWrite
    ]
    port = line.pop("peer.bound_port")
    assert (type(port), port.protocol.name) == (Port, "TCP")
    assert line == {
        "ts": Timestamp.from_seconds(1795358117.590096),
        "ty": EnumValue("Broker::STATUS"),
        "ev": "peer-added",
        "peer.address": "127.0.0.1",
        "message": "handshake successful",
    }


@pytest.mark.parametrize("view", views("zeek-log-writes", "zeek-log-create-for-later-peer"))
def test_recorded_messages_are_rebuilt_from_their_parts(view: LogCreate | LogWrite) -> None:
    parts = {name: getattr(view, name) for name in type(view).__match_args__}
    built = type(view)(**parts)
    assert built == view
    assert hash(built) == hash(view)
    again = zeek_message(binary.decode(binary.encode(built.value)))
    assert again == view


def ascii_line(line: dict[str, Any]) -> str:
    """As Zeek's ASCII writer prints it."""
    return "\t".join(map(ascii_value, line.values()))


def ascii_value(value: Any) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "T" if value else "F"
        case bytes():
            return "".join(chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}" for byte in value)
        case Timestamp(ns) | Timespan(ns):
            return f"{ns // 10**9}.{ns % 10**9 // 1000:06}"
        case Port(number):
            return str(number)
        case Set() | tuple():
            return ",".join(map(ascii_value, value)) or "(empty)"
        case _:
            return str(value)


def test_what_zeek_received_is_read_as_zeek_printed_it() -> None:
    create = None
    printed = 0
    for frame, step in steps("zeek-log-writes-received"):
        header = {line.split("\t")[0]: line.split("\t")[1:] for line in step["zeek"] if line.startswith("#")}
        try:
            view = zeek_message(binary.decode(frame.payload))
        except DecodeError:
            assert any("invalid broker message" in line for line in step["zeek"]), step["sent"]
            continue
        if isinstance(view, LogCreate):
            if header:
                create = view
                assert [column.name for column in view.fields] == header["#fields"]
                assert [column.type_name for column in view.fields] == header["#types"]
            else:
                assert "unknown" in step["sent"]
        elif create is None:
            assert step["sent"] == "log write before any log create"
        else:
            lines = [line for line in step["zeek"] if line.startswith("T\t")]
            printed += len(lines)
            writes = list(view.flatten()) if isinstance(view, Batch) else [view]
            if lines:
                assert [ascii_line(record(create, write)) for write in writes] == lines
            else:
                with pytest.raises(DecodeError):
                    record(create, writes[0])
    assert printed == 5


def received(sent: str) -> DataFrame:
    (frame,) = [frame for frame, step in steps("zeek-log-writes-received") if step["sent"] == sent]
    return frame


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ("log write with one byte too few in the serial data", "log data cut short after 440 bytes at offset 440"),
        ("log write with number of fields 3 and only those", "a line of 3 fields in a stream of 20"),
        (
            "log write to unknown stream",
            "a line of Rec::NOSUCH/Log::WRITER_ASCII/rec is not described by Rec::LOG/Log::WRITER_ASCII/rec",
        ),
        (
            "log write with another path",
            "a line of Rec::LOG/Log::WRITER_ASCII/other is not described by Rec::LOG/Log::WRITER_ASCII/rec",
        ),
    ],
)
def test_lines_that_do_not_fit_say_why(sent: str, problem: str) -> None:
    view = zeek_message(binary.decode(received(sent).payload))
    assert isinstance(view, LogWrite)
    with pytest.raises(DecodeError) as caught:
        record(creates()["rec"], view)
    assert str(caught.value) == problem


# -- made here ----------------------------------------------------------------------------------------------


def test_log_create_from_loose_python() -> None:
    create = LogCreate(
        "My::LOG",
        "Log::WRITER_ASCII",
        "my",
        [LogField("ts", ZeekType.TIME), LogField("x", 3, secondary="other")],
        rotation_interval=60,
        config={"tsv": "T"},
        postprocessor="Log::post",
    )
    assert create.value == (
        1,
        2,
        (
            EnumValue("My::LOG"),
            EnumValue("Log::WRITER_ASCII"),
            ("my", 0.0, 60.0, 0.0, Table({"tsv": "T"}), "Log::post"),
            (("ts", None, 5, 0, False), ("x", "other", 3, 0, False)),
        ),
    )
    assert LogCreate.from_value(binary.decode(binary.encode(create.value))) == create
    assert pickle.loads(pickle.dumps(create)) == copy.deepcopy(create) == create


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: LogField(5, 1), "name: a str is needed, not int"),
        (lambda: LogField("x", -1), "count -1 is outside 0 .. 2**64-1"),
        (lambda: LogField("x", "count"), "a count is made from an int, not from str"),
        (lambda: LogField("x", 1, secondary=5), "secondary: a str is needed, not int"),
        (lambda: LogCreate("s", "w", "p", ("x",)), "fields[0]: a LogField is needed, not str"),
        (lambda: LogCreate("s", "w", 5, ()), "path: a str is needed, not int"),
        (lambda: LogCreate("s", 5, "p", ()), "writer: a str is needed, not int"),
        (lambda: LogCreate("s", "w", "p", (), "x"), "rotation_base: 'x' is no number of seconds"),
        (lambda: LogCreate("s", "w", "p", (), config={1: 2}), "config: the options of a log writer are strings"),
        (lambda: LogWrite("s", "w", "p", 5), "serial: bytes are needed, not int"),
        (lambda: LogWrite("s", "w", "p", "x"), "serial: bytes are needed, not str"),
        (lambda: LogWrite("\ud800", "w", "p", b""), "stream: string with a lone surrogate at 0"),
    ],
)
def test_what_cannot_be_sent_is_refused_where_it_is_made(make: Any, problem: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        make()
    assert str(caught.value) == problem


def test_serial_data_that_is_utf8_and_names_that_are_not() -> None:
    write = LogWrite("\udcff", "w", "p\udcff", bytearray(b"text"))
    assert write.value == (1, 3, (EnumValue(b"\xff"), EnumValue("w"), b"p\xff", "text"))
    assert zeek_message(binary.decode(binary.encode(write.value))) == write
    assert pickle.loads(pickle.dumps(write)) == write


def test_further_elements_are_ignored() -> None:
    write = LogWrite("s", "w", "p", bytes(4))
    version, kind, content = write.value
    assert zeek_message((version, kind, (*content, "more"), "extra")) == write
    create = LogCreate("s", "w", "p", [LogField("x", 1)])
    version, kind, (*head, info, (column,)) = create.value
    longer = (version, kind, (*head, (*info, 1), ((*column, 1),), 1), 1)
    assert zeek_message(longer) == create


STREAM, WRITER = EnumValue("s"), EnumValue("w")
INFO = ("p", 0.0, 0.0, 0.0, Table(), "")
FIELD = ("x", None, Count(1), Count(0), True)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ((STREAM, WRITER, INFO), "the content of a Zeek log create is a vector of at least 4 in [2]"),
        (("s", WRITER, INFO, ()), "stream and writer of a log create are enum values in [2]"),
        ((STREAM, "w", INFO, ()), "stream and writer of a log create are enum values in [2]"),
        ((STREAM, WRITER, INFO, Set()), "the fields of a log create are a vector in [2][3]"),
        *[
            (
                (STREAM, WRITER, info, ()),
                "the writer info is [string, real, real, real, table of strings, string] in [2][2]",
            )
            for info in [
                "p",
                INFO[:5],
                (None, *INFO[1:]),
                ("p", 0, *INFO[2:]),
                (*INFO[:4], (), ""),
                (*INFO[:4], Table({"a": 1}), ""),
                (*INFO[:5], None),
            ]
        ],
        *[
            (
                (STREAM, WRITER, INFO, (FIELD, column)),
                "a log field is [string, string or none, count, count, boolean] in [2][3][1]",
            )
            for column in [
                (None, *FIELD[1:]),
                ("x", 1, *FIELD[2:]),
                (*FIELD[:2], 1, *FIELD[3:]),
                (*FIELD[:3], 0, True),
                (*FIELD[:4], None),
            ]
        ],
        (
            (STREAM, WRITER, INFO, (FIELD[:4],)),
            "a log field is a vector of five: name, secondary name, type, subtype, optional in [2][3][0]",
        ),
    ],
)
def test_broken_log_creates_say_what_is_wrong(content: Any, problem: str) -> None:
    with pytest.raises(DecodeError) as caught:
        zeek_message((Count(1), Count(2), content))
    assert str(caught.value) == problem


@pytest.mark.parametrize(
    "content",
    [
        (STREAM, WRITER, "p"),
        ("s", WRITER, "p", ""),
        (STREAM, "w", "p", ""),
        (STREAM, WRITER, 1, ""),
        (STREAM, WRITER, "p", 1),
    ],
)
def test_broken_log_writes_are_refused(content: Any) -> None:
    with pytest.raises(DecodeError):
        zeek_message((Count(1), Count(3), content))


def test_stream_with_a_field_name_twice_has_no_records() -> None:
    create = LogCreate("s", "w", "p", (LogField("x", 1), LogField("x", 1)))
    write = LogWrite("s", "w", "p", bytes.fromhex("00000002 000000010000000000 000000010000000000"))
    with pytest.raises(DecodeError, match="two fields of one name"):
        record(create, write)


def test_type_names() -> None:
    assert LogField("x", ZeekType.TABLE, ZeekType.ADDR).type_name == "set[addr]"
    assert LogField("x", ZeekType.VECTOR, 99).type_name == "vector[type-99]"
    assert LogField("x", ZeekType.ENUM).type_name == "enum"


# -- at random ----------------------------------------------------------------------------------------------

names = st.text(st.characters(codec="utf-8"), max_size=6)
fields = st.builds(LogField, names, st.integers(0, 30), st.integers(0, 30), st.booleans(), st.none() | names)
seconds = st.floats(allow_nan=False, allow_subnormal=False)


@given(
    st.builds(
        LogCreate,
        names,
        names,
        names,
        st.lists(fields, max_size=4),
        seconds,
        seconds,
        seconds,
        st.dictionaries(names, names, max_size=3),
        names,
    )
    | st.builds(LogWrite, names, names, names, st.binary(max_size=20))
)
def test_any_log_message_comes_back(message: LogCreate | LogWrite) -> None:
    assert zeek_message(binary.decode(binary.encode(message.value))) == message
