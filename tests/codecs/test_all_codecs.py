"""One suite over all codecs: every value comes back with its types, and hostile input gives DecodeError only."""

from __future__ import annotations

import random
import time
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker_core.codecs import binary, json, msgpack, text
from broker_core.errors import DecodeError, EncodeError, LimitExceeded
from broker_core.limits import DEFAULT_LIMITS, Limits
from broker_core.model import Count, EnumValue, Port, Set, Table, Timespan, Timestamp, to_value
from strategies import assert_same, values

CODECS = [binary, text, json, msgpack]
LOSSLESS = [text, json, msgpack]
MANY = settings(max_examples=max(500, settings.default.max_examples))

each_codec = pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.__name__.rpartition(".")[2])


# -- round trips --------------------------------------------------------------------------------------------


@MANY
@given(values())
def test_every_value_comes_back(value: Any) -> None:
    for codec in LOSSLESS:
        assert_same(codec.decode(codec.encode(value)), value)


@MANY
@given(values(subnormal=False))
def test_every_value_but_subnormals_comes_back_from_the_wire(value: Any) -> None:
    assert_same(binary.decode(binary.encode(value)), value)


@MANY
@given(values())
def test_text_comes_back_as_an_argument_too(value: Any) -> None:
    assert_same(text.decode_argument(text.encode(value)), value)


@each_codec
@given(value=values())
def test_encoding_twice_gives_the_same(codec: ModuleType, value: Any) -> None:
    encoded = codec.encode(value)
    assert codec.encode(value) == encoded
    assert codec.encode(codec.decode(encoded)) == encoded


@each_codec
@given(value=values())
def test_no_value_prints_anything_that_acts_on_a_terminal(codec: ModuleType, value: Any) -> None:
    encoded = codec.encode(value)
    if isinstance(encoded, str):
        assert encoded.isprintable()
        encoded.encode()


def nested(container: Any, depth: int) -> Any:
    value: Any = Count(1)
    for _ in range(depth):
        value = container(value)
    return value


NESTS = [lambda x: (x,), lambda x: Set([x]), lambda x: Table([(x, None)]), lambda x: Table([(None, x)])]
each_nest = pytest.mark.parametrize("nest", NESTS, ids=["vector", "set", "table key", "table value"])


@each_codec
@each_nest
def test_depth_is_bounded(codec: ModuleType, nest: Any) -> None:
    most = nested(nest, DEFAULT_LIMITS.max_depth)
    assert_same(codec.decode(codec.encode(most)), most)
    with pytest.raises(LimitExceeded, match="max_depth: more than the allowed 128") as caught:
        codec.decode(codec.encode(nest(most)))
    assert caught.value.limit == "max_depth"


@each_codec
@each_nest
def test_depth_can_be_bounded_otherwise(codec: ModuleType, nest: Any) -> None:
    encoded = codec.encode(nested(nest, 5))
    assert_same(codec.decode(encoded, Limits(max_depth=5)), nested(nest, 5))
    with pytest.raises(LimitExceeded) as caught:
        codec.decode(encoded, Limits(max_depth=4))
    assert caught.value.allowed == 4


@each_codec
def test_a_bound_beyond_what_python_can_do_is_no_crash(codec: ModuleType) -> None:
    depth = 20_000
    starts = {binary: b"\x0e\x01" * depth, msgpack: b"\x91" * depth + b"\x01", text: "(" * depth, json: ""}
    hostile = starts[codec] or '{"@data-type":"vector","data":[' * depth
    with pytest.raises(DecodeError):
        codec.decode(hostile, Limits(max_depth=10**6))


def test_a_bound_beyond_what_python_can_do_is_no_crash_for_json_objects() -> None:
    thing: Any = {"@data-type": "none"}
    for _ in range(20_000):
        thing = {"@data-type": "vector", "data": [thing]}
    with pytest.raises(DecodeError, match="nested too deeply"):
        json.from_json(thing, Limits(max_depth=10**6))


def test_a_bound_beyond_what_python_can_do_is_no_crash_for_msgpack() -> None:
    with pytest.raises(DecodeError, match="nested too deeply"):
        msgpack.decode(b"\x91" * 1000 + b"\x01", Limits(max_depth=10**6))


# -- what cannot be encoded ---------------------------------------------------------------------------------


