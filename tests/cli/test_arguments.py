"""Arguments on the command line, with and without a declaration."""

from __future__ import annotations

import pytest

from broker_cli.arguments import declared, event_arguments, signature_of, undeclared
from broker_cli.exit_codes import ExitCode, Failure
from broker_core import Count
from broker_core.declarations import Declarations, MisfitError

PING = Declarations.signature("M::ping(msg: string, n: double)")


def test_literals_without_a_declaration():
    assert event_arguments("ping", ["5", "5", "x"], None) == [Count(5), Count(5), "x"]
    with pytest.raises(Failure, match=r"argument 2 of ping: .10\.0\.0\.300. is no address"):
        event_arguments("ping", ["5", "10.0.0.300"], None)


def test_the_declaration_says_what_words_are():
    assert event_arguments("M::ping", ["5", "5"], PING) == ["5", 5.0]


@pytest.mark.parametrize(
    ("name", "texts", "message", "hint"),
    [
        (
            "M::ping",
            ["a", "x"],
            "argument 2 (n: double) of M::ping: 'x' is no real (such as 5.0, .5, 1e-9, inf, nan)",
            "it is declared as M::ping(msg: string, n: double)",
        ),
        (
            "M::ping",
            ["a"],
            "M::ping takes 2 arguments (msg: string, n: double), and 1 was given: n is missing",
            "",
        ),
        ("ping", [], "no event ping is declared; did you mean M::ping?", "declared: M::ping"),
        ("other", [], "no event other is declared", "declared: M::ping"),
    ],
)
def test_what_does_not_fit_is_a_usage_error(name, texts, message, hint):
    with pytest.raises(Failure) as caught:
        event_arguments(name, texts, PING)
    assert (caught.value.message, caught.value.code, caught.value.hint) == (message, ExitCode.USAGE, hint)


def test_a_preset_need_not_know_every_event():
    some = Declarations(PING.statements, complete=False)
    assert signature_of("other", some) is None
    assert event_arguments("other", ["5"], some) == [Count(5)]
    assert event_arguments("M::ping", ["5", "5"], some) == ["5", 5.0]


def test_names_that_are_not_from_the_command_line():
    assert declared("M::ping", PING) is PING.event("M::ping")
    assert declared("other", Declarations(PING.statements, complete=False)) is None
    with pytest.raises(MisfitError) as caught:
        declared("ping", PING)
    assert str(caught.value) == str(undeclared("ping", PING)) == "no event ping is declared; did you mean M::ping?"


def test_few_of_many_events_are_listed():
    many = Declarations.parse("".join(f"global e{at}: event();" for at in range(8)))
    with pytest.raises(Failure) as caught:
        signature_of("x", many)
    assert caught.value.hint == "declared: e0, e1, e2, e3, e4 and 3 more"
    with pytest.raises(Failure) as caught:
        signature_of("x", Declarations())
    assert caught.value.hint == "no event is; --sig 'EVENT(NAME: TYPE, ...)' would"
