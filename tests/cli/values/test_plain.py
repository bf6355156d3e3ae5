"""JSON without types."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.output.untagged import untagged
from broker_cli.values.plain import decode
from broker_core import DecodeError, InvalidValue
from broker_core.codecs import text
from strategies import values


@pytest.mark.parametrize(
    ("line", "literal"),
    [
        ("null", "nil"),
        ("5", "5"),
        ("-5", "-5"),
        ("5.0", "5.0"),
        ('"22/tcp"', '"22/tcp"'),
        ('[1, {"a": [true]}]', '(1, {"a" -> (T)})'),
        ("NaN", "real:nan"),
    ],
)
def test_what_is_read(line, literal):
    assert text.encode(decode(line)) == literal


@pytest.mark.parametrize("line", ["", "{", "18446744073709551616", "[" * 100_000, "-9223372036854775809", "1" * 5000])
def test_what_is_no_json_is_refused(line):
    with pytest.raises((DecodeError, InvalidValue)):
        decode(line)


@given(values())
def test_what_is_written_of_any_value_can_be_read(value):
    decode(untagged(value))


@given(st.text())
def test_only_errors_of_the_library_leave_the_reader(line):
    try:
        value = decode(line)
    except (DecodeError, InvalidValue):
        return
    text.encode(value)
