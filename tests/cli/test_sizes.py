"""Sizes and stretches of time, as people write them."""

from __future__ import annotations

import pytest

from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.sizes import byte_count, byte_text, span_text

SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1", 1),
        ("100", 100),
        ("100b", 100),
        ("64KB", 64_000),
        ("64k", 64_000),
        ("64KiB", 65_536),
        ("64Ki", 65_536),
        ("1.5GB", 1_500_000_000),
        ("100 MB", 100_000_000),
        ("2T", 2 * 10**12),
        ("1tib", 2**40),
    ],
)
def test_sizes(text, count):
    assert byte_count("--rotate", text) == count


@pytest.mark.parametrize(
    "text",
    ["", "0", "0.1", "-1", "KB", "1 2", "1e3", "1iB", "1ib", "1XB", "1KBs", "1.", ".5K", "\u0661", "9" * 16, "1KKB"],
)
def test_what_is_no_size(text):
    with pytest.raises(Failure, match=r"--rotate: '.*' is no size") as caught:
        byte_count("--rotate", text)
    assert (caught.value.code, caught.value.hint) == (
        ExitCode.USAGE,
        "such as 64KB, 100MB or 1GiB; a bare number is bytes",
    )


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 KB"),
        (999_949, "999.9 KB"),
        (999_950, "1.0 MB"),
        (1_234_567, "1.2 MB"),
        (10**9, "1.0 GB"),
        (10**12, "1.0 TB"),
        (12_345 * 10**12, "12345.0 TB"),
    ],
)
def test_sizes_for_people(count, text):
    assert byte_text(count) == text


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "0.000 s"),
        (1_500_000, "0.002 s"),
        (59_999_000_000, "59.999 s"),
        (60 * SECOND, "1 min"),
        (61 * SECOND, "1 min 1 s"),
        (3599 * SECOND + SECOND // 2, "1 h"),
        (7500 * SECOND, "2 h 5 min"),
        (86_400 * SECOND, "1 d"),
        (90_000 * SECOND, "1 d 1 h"),
        (400 * 86_400 * SECOND, "400 d"),
    ],
)
def test_times_for_people(ns, text):
    assert span_text(ns) == text
