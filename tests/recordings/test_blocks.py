"""Blocks: found again whatever happened to the bytes around them, in bounded time and memory."""

from __future__ import annotations

import io
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.recordings import blocks as subject
from broker_core.recordings.blocks import (
    HEAD_SIZE,
    LONGEST_BODY,
    SEARCH_BUDGET,
    Block,
    BlockReader,
    Damage,
    is_head,
    pack_block,
)

BODIES = [b"first", b"second block", b"", b"last"]
STREAM = b"".join(map(pack_block, BODIES))


def read(data):
    return list(BlockReader(io.BytesIO(data)))


def good(items):
    return [item.body for item in items if isinstance(item, Block)]


def damage(items):
    return [item for item in items if isinstance(item, Damage)]


def head(length, *, codec=0, checksum=0):
    """A good head for a body that need not be there."""
    return subject._HEAD.pack(0x94, codec, 0xCD, subject._check(codec, checksum, length), 0xCE, checksum, 0xC6, length)


def test_the_bytes_of_a_block():
    body = b"abc"
    crc = zlib.crc32(body).to_bytes(4, "big")
    check = (zlib.crc32(b"\0" + crc + b"\0\0\0\3") & 0xFFFF).to_bytes(2, "big")
    assert pack_block(body) == b"\x94\0\xcd" + check + b"\xce" + crc + b"\xc6\0\0\0\3" + b"abc"
    assert HEAD_SIZE == 15


def test_a_file_of_blocks_is_a_stream_of_messagepack():
    import msgpack

    unpacker = msgpack.Unpacker()
    unpacker.feed(STREAM)
    assert [item[3] for item in unpacker] == BODIES


def test_good_blocks_come_with_their_places():
    items = read(STREAM)
    assert good(items) == BODIES
    assert [item.offset for item in items] == [0, 20, 47, 62]
    assert [item.size for item in items] == [20, 27, 15, 19]


def test_compressed_blocks():
    body = b"a" * 10_000
    block = pack_block(body, compress=True)
    assert len(block) < 100
    assert good(read(block)) == [body]
    assert pack_block(b"abc", compress=True) == pack_block(b"abc"), "what gets no shorter stays"


def test_cut_anywhere_all_whole_blocks_are_read_and_the_rest_is_told():
    ends = [20, 47, 62, 81]
    for cut in range(len(STREAM)):
        items = read(STREAM[:cut])
        whole = sum(end <= cut for end in ends)
        assert good(items) == BODIES[:whole]
        start = [0, *ends][whole]
        if cut == start:
            assert damage(items) == []
        else:
            [torn] = damage(items)
            assert (torn.offset, torn.size, torn.at_end) == (start, cut - start, True)
            assert "cut off after" in torn.problem


@pytest.mark.parametrize("flip", [0x01, 0x80, 0xFF])
def test_a_byte_that_is_changed_costs_its_block_only(flip):
    ends = [20, 47, 62, 81]
    for at in range(len(STREAM)):
        changed = bytearray(STREAM)
        changed[at] ^= flip
        items = read(bytes(changed))
        hit = sum(end <= at for end in ends)
        assert good(items) == BODIES[:hit] + BODIES[hit + 1 :]
        [lost] = damage(items)
        start = [0, *ends][hit]
        assert (lost.offset, lost.size) == (start, ends[hit] - start)
        assert lost.at_end is (hit == 3)


def test_bytes_that_are_missing_in_the_middle():
    for at in range(20, 47):
        items = read(STREAM[:at] + STREAM[at + 1 :])
        assert set(good(items)) <= set(BODIES)
        assert {b"first", b"last"} <= set(good(items))
        assert len(damage(items)) == 1


def test_zeros_at_the_end_are_torn():
    items = read(STREAM + bytes(100_000))
    assert good(items) == BODIES
    assert damage(items) == [Damage(81, 100_000, "no block begins here", at_end=True)]


def test_damage_that_touches_is_one_place():
    changed = bytearray(STREAM)
    changed[16] ^= 1  # the body of the first
    changed[20] ^= 1  # the head of the second
    items = read(bytes(changed))
    assert good(items) == BODIES[2:]
    assert damage(items) == [Damage(0, 47, "wrong checksum", at_end=False)]


def test_a_block_inside_of_a_damaged_body_is_not_taken_for_one_of_the_file():
    inner = pack_block(b"forged")
    changed = bytearray(pack_block(b"x" + inner) + pack_block(b"next"))
    changed[15] ^= 1
    assert good(read(bytes(changed))) == [b"next"]
    assert good(read(pack_block(b"x" + inner + b"tail")[:-1])) == [], "nor of one that is cut off"


