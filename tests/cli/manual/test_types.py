"""What the manual says of declarations is so."""

from __future__ import annotations

import shlex
from dataclasses import fields

import pytest

from broker_cli.argument_templates import ArgumentTemplate, Filling
from broker_cli.manual.parts import Code
from broker_cli.manual.types import DECLARATIONS, NAMES, PACE, PLACEHOLDERS
from broker_cli.pace_options import PaceOptions
from broker_core.codecs import text
from broker_core.declarations import read_argument
from zeek_types import type_of

ITEM = "record { id: count; note: string &optional; more: any &optional; }"


def code_of(section) -> list[str]:
    return [line for paragraph in section.paragraphs if isinstance(paragraph, Code) for line in paragraph.lines]


@pytest.mark.parametrize("line", [*code_of(DECLARATIONS), *code_of(PLACEHOLDERS)])
async def test_examples_work(run, line):
    program, *words = shlex.split(line)
    assert program == "broker"
    result = await run(*words, "--dry-run", env={"USER": "me"})
    assert (result.code, result.err) == (0, "")
    assert result.out


def test_the_ways_to_write_values():
    rows = dict(next(paragraph for paragraph in DECLARATIONS.paragraphs if not isinstance(paragraph, str | Code)))
    for literal in ('[$id=1, $note="x"]', '{"id": 1, "note": "x"}', '(1, "x", nil)'):
        assert literal in rows["record"]
        assert text.encode(read_argument(literal, type_of(ITEM))) == '(1, "x", nil)'
    for literal in rows["table"].split(", "):
        read_argument(literal, type_of("table[string] of count"))
    for literal in ("{1, 2}", "[1, 2]", "{}"):
        assert literal in rows["set"]
        read_argument(literal, type_of("set[count]"))
    assert "{(10.0.0.1, 22/tcp)}" in rows["set"]
    read_argument("{(10.0.0.1, 22/tcp)}", type_of("set[addr, port]"))
    for literal in ("/re/", "/re/i", "/re/s"):
        read_argument(literal, type_of("pattern"))


def test_the_placeholders_are_those_that_there_are():
    rows = next(paragraph for paragraph in PLACEHOLDERS.paragraphs if not isinstance(paragraph, str | Code))
    for term, _ in rows:
        ArgumentTemplate("x", term, {"NAME": "x"}).render(Filling(1, "now"))
    assert [term for term, _ in rows] == ["{n}", "{now}", "{uuid}", "{env:NAME}", "{{ }}"]


async def test_names_look_like_this(run):
    people, programs = code_of(NAMES)
    sig = "Scan::hit(sensor: string, item: record { src: addr; ports: set[port]; note: string &optional; })"
    args = ("pub", "--dry-run", "/t", "Scan::hit", "s1", "[$src=10.0.0.1, $ports={22/tcp}]", "--sig", sig)
    human = (await run(*args, "-o", "human")).out
    assert human.replace("sensor: string = ", "sensor=").replace(
        human[human.index("item: ") : human.index("[src")], "item="
    ) == (f"/t {people}\n")
    assert programs in (await run(*args)).out


def test_the_options_are_named():
    said = repr(PACE.paragraphs)
    for field in fields(PaceOptions):
        assert f"--{field.name}" in said
