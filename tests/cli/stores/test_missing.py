"""Keys that are not there, and those that look like them."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from broker_cli.exit_codes import ExitCode
from broker_cli.output.entries import Entry
from broker_cli.stores.missing import NamedKey, missing_keys
from broker_cli.stores.sources import ExportSource
from broker_core import Count, EnumValue, Port
from broker_core.codecs.text import decode_argument


async def failure(stored, *words: str, asked: int | None = None):
    source = ExportSource("here", [Entry(key, None) for key in stored])
    return await missing_keys(source, [NamedKey(word, decode_argument(word)) for word in words], asked or len(words))


async def test_one_key():
    found = await failure([], "a")
    assert (found.message, found.code, found.hint) == ('here: no such key: "a"', ExitCode.NO, "")


async def test_several_keys():
    found = await failure([], *"abcde", asked=7)
    assert found.message == 'here: 5 of 7 keys do not exist: "a", "b", "c" and 2 more'


async def test_a_long_key_is_cut():
    found = await failure([], "x" * 500)
    assert len(found.message) < 100


@pytest.mark.parametrize(
    ("stored", "words", "type_name", "argument"),
    [
        (5, "5", "integer", "int:5"),
        (Count(5), "+5", "count", "count:5"),
        (Count(5), "string:5", "count", "count:5"),
        ("5", "5", "string", "string:5"),
        ("10.0.0.1", "10.0.0.1", "string", "string:10.0.0.1"),
        (IPv4Address("10.0.0.1"), "string:10.0.0.1", "address", "addr:10.0.0.1"),
        (EnumValue("A::b"), "string:A::b", "enum-value", "enum:A::b"),
        (Port(22), '"22/tcp"', "port", "port:22/tcp"),
    ],
)
async def test_a_key_of_another_type_is_pointed_at(stored, words, type_name, argument):
    assert decode_argument(argument) == stored
    found = await failure([stored], words)
    assert found.hint == f"there is one of type {type_name}: {argument}"


async def test_the_key_itself_is_no_hint():
    assert (await failure([Count(6)], "5")).hint == ""
