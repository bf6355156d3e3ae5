"""Numbers and addresses as text."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.logs.rendering import address, fixed_seconds, full_number, plain_number, seconds, subnet
from broker_core.model import Timespan, Timestamp


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (90.0, "90.0"),
        (0.00039196014404296875, "0.00039196014404296875"),
        (1e-05, "0.00001"),
        (1.5e-06, "0.0000015"),
        (1e-07, "1e-7"),
        (1.5e-07, "1.5e-7"),
        (5e-324, "5e-324"),
        (123456789012345680.0, "123456789012345680.0"),
        (1234567890123456.5, "1234567890123456.5"),
        (1e20, "100000000000000000000.0"),
        (1e21, "1e21"),
        (1.7976931348623157e308, "1.7976931348623157e308"),
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (-2.5e-10, "-2.5e-10"),
        (-1e16, "-10000000000000000.0"),
    ],
)
def test_doubles_in_json(number, text):
    assert full_number(number) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_doubles_in_json_are_exact(number):
    text = full_number(number)
    assert float(text) == number
    assert "." in text or "e" in text


@given(st.floats(min_value=-1e300, max_value=1e300))
def test_doubles_in_tsv_have_no_exponent(number):
    text = plain_number(number)
    assert "e" not in text
    assert abs(float(text) - number) <= max(5.1e-7, abs(number) * 1e-15)


@given(st.integers(-(2**63), 2**63 - 1))
def test_seconds_have_six_decimals(ns):
    text = fixed_seconds(Timespan(ns))
    whole, part = text.lstrip("-").split(".")
    assert len(part) == 6
    assert abs(int(whole + part) * 1000 - abs(ns)) <= 500


def test_seconds_as_floats():
    assert seconds(Timestamp(1_300_475_167_096_535_000)) == 1300475167.096535
    assert seconds(2.5) == 2.5


@pytest.mark.parametrize("text", ["::", "::1", "::ffff", "::1.2.3.4", "::1:0:0", "2001:db8::1", "1.2.3.4"])
def test_addresses(text):
    assert address(ip_address(text)) == text


def test_subnets():
    assert subnet(ip_network("10.0.0.0/8")) == "10.0.0.0/8"
    assert subnet(ip_network("::1.2.0.0/112")) == "::1.2.0.0/112"