@each_codec
@pytest.mark.parametrize(
    ("value", "problem", "path"),
    [
        (object(), "object is no Broker type", ""),
        ((1, object()), "object is no Broker type", "[1]"),
        ("\ud800", "lone surrogate", ""),
        ((1, ("a\udcff",)), "lone surrogate", "[1][0]"),
        ([1], "no strict Broker value; use to_value()", ""),
        ({"a": 1}, "no strict Broker value; use to_value()", ""),
    ],
)
def test_what_cannot_be_encoded(codec: ModuleType, value: Any, problem: str, path: str) -> None:
    with pytest.raises(EncodeError) as caught:
        codec.encode(value)
    assert problem in caught.value.problem
    assert caught.value.path == path


@each_codec
def test_too_deep_to_encode(codec: ModuleType) -> None:
    value = nested(NESTS[0], 20_000)
    with pytest.raises(EncodeError, match="nested deeper than 128"):
        codec.encode(value)


# -- hostile input ------------------------------------------------------------------------------------------

EVERY_KIND = to_value(
    [
        *[None, True, Count(300), -5, 1.5, "été", b"\xff", "x" * 200, Port(22), Timestamp(5), Timespan(1)],
        *[EnumValue("Notice::LOG"), {1, "a"}, {"k": [1, 2], Count(1): None}, ()],
        Set([Set(), Table(), (Count(1),)]),
    ]
)


def accepts_or_refuses(codec: ModuleType, data: Any) -> bool:
    """Decode *data*; True when it gave a value. Anything but DecodeError escapes and fails the test."""
    try:
        value = codec.decode(data)
    except DecodeError:
        return False
    codec.encode(value)
    return True


@pytest.mark.parametrize("codec", [binary, json, msgpack])
def test_cut_short_at_every_byte(codec: ModuleType) -> None:
    encoded = codec.encode(EVERY_KIND)
    for end in range(len(encoded)):
        assert not accepts_or_refuses(codec, encoded[:end]), end


def test_text_cut_short_at_every_character() -> None:
    encoded = text.encode(EVERY_KIND)
    for end in range(len(encoded)):
        assert not accepts_or_refuses(text, encoded[:end]), end


@each_codec
def test_something_behind_the_value(codec: ModuleType) -> None:
    encoded = codec.encode(EVERY_KIND)
    for tail in ("x", "\x00", ")"):
        with pytest.raises(DecodeError):
            codec.decode(encoded + (tail if isinstance(encoded, str) else tail.encode()))


@each_codec
@MANY
@given(data=st.binary(max_size=64))
def test_random_bytes(codec: ModuleType, data: bytes) -> None:
    accepts_or_refuses(codec, data)


@pytest.mark.parametrize("codec", [text, json])
@MANY
@given(data=st.text(st.sampled_from('()[]{}"\\,:->=/. 01259aefinstxTF_+\udcff\x00é'), max_size=40))
def test_random_text(codec: ModuleType, data: str) -> None:
    accepts_or_refuses(codec, data)


@MANY
@given(st.text(st.characters(codec=None), max_size=20))
def test_random_arguments(argument: str) -> None:
    try:
        value = text.decode_argument(argument)
    except DecodeError:
        return
    assert_same(text.decode_argument(text.encode(value)), value)


@each_codec
def test_damaged_bytes(codec: ModuleType) -> None:
    dice = random.Random(20240501)
    encoded = codec.encode(EVERY_KIND)
    original = encoded.encode() if isinstance(encoded, str) else encoded
    refused = 0
    for _ in range(1500):
        damaged = bytearray(original)
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(damaged))
            match dice.randrange(3):
                case 0:
                    damaged[at] = dice.randrange(256)
                case 1:
                    del damaged[at : at + dice.randint(1, 3)]
                case _:
                    damaged[at:at] = damaged[dice.randrange(len(damaged)) :][: dice.randint(1, 9)]
        refused += not accepts_or_refuses(codec, bytes(damaged))
    assert refused > 300


