"""Options of backends: every mistake is one line that names the option."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker_core.errors import EC, BackendFailure
from broker_core.model import Count, EnumValue
from broker_core.stores import settings as option
from broker_core.stores.settings import read_settings

KNOWN = {
    "path": option.path("the file"),
    "check": option.flag(default=False),
    "size": option.number("bytes of cache", 7, least=2),
    "mode": option.choice(("DELETE", "WAL"), None, "Broker::SQLITE_JOURNAL_MODE_"),
}


def test_defaults():
    assert read_settings("db", KNOWN, {"path": "x"}) == {"path": "x", "check": False, "size": 7, "mode": None}
    assert read_settings("db", {}, None) == {}


@pytest.mark.parametrize(
    ("name", "given", "read"),
    [
        ("path", Path("a/b"), "a/b"),
        ("path", ":memory:", ":memory:"),
        ("check", True, True),
        ("size", 2, 2),
        ("size", Count(3), 3),
        ("mode", "WAL", "WAL"),
        ("mode", "Broker::SQLITE_JOURNAL_MODE_DELETE", "DELETE"),
        ("mode", EnumValue("Broker::SQLITE_JOURNAL_MODE_WAL"), "WAL"),
    ],
)
def test_what_suits(name, given, read):
    value = read_settings("db", KNOWN, {"path": "x", name: given})[name]
    assert value == read
    assert type(value) is type(read)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({}, "db needs the option path: the file"),
        ({"path": ""}, "db option path: '' is not the file"),
        ({"path": "a\0b"}, "db option path: 'a\\x00b' is not the file"),
        ({"path": 5}, "db option path: 5 is not the file"),
        ({"path": b"x"}, "db option path: b'x' is not the file"),
        ({"path": None}, "db option path: None is not the file"),
        ({"path": "x", "check": 1}, "db option check: 1 is not true or false"),
        ({"path": "x", "check": "yes"}, "db option check: 'yes' is not true or false"),
        ({"path": "x", "size": 1}, "db option size: 1 is not bytes of cache, at least 2"),
        ({"path": "x", "size": True}, "db option size: True is not bytes of cache, at least 2"),
        ({"path": "x", "size": 2.0}, "db option size: 2.0 is not bytes of cache, at least 2"),
        ({"path": "x", "mode": "wal"}, "db option mode: 'wal' is not one of DELETE, WAL"),
        ({"path": "x", "mode": None}, "db option mode: None is not one of DELETE, WAL"),
        ({"path": "x", "mode": EnumValue("WAL2")}, "db option mode: EnumValue('WAL2') is not one of DELETE, WAL"),
        ({"paht": "x"}, "db has no option 'paht'; did you mean path? (its options: path, check, size, mode)"),
        ({"path": "x", 5: 1}, "db has no option 5 (its options: path, check, size, mode)"),
    ],
)
def test_what_does_not(options, problem):
    with pytest.raises(BackendFailure) as caught:
        read_settings("db", KNOWN, options)
    assert caught.value.problem == problem
    assert caught.value.code is EC.BACKEND_FAILURE


def test_suggestions():
    assert option.suggestion("sqlit", ["memory", "sqlite"]) == "; did you mean sqlite?"
    assert not option.suggestion("zzz", ["memory", "sqlite"])
