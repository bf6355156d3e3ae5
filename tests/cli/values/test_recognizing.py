"""Bytes without a name are recognized."""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from broker_cli.values.recognizing import SHOW_FORMS, Found, read_as, recognize
from broker_core import Count, DecodeError
from broker_core.codecs import binary, json, msgpack, text
from strategies import assert_same, values

VALUE = (Count(5), "hi")


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (binary.encode(VALUE), "binary"),
        (binary.encode(VALUE).hex().encode(), "hex"),
        (b"0x" + binary.encode(VALUE).hex(":").encode() + b"\n", "hex"),
        (msgpack.encode(VALUE), "msgpack"),
        (msgpack.encode(VALUE).hex().encode(), "hex"),
        (b64encode(binary.encode(VALUE)) + b"\n", "base64"),
        (json.encode(VALUE).encode(), "json"),
        (b'{"type":"data-message","topic":"/x",' + json.encode(VALUE).encode()[1:], "json"),
        (b' (5, "hi")\n', "text"),
    ],
)
def test_each_form(data, form):
    assert recognize(data) == Found(form, VALUE)


@given(values(subnormal=False))
def test_broker_and_hex_are_never_taken_for_something_else(value):
    packed = binary.encode(value)
    found = recognize(packed.hex().encode())
    assert found.form == "hex"
    assert_same(found.value, value)
    assert_same(read_as("binary", packed).value, value)
    assert_same(recognize(json.encode(value).encode()).value, value)


@pytest.mark.parametrize("word", ["42", "T", "22/tcp", "10.0.0.1", '"deadbeef"', "2001:db8::1", "A::b", "5"])
def test_short_literals_are_literals(word):
    assert recognize(word.encode()) == Found("text", text.decode(word))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"0e02020a", "taken as hex: value cut short"),
        (b"abcde", "taken as hex: an odd number"),
        (b'{"@data-type": "count"', "taken as json"),
        (b'{"a": 1}', "taken as json"),
        (b"\x0e\x02\x00", "taken as binary: container of 2 elements"),
        (b"conn.log", "taken as text"),
        (b"", "taken as"),
    ],
)
def test_the_error_is_that_of_what_it_looks_like(data, message):
    with pytest.raises(DecodeError) as caught:
        recognize(data)
    assert str(caught.value).startswith(message)


@given(st.binary(), st.sampled_from([None, *SHOW_FORMS]))
@example(b"\xc3", None)
def test_only_errors_of_the_library_leave(data, form):
    with suppress(DecodeError):
        recognize(data) if form is None else read_as(form, data)
