"""Lines with entries. That nothing is lost is proved in test_importing."""

from __future__ import annotations

import pytest

from broker_cli.output.entries import Entry
from broker_cli.stores.lines import EntryReader
from broker_core import Count, DecodeError

KEY = '"key":{"@data-type":"count","data":5}'
VALUE = '"value":{"@data-type":"none","data":{}}'


def test_members_that_are_not_known_are_passed_over():
    assert EntryReader().parse(f'{{"x":1,{KEY},{VALUE},"expiry":null}}') == Entry(Count(5), None, None)
    found = EntryReader().parse(f'{{{VALUE},{KEY},"expiry":"1970-01-01T00:00:00.000000001Z"}}')
    assert found == Entry(Count(5), None, 1)


def test_empty_lines_hold_nothing():
    assert EntryReader().parse("") is None
    assert EntryReader().parse(" \t\r") is None


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (f"{{{KEY}}}", "expected an object with key and value"),
        ("5", "expected an object with key and value"),
        ("{", "no JSON"),
        (f'{{"key":5,{VALUE}}}', "found a number in key"),
        (f'{{"key":{{"@data-type":"vector","data":[5]}},{VALUE}}}', r"in key\[0\]"),
        (f'{{{KEY},{VALUE},"expiry":5}}', "in expiry"),
        (f'{{{KEY},{VALUE},"index":5}}', "only a part"),
    ],
)
def test_what_is_no_entry(line, problem):
    with pytest.raises(DecodeError, match=problem):
        EntryReader().parse(line)
