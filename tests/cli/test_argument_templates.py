"""Arguments that are made anew for each message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.argument_templates import ArgumentTemplate, Filling
from broker_cli.exit_codes import ExitCode, Failure
from broker_core.codecs.text import decode_argument
from strategies import HOSTILE_TEXTS

ENVIRON = {"X": 'a"b\\\n', "N": "5", "P": "count:5", "E": ""}
FILLING = Filling(7, "2024-05-01T12:00:00Z", "123e4567-e89b-12d3-a456-426614174000")


def render(text: str, *, verbatim: bool = False) -> str:
    return ArgumentTemplate("argument 1", text, ENVIRON, verbatim=verbatim).render(FILLING)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("plain", "plain"),
        ("{n}", "7"),
        ("host-{n}", "host-7"),
        ("{now}", "2024-05-01T12:00:00Z"),
        ("{uuid}", "string:123e4567-e89b-12d3-a456-426614174000"),
        ("{uuid}-{n}", "string:123e4567-e89b-12d3-a456-426614174000-7"),
        ("id {uuid}", "id 123e4567-e89b-12d3-a456-426614174000"),
        ("{env:N}", "5"),
        ("{env:E}", ""),
        ("{env:X}", 'a"b\\\n'),
        ("string:{env:X}", 'string:a"b\\\n'),
        ("{{1, {n}}}", "{1, 7}"),
        ("string:{{{n}}}", "string:{7}"),
        ('"{env:X} {n}"', '"a\\"b\\\\\\n 7"'),
        ('("{env:X}", {n}, "\\"{n}")', '("a\\"b\\\\\\n", 7, "\\"7")'),
        ('"\\\\{n}"', '"\\\\7"'),
        ('string:"{env:X}"', 'string:"a"b\\\n"'),
    ],
)
def test_what_is_filled_in(text, expected):
    assert render(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{env:P}", "string:count:5"),
        ("{n}", "string:7"),
        ("say {env:X}", 'string:say a"b\\\n'),
        ('"{env:X}"', '"a\\"b\\\\\\n"'),
        ("string:{n}", "string:7"),
        ("count:{n}", "count:7"),
    ],
)
def test_a_declared_string_stays_a_string(text, expected):
    assert render(text, verbatim=True) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "argument 1: '{' at character 1 is no field"),
        ("a}", "argument 1: '}' at character 2 is no field"),
        ("{x}", "argument 1: {x} is no field"),
        ("{N}", "argument 1: '{' at character 1 is no field"),
        ("{env}", "argument 1: {env} is no field"),
        ("{n:X}", "argument 1: {n:X} is no field"),
        ("{env:NOT_SET}", "argument 1: {env:NOT_SET}: the environment has no NOT_SET"),
        ("{1, 2}", "argument 1: '{' at character 1 is no field"),
    ],
)
def test_what_is_no_template(text, message):
    with pytest.raises(Failure) as caught:
        render(text)
    assert (caught.value.message, caught.value.code) == (message, ExitCode.USAGE)


def test_each_message_has_its_own_id():
    assert Filling(1, "").uuid != Filling(1, "").uuid


@given(
    st.one_of(
        st.sampled_from(HOSTILE_TEXTS), st.text(), st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape"))
    )
)
def test_whatever_is_filled_in_stays_text_in_quotes_and_behind_the_prefix(filled):
    raw = filled.encode("utf-8", "surrogateescape")
    for text in ("string:{env:V}", '"{env:V}"'):
        value = decode_argument(ArgumentTemplate("x", text, {"V": filled}).render(FILLING))
        assert (value.encode() if type(value) is str else value) == raw
    value = decode_argument(ArgumentTemplate("x", "{env:V}", {"V": filled}, verbatim=True).render(FILLING))
    assert (value.encode() if type(value) is str else value) == raw
