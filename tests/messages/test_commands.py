"""Store commands: the bytes of spec store-protocol.md section 2, and of recorded masters and clones."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import DecodeError, EncodeError, LimitExceeded
from broker_core.limits import DEFAULT_LIMITS
from broker_core.messages import commands as module
from broker_core.messages.commands import (
    NOBODY,
    AckClone,
    Add,
    AttachWriter,
    Clear,
    Command,
    CumulativeAck,
    Erase,
    Expire,
    Keepalive,
    Nack,
    Put,
    PutUnique,
    PutUniqueResult,
    RetransmitFailed,
    Subtract,
    decode_command,
    encode_command,
)
from broker_core.model import Count, EndpointId, EntityId, Kind
from command_frames import command_frames
from strategies import assert_same, commands

E = EndpointId(bytes.fromhex("3be79b3218e05c718c94f5d3aff8f31e"))
A = EndpointId(b"\xa0" * 16)
MASTER, CLONE, WRITER = EntityId(E, 7), EntityId(E, 8), EntityId(A, 77)

E7, E8, A77 = f"{E.hex()} {7:016x}", f"{E.hex()} {8:016x}", f"{A.hex()} {77:016x}"
NIL = "00" * 24
ZERO = "00" * 8
ENTRIES = [("k0", "v0"), ("k1", Count(5))]

# Each kind of command, those of spec section 2.1 as they were seen on the wire.
EXAMPLES = [
    (
        Command(2, MASTER, NOBODY, Put("a", 1, None, MASTER)),
        f"{2:016x} {E7} {NIL} 00 050161 030000000000000001 00 {E7}",
    ),
    (
        Command(2, MASTER, NOBODY, Put("a", 1, 300_000_000, MASTER)),
        f"{2:016x} {E7} {NIL} 00 050161 030000000000000001 010000000011e1a300 {E7}",
    ),
    (
        Command(2, WRITER, MASTER, PutUnique("a", None, None, WRITER, 9, CLONE)),
        f"{2:016x} {A77} {E7} 01 050161 00 00 {A77} {9:016x} {E8}",
    ),
    (
        Command(3, MASTER, NOBODY, PutUniqueResult(True, CLONE, 1, MASTER)),
        f"{3:016x} {E7} {NIL} 02 01 {E8} {1:016x} {E7}",
    ),
    (Command(3, MASTER, NOBODY, Erase("a", CLONE)), f"{3:016x} {E7} {NIL} 03 050161 {E8}"),
    (Command(3, MASTER, NOBODY, Expire("a", MASTER)), f"{3:016x} {E7} {NIL} 04 050161 {E7}"),
    (
        Command(3, CLONE, MASTER, Add("a", "b", Kind.STRING, None, CLONE)),
        f"{3:016x} {E8} {E7} 05 050161 050162 05 00 {E8}",
    ),
    (
        Command(3, CLONE, MASTER, Subtract("a", True, -1, CLONE)),
        f"{3:016x} {E8} {E7} 06 050161 0101 01ffffffffffffffff {E8}",
    ),
    (Command(3, MASTER, NOBODY, Clear(CLONE)), f"{3:016x} {E7} {NIL} 07 {E8}"),
    (Command(0, CLONE, MASTER, AttachWriter(1, 5)), f"{ZERO} {E8} {E7} 08 {1:016x} 0005"),
    (Command(0, MASTER, NOBODY, Keepalive(9)), f"{ZERO} {E7} {NIL} 09 {9:016x}"),
    (Command(0, MASTER, CLONE, CumulativeAck(10)), f"{ZERO} {E7} {E8} 0a {10:016x}"),
    (Command(0, CLONE, NOBODY, Nack((0,))), f"{ZERO} {E8} {NIL} 0b 01 {ZERO}"),
    (Command(0, CLONE, MASTER, Nack((2, 4))), f"{ZERO} {E8} {E7} 0b 02 {2:016x} {4:016x}"),
    (
        Command(1, MASTER, WRITER, AckClone(1, 5, ENTRIES)),
        f"{1:016x} {E7} {A77} 0c {1:016x} 0005 02 05026b30 05027630 05026b31 020000000000000005",
    ),
    (Command(1, MASTER, WRITER, AckClone(1, 5, [])), f"{1:016x} {E7} {A77} 0c {1:016x} 0005 00"),
    (Command(0, MASTER, CLONE, RetransmitFailed(3)), f"{ZERO} {E7} {E8} 0d {3:016x}"),
]
FRAMES = command_frames()
PAYLOADS = [*[bytes.fromhex(row) for _, row in EXAMPLES], *{frame.message.payload for frame in FRAMES}]


def kinds(command):
    """What equality of tuples does not tell: the types of the content and of the values in it."""
    return type(command.content), [type(field) for field in command.content]


def fields(command):
    return tuple([tuple(field) if type(field) is list else field for field in command.content])


@pytest.mark.parametrize(("command", "row"), EXAMPLES, ids=[type(example[0].content).__name__ for example in EXAMPLES])
def test_bytes(command, row):
    payload = bytes.fromhex(row)
    assert encode_command(command) == payload
    decoded = decode_command(payload)
    assert decoded == command
    assert kinds(decoded) == kinds(command)


def test_every_kind_has_an_example():
    assert {bytes.fromhex(row)[56] for _, row in EXAMPLES} == set(range(14))


@pytest.mark.parametrize("frame", FRAMES, ids=str)
def test_recorded_commands_come_out_as_they_came_in(frame):
    assert encode_command(frame.command) == frame.message.payload
    assert frame.command.sender.endpoint == frame.message.sender


def test_the_recordings_have_every_kind_but_two():
    missing = {Subtract, RetransmitFailed}
    assert {type(frame.command.content) for frame in FRAMES} == {type(c.content) for c, _ in EXAMPLES} - missing


@given(commands())
def test_round_trip(command):
    decoded = decode_command(encode_command(command))
    assert decoded[:3] == command[:3]
    assert kinds(decoded) == kinds(command)
    assert_same(fields(decoded), fields(command))


def test_cut_anywhere():
    for payload in PAYLOADS:
        for size in range(len(payload)):
            with pytest.raises(DecodeError):
                decode_command(payload[:size])


def test_bytes_behind_the_last_field_are_ignored():
    for payload in PAYLOADS:
        assert decode_command(payload + b"\xff\x00tail") == decode_command(payload)


@given(st.sampled_from(PAYLOADS), st.integers(0), st.integers(0, 255))
def test_damage_is_refused_or_read(payload, at, byte):
    at %= len(payload)
    try:
        command = decode_command(payload[:at] + bytes((byte,)) + payload[at + 1 :])
    except DecodeError:
        return
    assert decode_command(encode_command(command))[:3] == command[:3]


@pytest.mark.parametrize("tag", [14, 15, 255])
def test_unknown_tags(tag):
    with pytest.raises(DecodeError, match=f"unknown tag {tag} at offset 56"):
        decode_command(bytes(56) + bytes((tag,)) + bytes(100))


@pytest.mark.parametrize(("code", "kind"), [*[(kind.value, kind) for kind in Kind], (15, Kind.NONE), (255, Kind.NONE)])
def test_initial_types(code, kind):
    payload = bytearray(encode_command(Command(2, CLONE, MASTER, Add("a", "b", Kind.SET, None, CLONE))))
    assert payload[63] == Kind.SET
    payload[63] = code
    assert decode_command(bytes(payload)).content.init is kind


@pytest.mark.parametrize("flag", [1, 2, 255])
def test_any_flag_but_zero_is_true(flag):
    payload = bytearray(encode_command(Command(2, MASTER, NOBODY, PutUniqueResult(False, CLONE, 1, MASTER))))
    payload[57] = flag
    assert decode_command(bytes(payload)).content.inserted is True


@pytest.mark.parametrize("content", [Nack(()), AckClone(1, 5, [])])
def test_counts_beyond_the_payload_are_refused_before_anything_is_made(content):
    payload = encode_command(Command(0, MASTER, CLONE, content))
    with pytest.raises(DecodeError, match="4294967295 elements in the last 0 bytes"):
        decode_command(payload[:-1] + b"\xff\xff\xff\xff\x0f")


def test_values_are_nested_as_deeply_as_limits_say():
    payload = encode_command(Command(1, MASTER, CLONE, AckClone(1, 5, [("k", ((),))])))
    assert decode_command(payload, replace(DEFAULT_LIMITS, max_depth=2)).content.entries == [("k", ((),))]
    with pytest.raises(LimitExceeded, match="max_depth"):
        decode_command(payload, replace(DEFAULT_LIMITS, max_depth=1))


@pytest.mark.parametrize(
    "command",
    [
        Command(-1, MASTER, NOBODY, Keepalive(0)),
        Command(2**64, MASTER, NOBODY, Keepalive(0)),
        Command(0, MASTER, NOBODY, Keepalive(-1)),
        Command(0, EntityId(E, -1), NOBODY, Keepalive(0)),
        Command(0, MASTER, NOBODY, AttachWriter(0, 65536)),
        Command(0, MASTER, NOBODY, AckClone(0, -1, [])),
        Command(0, MASTER, NOBODY, Nack((2**64,))),
        Command(0, MASTER, NOBODY, Put("k", 1, 2**63, MASTER)),
        Command(0, MASTER, NOBODY, Put("k", [1], None, MASTER)),
        Command(0, MASTER, NOBODY, Put(object(), 1, None, MASTER)),
        Command(0, MASTER, NOBODY, AckClone(0, 5, [("k", 2**63)])),
    ],
    ids=lambda command: str(command.content),
)
def test_what_cannot_be_written(command):
    with pytest.raises(EncodeError):
        encode_command(command)


def test_ids_are_shared_and_not_hoarded(monkeypatch):
    monkeypatch.setattr(module, "_ENTITY_CACHE_SIZE", 3)
    module._entity_cache.clear()
    for number in range(1, 10):
        sender = EntityId(E, number)
        payload = encode_command(Command(0, sender, NOBODY, Keepalive(1)))
        one, other = decode_command(payload), decode_command(payload)
        assert one.sender == sender
        assert one.sender is other.sender
        assert len(module._entity_cache) <= 3
