"""The table of Zeek's logs is what Zeek's logs say."""

from __future__ import annotations

import pytest

from broker_core.logs import TsvReader
from broker_core.logs.known import KNOWN_PATHS, known_column, known_schema
from log_samples import NAMES, sample


def test_all_samples_are_known():
    assert sorted(KNOWN_PATHS) == NAMES


@pytest.mark.parametrize("path", KNOWN_PATHS)
def test_columns_are_those_of_the_headers(path):
    reader = TsvReader()
    for line in sample("tsv", path):
        reader.line(line)
    assert known_schema(path) == reader.schema
    assert known_schema(path) is known_schema(path)


def test_others_are_not_known():
    assert known_schema("weird") is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ts", "time"),
        ("id.orig_h", "addr"),
        ("id.resp_p", "port"),
        ("inner.resp_h", "addr"),
        ("orig_p", "port"),
        ("duration", "interval"),
        ("tunnel_parents", "set[string]"),
        ("version", None),  # a string in ssl, a count in ssh
        ("ja3", None),
        ("", None),
    ],
)
def test_columns_by_name(name, kind):
    column = known_column(name)
    assert (None if column is None else column.type_name) == kind
