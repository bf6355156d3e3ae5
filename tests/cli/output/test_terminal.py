"""Colours and line breaks."""

from __future__ import annotations

import re

from hypothesis import given
from rich.cells import cell_len

from broker_cli.output.human import HumanLines
from broker_cli.output.terminal import TerminalLines
from broker_core import Batch, Count, EnumValue, Event, Message, Port, Timespan
from strategies import topics, values

CONN = Event(
    "connection_observed",
    "CIyeayd93jyc31ucl",
    Port(5353, "udp"),
    EnumValue("A::b"),
    Timespan(435_000),
    Count(73),
    None,
    True,
    "a text that is longer than what is left of the line",
)
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def test_values_are_coloured_by_type():
    shown = TerminalLines(200, colour=True).line(Message("/t", CONN.value))
    assert shown == (
        "\x1b[34m/t\x1b[0m \x1b[1mconnection_observed\x1b[0m("
        '\x1b[32m"CIyeayd93jyc31ucl"\x1b[0m, \x1b[33m5353/udp\x1b[0m, \x1b[31mA::b\x1b[0m, \x1b[35m435us\x1b[0m, '
        "\x1b[36m73\x1b[0m, \x1b[2mnil\x1b[0m, \x1b[35mT\x1b[0m, "
        '\x1b[32m"a text that is longer than what is left of the line"\x1b[0m)'
    )


def test_lines_are_broken_between_values_at_80_columns():
    assert TerminalLines(80, colour=False).line(Message("zeek/demo/conn", CONN.value)).split("\n") == [
        'zeek/demo/conn connection_observed("CIyeayd93jyc31ucl", 5353/udp, A::b, 435us,',
        '    73, nil, T, "a text that is longer than what is left of the line")',
    ]


@given(topics().filter(bool), values())
def test_breaks_and_colours_add_nothing_and_lose_nothing(topic, value):
    message = Message(topic, value)
    plain = HumanLines().line(message)
    coloured = COLOURS.sub("", TerminalLines(40, colour=True).line(message))
    assert coloured == TerminalLines(40, colour=False).line(message)
    assert re.sub(r"\n    ", "", coloured).replace(" ", "") == plain.replace(" ", "")
    for line in coloured.split("\n"):
        # Only what cannot be broken is too long: one piece.
        assert line.isprintable()


@given(values())
def test_lines_fit_when_their_pieces_do(value):
    shown = TerminalLines(60, colour=False).line(Message("/t", value))
    for line in shown.split("\n")[:-1]:
        assert cell_len(line) <= 60 or " " not in line.strip() or '"' in line


def test_hostile_text_is_coloured_as_a_whole_and_escaped():
    shown = TerminalLines(80, colour=True).line(Message("/t", "\x1b[31m[red]x[/red]"))
    assert shown == '\x1b[34m/t\x1b[0m \x1b[32m"\\x1b[31m[red]x[/red]"\x1b[0m'


def test_huge_strings_are_cut():
    shown = TerminalLines(80, colour=False).line(Message("/t", "x" * 100_000))
    assert len(shown) < 5000
    assert "… (100002 characters)" in shown


def test_members_of_a_batch_have_lines_of_their_own():
    batch = Batch([Event("a", "x" * 30, "y" * 30), Event("b")])
    formatter = TerminalLines(40, colour=False, verbose=True)
    assert formatter.lines([Message("/t", batch.value)])[0].split("\n") == [
        "/t batch of 2: 1 x event a, 1 x event b",
        f'  a("{"x" * 30}",',
        f'    "{"y" * 30}")',
        "  b()",
    ]
