"""What the manual says of relay, bench and value is so."""

from __future__ import annotations

from broker_cli.benching.payloads import SHAPES
from broker_cli.benching.storing import OPERATIONS, PREFIX
from broker_cli.commands.relay import LOOP_GUARDS
from broker_cli.manual.tools import FORMS, MEASURING, RELAYING, STORE_MEASURING
from broker_cli.manual.words import OPTION_VALUES
from broker_cli.relaying.guard import MOST_ALIKE, MOST_DIFFERENT
from broker_cli.values.forms import FORMS as KNOWN_FORMS
from broker_cli.values.forms import INPUT_FORMS, LOSSLESS_FORMS, OUTPUT_FORMS
from broker_cli.values.recognizing import SHOW_FORMS


def words(sections) -> str:
    """All that is said."""
    return str(sections)


def test_the_forms_are_those_that_there_are():
    terms = dict(FORMS[0].paragraphs[0])
    assert tuple(terms) == tuple(KNOWN_FORMS)
    assert {name for name, text in terms.items() if text.endswith("Without loss.")} == set(LOSSLESS_FORMS)
    assert OPTION_VALUES["value convert --from"] == INPUT_FORMS
    assert OPTION_VALUES["value convert --to"] == OUTPUT_FORMS
    assert OPTION_VALUES["value show --in"] == tuple(SHOW_FORMS)


def test_the_shapes_and_operations_are_those_that_there_are():
    assert tuple(dict(MEASURING[1].paragraphs[0])) == SHAPES == OPTION_VALUES["--shape"]
    assert tuple(OPERATIONS) == OPTION_VALUES["--op"]
    assert PREFIX in words(STORE_MEASURING)


def test_the_bounds_of_the_loop_guard_are_those_that_are_told():
    assert f"more than {MOST_DIFFERENT} different messages, or {MOST_ALIKE}" in words(RELAYING)
    assert OPTION_VALUES["--loop-guard"] == LOOP_GUARDS
