"""Messages in other formats than Broker's, in every format of this program."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.config import Settings
from broker_cli.context import Context
from broker_cli.output import Formatter, make_formatter
from broker_cli.output.foreign import (
    LONGEST_NAME,
    PREVIEW,
    foreign_label,
    foreign_literal,
    foreign_problem,
    foreign_text,
    stand_in,
)
from broker_cli.reading import make_reader
from broker_cli.schema import LINES
from broker_core import DecodeError, ForeignMessage, NodeId

NODE = NodeId('zeromq_worker-1_h"h_7_N')
JSON = ForeignMessage("/t", b'{"@data-type":"count","data":1}', "broker-json-v1", sender=NODE)
BYTES = ForeignMessage("/t\udcff", bytes(range(0x80, 0x80 + PREVIEW + 1)), "x\x1b[31m\udcff", sender=NODE)
EMPTY = ForeignMessage("/t", b"", "")

SOME = st.builds(
    ForeignMessage,
    st.text(min_size=1),
    st.binary() | st.text().map(str.encode),
    st.text(st.characters(categories=None))
    .map(lambda name: name.encode("utf-8", "surrogatepass"))
    .map(lambda raw: raw.decode("utf-8", "surrogateescape")),
    sender=st.text().map(NodeId),
)


def formatter(form: str, *, terminal: bool = False, **settings: object) -> Formatter:
    context = Context(
        stderr=io.StringIO(),
        environ={"COLUMNS": "80"},
        stdout_is_terminal=terminal,
        stderr_is_terminal=False,
        clock=lambda: 1714564800_000000001,
    )
    return make_formatter(context, Settings(output=form, **settings))


@pytest.mark.parametrize(
    ("form", "message", "line"),
    [
        ("human", JSON, '/t (broker-json-v1, 31 bytes) {"@data-type":"count","data":1}'),
        ("human", BYTES, f"/t\\xff (x\\x1b[31m\\xff, 33 bytes) {bytes(range(0x80, 0xA0)).hex(' ')} ..."),
        ("human", EMPTY, "/t (, 0 bytes) "),
        ("text", JSON, r'/t <foreign "broker-json-v1" "{\"@data-type\":\"count\",\"data\":1}">'),
        ("broker", EMPTY, '/t <foreign "" "">'),
        ("raw", JSON, '{"@data-type":"count","data":1}'),
        ("raw", BYTES, bytes(range(0x80, 0xA1)).decode("utf-8", "surrogateescape")),
        (
            "plain",
            JSON,
            (
                '{"topic":"/t","serializer":"broker-json-v1","payload":"{\\"@data-type\\":\\"count\\",\\"data\\":1}",'
                '"ts":1714564800.000000001,"from":"zeromq_worker-1_h%22h_7_N"}'
            ),
        ),
        (
            "ndjson",
            JSON,
            (
                '{"type":"foreign-message","topic":"/t","serializer":"broker-json-v1",'
                '"payload":"{\\"@data-type\\":\\"count\\",\\"data\\":1}","v":1,"seq":1,'
                '"ts":1714564800.000000001,"from":"zeromq_worker-1_h%22h_7_N"}'
            ),
        ),
    ],
)
def test_lines_to_the_letter(form, message, line):
    assert formatter(form).foreign(message) == line


def test_bytes_are_base64_in_ndjson():
    line = json.loads(formatter("ndjson").foreign(BYTES))
    assert line["payload_base64"] == "gIGCg4SFhoeIiYqLjI2Oj5CRkpOUlZaXmJmam5ydnp+g"
    assert "payload" not in line
    assert all(key in LINES["foreign-message"][1] for key in line.keys() - {"type", "v"})


def test_they_are_numbered_with_the_others():
    lines = formatter("ndjson")
    assert [json.loads(lines.foreign(JSON))["seq"] for _ in range(2)] == [1, 2]


def test_templates_see_a_string_and_no_event():
    source = "{seq} {topic} {from} [{event}] [{args}] {value} {value:json} {size}"
    lines = formatter("human", template=source)
    assert lines.foreign(EMPTY) == '1 /t 00000000-0000-0000-0000-000000000000 [] []  "" 0'
    with pytest.raises(DecodeError):
        lines.lines([JSON])
    text = '2 /t zeromq_worker-1_h%22h_7_N [] [] {"@data-type":"count","data":1} '
    assert lines.foreign(JSON) == text + r'"{\"@data-type\":\"count\",\"data\":1}" 31'


def test_what_needs_no_value_is_no_matter():
    assert formatter("human", template="{topic} {size}").lines([JSON]) == ["/t 31"]


@pytest.mark.parametrize("stamps", ["wall", "delta", "net"])
def test_times(stamps):
    lines = formatter("human", stamps=stamps)
    expected = {"wall": ".000 /t", "delta": "+0.000000 /t", "net": "- /t"}
    assert expected[stamps] in lines.foreign(JSON)


@pytest.mark.parametrize("form", ["human", "ndjson", "plain", "text", "broker", "raw"])
@given(message=SOME)
def test_a_terminal_shows_all_of_them_safely(form, message):
    line = formatter(form, terminal=True).foreign(message)
    assert line.replace("\n", "").isprintable() if form == "human" else line.isprintable()


@pytest.mark.parametrize("form", ["ndjson", "text"])
@given(message=SOME)
def test_readers_refuse_them(form, message):
    line = formatter(form).foreign(message)
    assert "\n" not in line
    batch = make_reader(form, None, None).batch([line.encode("utf-8", "surrogateescape")], keep_going=True)
    assert batch.found == []
    ((_, problem),) = batch.problems
    assert "Broker's" in problem


@given(SOME)
def test_nothing_is_lost_in_ndjson(message):
    line = json.loads(formatter("ndjson").foreign(message))
    assert line["topic"] == message.topic
    assert line["serializer"] == message.serializer
    if "payload" in line:
        assert line["payload"].encode() == message.payload


def test_long_names_are_cut_for_people():
    name = "n" * LONGEST_NAME
    assert foreign_label(ForeignMessage("/t", b"x", name)) == f"({name}, 1 byte)"
    assert foreign_label(ForeignMessage("/t", b"x", f"{name}n")) == f"({name[3:]}..., 1 byte)"


def test_previews_end_at_their_bound():
    assert foreign_text(b"\xff" * PREVIEW) == " ".join(["ff"] * PREVIEW)
    assert foreign_text(b"\xff" * (PREVIEW + 1)).endswith("ff ...")
    assert foreign_text(b"a\tb\r\n") == "a\tb\r\n"
    assert foreign_text(b"a\0") == "61 00"


def test_pieces():
    assert foreign_literal(EMPTY) == '<foreign "" "">'
    assert foreign_problem(EMPTY) == "0 bytes in the format '', which is not Broker's"
    assert stand_in(JSON).value == JSON.payload.decode()
    assert stand_in(BYTES).value == stand_in(BYTES).payload == BYTES.payload
