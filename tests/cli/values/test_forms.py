"""The forms of writing a value: each without loss into each other and back."""

from __future__ import annotations

import itertools
import json
import math
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.values.forms import FORMS, INPUT_FORMS, LOSSLESS_FORMS, from_base64, from_hex
from broker_core import DecodeError, InvalidValue, Set
from broker_core.codecs import binary
from strategies import assert_same, values

ROWS = json.loads((Path(__file__).parents[2] / "vectors" / "values.json").read_text(encoding="utf-8"))


def read(form: str, data: bytes) -> list:
    """All values in *data*."""
    decode, split = FORMS[form].decode, FORMS[form].split
    if decode is None:
        return list(split(data))  # type: ignore[misc]  # one of both is there
    return [decode(line) for line in data.decode("utf-8", "surrogateescape").split("\n")[:-1]]


@pytest.mark.parametrize("path", list(itertools.permutations(LOSSLESS_FORMS, 2)), ids=":".join)
def test_every_value_that_was_recorded_takes_the_way_there_and_back(path):
    one, other = path
    originals = [binary.decode(bytes.fromhex(row["binary"])) for row in ROWS]
    written = b"".join(map(FORMS[one].encode, originals))
    again = b"".join(map(FORMS[other].encode, read(one, written)))
    back = read(other, again)
    assert len(back) == len(originals)
    for value, original in zip(back, originals, strict=True):
        assert_same(value, original)
    assert b"".join(map(FORMS[one].encode, back)) == written


def test_all_kinds_are_among_them():
    assert len({row["binary"][:2] for row in ROWS}) == 15


@given(values(subnormal=False))
def test_any_value_takes_the_way_through_all_of_them(value):
    for form in LOSSLESS_FORMS:
        (back,) = read(form, FORMS[form].encode(value))
        assert_same(back, value)


@given(st.lists(values(subnormal=False), max_size=4), st.sampled_from(LOSSLESS_FORMS), st.data())
def test_a_document_that_is_cut_never_gives_other_values(items, form, data):
    written = b"".join(map(FORMS[form].encode, items))
    cut = written[: data.draw(st.integers(0, len(written)))]
    if FORMS[form].decode is not None:
        return  # lines are whole, or the last one is told
    found: list = []
    with suppress(DecodeError, InvalidValue):
        found.extend(FORMS[form].split(cut))
    for value, original in zip(found, items, strict=False):
        assert_same(value, original)


@given(st.binary(), st.sampled_from(INPUT_FORMS))
def test_only_errors_of_the_library_leave_the_readers(data, form):
    with suppress(DecodeError, InvalidValue):
        read(form, data)


NESTING = {
    "text": b"(",
    "ndjson": b'{"@data-type":"vector","data":[',
    "json": b'{"@data-type":"vector","data":[',
    "hex": b"0e01",
    "base64": b"DgEO",
    "binary": b"\x0e\x01",
    "msgpack": b"\x91",
    "plain": b"[",
}


@pytest.mark.parametrize("form", INPUT_FORMS)
def test_hostile_nesting_is_refused(form):
    with pytest.raises((DecodeError, InvalidValue)):
        read(form, NESTING[form] * 50_000 + b"\n")


@pytest.mark.parametrize("form", ["binary", "msgpack", "json"])
def test_documents_hold_values_one_behind_the_other(form):
    written = FORMS[form].encode(None) + FORMS[form].encode((True,)) + FORMS[form].encode("x")
    assert read(form, written) == [None, (True,), "x"]
    assert read(form, b"") == []
    found: list = []
    with pytest.raises(DecodeError):  # the good ones come all the same
        found.extend(FORMS[form].split(written + b"\xc1"))
    assert found == [None, (True,), "x"]


def test_what_is_lossy_says_so():
    assert [name for name, form in FORMS.items() if not form.lossless] == ["plain", "broker"]
    assert "broker" not in INPUT_FORMS
    assert [name for name, form in FORMS.items() if not form.is_text] == ["binary", "msgpack"]


@pytest.mark.parametrize("text", ["0e 02", "0x0E02", "0e:02", " 0e02\r", "0e\t02"])
def test_hexadecimal_digits_as_people_have_them(text):
    assert from_hex(text) == b"\x0e\x02"


@pytest.mark.parametrize(("text", "problem"), [("0e0", "odd number"), ("0g", "other char"), ("\u0661\u0661", "other")])
def test_what_is_no_hex(text, problem):
    with pytest.raises(DecodeError, match=problem):
        from_hex(text)


@pytest.mark.parametrize("text", ["+/8=", "-_8=", "+/8", " +/8= "])
def test_base64_of_both_alphabets(text):
    assert from_base64(text) == b"\xfb\xff"


@pytest.mark.parametrize("text", ["a", "a\u00e9", "a b="])
def test_what_is_no_base64(text):
    with pytest.raises(DecodeError, match="no base64"):
        from_base64(text)


def test_a_value_without_binary_form_is_refused():
    from broker_core import EncodeError

    tiny = Set([0.0, 5e-324])  # both would be written as zero
    with pytest.raises(EncodeError):
        FORMS["hex"].encode(tiny)
    assert_same(read("text", FORMS["text"].encode(tiny))[0], tiny)
    assert math.isnan(read("msgpack", FORMS["msgpack"].encode(math.nan))[0])