def test_a_length_beyond_the_bound_is_refused_without_reading_for_it():
    class Counting(io.BytesIO):
        taken = 0

        def read(self, size=-1):
            self.taken += size
            return super().read(size)

    file = Counting(head(LONGEST_BODY + 1) + pack_block(b"next"))
    items = list(BlockReader(file))
    assert "the longest has" in damage(items)[0].problem
    assert good(items) == [b"next"]
    assert file.taken < 10_000_000


def test_the_longest_body_that_is_announced_is_looked_for():
    [torn] = read(head(LONGEST_BODY) + b"abc")
    assert torn.problem == f"cut off after 3 of {LONGEST_BODY} bytes of a block"


def test_a_bomb_is_refused():
    machine = zlib.compressobj(9)
    zeros = bytes(1024 * 1024)
    packed = b"".join([machine.compress(zeros) for _ in range(LONGEST_BODY // len(zeros) + 2)]) + machine.flush()
    bomb = head(len(packed), codec=1, checksum=zlib.crc32(packed)) + packed
    assert len(bomb) < 200_000
    items = read(bomb + pack_block(b"next"))
    assert [item.problem for item in damage(items)] == ["cannot be inflated"]
    assert good(items) == [b"next"]


@pytest.mark.parametrize("body", [b"", b"x", zlib.compress(b"x")[:-1], zlib.compress(b"x") + b"y"])
def test_what_cannot_be_inflated(body):
    items = read(head(len(body), codec=1, checksum=zlib.crc32(body)) + body)
    assert len(damage(items)) == 1
    assert "cannot be inflated" in damage(items)[0].problem


def test_the_search_for_good_blocks_is_bounded():
    # Heads that are good, and promise long bodies with other checksums: each costs a checksum of them.
    hostile = b"\0" + head(1_000_000, checksum=1) * 400_000
    started = time.monotonic()
    items = read(hostile)
    assert good(items) == []
    assert sum(item.size for item in damage(items)) == len(hostile)
    assert time.monotonic() - started < 20
    assert SEARCH_BUDGET == 8 * LONGEST_BODY


def test_short_hostile_heads_are_bounded_too(monkeypatch):
    # Without an end to it, the next good block is found; with one, it is given up, and told.
    hostile = b"\0" + head(0, checksum=1) * 1_000 + pack_block(b"next")
    assert good(read(hostile)) == [b"next"]
    monkeypatch.setattr(subject, "SEARCH_BUDGET", 4096 * 999)
    [lost] = read(hostile)
    assert (lost.offset, lost.size, lost.at_end) == (0, len(hostile), True)


def test_a_search_over_much_that_is_no_block():
    noise = b"\x94\0\xcd" * 500_000
    items = read(b"\0" + noise + pack_block(b"next"))
    assert good(items) == [b"next"]
    assert damage(items)[0].size == len(noise) + 1


def test_heads_across_the_chunks_of_a_search_are_found():
    for before in range(subject._CHUNK - 40, subject._CHUNK + 20):
        items = read(bytes(before) + pack_block(b"next") + pack_block(b"after"))
        assert good(items) == [b"next", b"after"]
        assert items[1].offset == before


def test_peeking_takes_nothing():
    reader = BlockReader(io.BytesIO(STREAM))
    assert reader.peek(4) == STREAM[:4]
    assert reader.peek(30) == STREAM[:30]
    assert reader.offset == 0
    assert good(reader) == BODIES
    assert BlockReader(io.BytesIO(b"abc")).peek(10) == b"abc"


def test_files_that_give_little_at_a_time():
    class Slow(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 3))

    assert good(BlockReader(Slow(STREAM))) == BODIES


def test_heads_are_known():
    assert is_head(STREAM[:HEAD_SIZE])
    assert not is_head(STREAM[: HEAD_SIZE - 1])
    assert not is_head(bytes(HEAD_SIZE))
    assert not is_head(b"\x94\x02" + STREAM[2:HEAD_SIZE])


@given(st.lists(st.binary(max_size=50), max_size=5), st.booleans())
def test_what_was_written_is_read(bodies, compress):
    items = read(b"".join(pack_block(body, compress=compress) for body in bodies))
    assert good(items) == bodies
    assert not damage(items)


@given(st.binary(max_size=300), st.integers(0, 100), st.binary(max_size=20))
def test_anything_is_read_to_its_end(noise, at, tail):
    data = STREAM[:at] + noise + STREAM[at:] + tail
    items = read(data)
    assert sum(item.size for item in items) == len(data)
    assert [item.offset for item in items] == [sum(one.size for one in items[:at]) for at in range(len(items))]
    assert all(not item.at_end for item in damage(items[:-1]))
