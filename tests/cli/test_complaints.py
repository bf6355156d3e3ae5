"""Problems of which only the first are told."""

from __future__ import annotations

import io

import pytest

from broker_cli.complaints import MOST_TOLD, Complaints
from broker_cli.context import Context


@pytest.mark.parametrize(("number", "told"), [(0, 0), (2, 2), (3, 3), (4, 3), (100, 3)])
def test_the_first_are_told_and_all_are_counted(number, told):
    context = Context(stderr=io.StringIO(), stderr_is_terminal=False)
    complaints = Complaints(context, "gaps", 3)
    for at in range(number):
        complaints.tell(f"gap {at}")
    rest = ["broker: further gaps are only counted"] if number >= 3 else []
    assert context.stderr.getvalue().splitlines() == [f"broker: gap {at}" for at in range(told)] + rest
    assert complaints.total == number


def test_how_many_if_nobody_says():
    context = Context(stderr=io.StringIO(), stderr_is_terminal=False)
    complaints = Complaints(context, "problems")
    for _ in range(MOST_TOLD + 5):
        complaints.tell("x")
    assert len(context.stderr.getvalue().splitlines()) == MOST_TOLD + 1


def test_nothing_is_told_to_who_wants_quiet():
    context = Context(stderr=io.StringIO(), stderr_is_terminal=False, verbosity=-1)
    complaints = Complaints(context, "problems")
    complaints.tell("x")
    assert (context.stderr.getvalue(), complaints.total) == ("", 1)
