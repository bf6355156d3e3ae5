"""Unpacking gzip in pieces."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.gunzip import MAX_PIECE, BadGzipError, Gunzip


def unpacked(*parts: bytes) -> bytes:
    unpacker = Gunzip()
    out = b""
    for part in parts:
        unpacker.give(part)
        while piece := unpacker.take():
            assert len(piece) <= MAX_PIECE
            out += piece
    unpacker.finish()
    return out


@given(data=st.binary(max_size=2000), cut=st.integers(0, 2000))
def test_data_in_any_pieces(data, cut):
    packed = gzip.compress(data)
    assert unpacked(packed[:cut], packed[cut:]) == data
    assert unpacked(*(packed[at : at + 1] for at in range(len(packed)))) == data


def test_members_that_follow_each_other():
    assert unpacked(gzip.compress(b"a\n") + gzip.compress(b"") + gzip.compress(b"b\n") + bytes(8)) == b"a\nb\n"
    assert unpacked() == b""


@pytest.mark.parametrize("size", [MAX_PIECE - 1, MAX_PIECE, MAX_PIECE + 1, 3 * MAX_PIECE, 50_000_000])
def test_what_is_packed_well_comes_out_in_pieces(size):
    assert len(unpacked(gzip.compress(bytes(size), 9))) == size


def test_what_is_cut_short_is_told_behind_what_is_good():
    packed = gzip.compress(b"x" * 1000)
    for end in range(1, len(packed)):
        with pytest.raises(BadGzipError, match="cut short"):
            unpacked(packed[:end])


@pytest.mark.parametrize("data", [b"#separator \\x09\n", zlib.compress(b"x"), b"\x1f\x8b\x00\x00\x00"])
def test_other_data(data):
    with pytest.raises(BadGzipError, match="no gzip data, or damaged"):
        unpacked(data)


def test_a_wrong_checksum():
    packed = bytearray(gzip.compress(b"x" * 1000))
    packed[-6] ^= 1
    with pytest.raises(BadGzipError, match="damaged"):
        unpacked(bytes(packed))