SIZE = 200_000
BOMBS: list[tuple[ModuleType, str, Any]] = [
    (binary, "lengths", b"\x0e\xff\xff\xff\xff\x0f" * (SIZE // 6)),
    (binary, "huge string", b"\x05\xff\xff\xff\xff\x0f" + bytes(SIZE)),
    (binary, "huge set", b"\x0c\xff\xff\xff\xff\x0f" + bytes(SIZE)),
    (binary, "huge table", b"\x0d\xff\xff\xff\xff\x0f" + bytes(SIZE)),
    (binary, "equal elements", b"\x0c\xc0\x9a\x0c" + bytes(SIZE)),
    (binary, "nested sets", b"\x0c\x01" * 128 + b"\x0c\x02" + bytes(2)),
    (msgpack, "arrays", b"\xdd\x00\x02\x00\x00" * (SIZE // 5)),
    (msgpack, "arrays announced in full", b"\xdd\x00\x02\x00\x00" * 500 + b"\xc0" * SIZE),
    (msgpack, "maps", b"\xdf\x00\x01\x00\x00" * (SIZE // 5)),
    (msgpack, "huge string", b"\xdb\xff\xff\xff\xff" + bytes(SIZE)),
    (msgpack, "huge extension", b"\xc9\xff\xff\xff\xff\x03" + bytes(SIZE)),
    (json, "brackets", "[" * SIZE),
    (json, "objects", '{"@data-type":"vector","data":[' * (SIZE // 30)),
    (json, "digits", '{"@data-type":"count","data":' + "1" * SIZE + "}"),
    (json, "digits of a real", '{"@data-type":"real","data":' + "1" * SIZE + "e5"),
    (json, "escapes", '"' + '\\"' * SIZE),
    (json, "quotes", '"' * SIZE),
    (json, "not JSON", "inf " * (SIZE // 4)),
    (json, "zeros", '{"@data-type":"address","data":"' + "0" * SIZE + '"}'),
    (json, "time span", '{"@data-type":"timespan","data":"' + "1" * SIZE + '!"}'),
    (json, "exponent", '{"@data-type":"timespan","data":"1e999999999s"}'),
    (text, "parentheses", "(" * SIZE),
    (text, "brackets", "[" * SIZE),
    (text, "brackets with blanks", "[ " * SIZE),
    (text, "braces", "{" * SIZE),
    (text, "calls", "set(" * (SIZE // 4)),
    (text, "prefixes", "set:" * (SIZE // 4)),
    (text, "colons", "[" + ":" * SIZE),
    (text, "digits", "1" * SIZE),
    (text, "digits and no end", "1" * SIZE + "!"),
    (text, "fraction", "1." + "1" * SIZE + "!"),
    (text, "port", "1" * SIZE + "/tcp"),
    (text, "time span", "1e999999999s"),
    (text, "time span within Decimal", "1e999980s"),
    (text, "word", "a" * SIZE),
    (text, "enum", "a::" * (SIZE // 3)),
    (text, "dots", "1." * SIZE),
    (text, "escapes", '"' + '\\"' * SIZE),
    (text, "half pairs", '"' + "\\ud83d" * (SIZE // 6)),
    (text, "arrows", "{1" + "->1" * (SIZE // 3)),
    (text, "blanks", "1" + " " * SIZE + "!"),
]


@pytest.mark.parametrize(("codec", "name", "data"), BOMBS, ids=[f"{c.__name__[19:]}: {name}" for c, name, _ in BOMBS])
def test_bombs_are_refused_in_time(codec: ModuleType, name: str, data: Any) -> None:
    started = time.perf_counter()
    with pytest.raises(DecodeError):
        codec.decode(data)
    if codec is text and name == "word":
        assert text.decode_argument(data) == data
    elif codec is text:
        with pytest.raises(DecodeError):
            text.decode_argument(data)
    # Generous: what is quadratic would take minutes.
    assert time.perf_counter() - started < 5


PAIR = '{"key":{"@data-type":"none"},"value":{"@data-type":"none"}}'
TWICE_NONE = f'{{"@data-type":"table","data":[{PAIR},{PAIR}]}}'


@pytest.mark.parametrize(
    ("codec", "data"),
    [
        (binary, "0c02 0101 0101"),
        (binary, "0d02 0000 0000"),
        (msgpack, "93 c7000c 01 01"),
        (msgpack, "82 01c0 01c0"),
        (msgpack, "93 c7000c cb0000000000000000 cb8000000000000000"),
        (text, "{1, 1}"),
        (text, "set(1, 0x1)"),
        (text, "{1 -> 1, 1 -> 2}"),
        (text, "{0.0, -0.0}"),
        (text, "{real:nan, 1.0}"),
        (json, '{"@data-type":"set","data":[{"@data-type":"none"},{"@data-type":"none","data":1}]}'),
        (
            json,
            TWICE_NONE,
        ),
    ],
)
def test_repetitions_are_refused(codec: ModuleType, data: str) -> None:
    with pytest.raises(DecodeError, match=r"given twice|NaN"):
        codec.decode(bytes.fromhex(data) if codec in (binary, msgpack) else data)
