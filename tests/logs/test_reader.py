"""The reader that sees which form a log has."""

from __future__ import annotations

import pytest

from broker_core.errors import DecodeError
from broker_core.logs import JsonReader, LogReader, TsvReader, path_of_file
from log_samples import NAMES, sample


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["tsv", "json"])
def test_both_forms(form, name):
    reader, other = LogReader(name), JsonReader(name) if form == "json" else TsvReader()
    for line in sample(form, name):
        assert reader.line(line) == other.line(line)


def test_what_may_come_first():
    reader = LogReader()
    assert reader.line(b"") is None
    assert reader.line(b"\xef\xbb\xbf#fields\ta") is None
    assert reader.line(b"#types\tcount") is None
    assert reader.line(b"5").values == [5]
    assert LogReader().line(b'\xef\xbb\xbf {"x":1}').values == [1]
    with pytest.raises(DecodeError, match="without a header"):
        LogReader().line(b"text")


def test_a_line_of_tsv_may_look_like_json():
    reader = LogReader()
    reader.line(b"#fields\ta")
    reader.line(b"#types\tstring")
    assert reader.line(b"{}").values == ["{}"]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("conn.log", "conn"),
        ("/var/log/zeek/current/conn.log", "conn"),
        ("logs/2026-11-22/conn.14:00:00-15:00:00.log.gz", "conn"),
        ("conn.2026-11-22-14-28-05.log", "conn"),
        ("capture_loss.log", "capture_loss"),
        ("conn", "conn"),
        ("-", ""),
        ("a.b/conn.log", "conn"),
        ("", ""),
        (".log", ""),
        ("a b.log", ""),
        ("dir/", ""),
    ],
)
def test_names_of_files(name, path):
    assert path_of_file(name) == path
