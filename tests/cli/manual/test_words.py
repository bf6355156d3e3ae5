"""The words for completion are those that options take."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import broker_cli
from broker_cli import config
from broker_cli.app import load_all
from broker_cli.checking.verdicts import FORMS
from broker_cli.commands.relay import LOOP_GUARDS
from broker_cli.commands.top import GROUPINGS, SORTS
from broker_cli.manual.words import OPTION_VALUES
from broker_cli.reading import INPUT_FORMATS
from broker_cli.receiving_options import OVERFLOW_POLICIES
from broker_cli.stores.target import ImportMode
from broker_cli.values.forms import INPUT_FORMS, OUTPUT_FORMS
from broker_cli.values.recognizing import SHOW_FORMS


def test_the_words_for_completion_are_those_that_options_take():
    assert set(OPTION_VALUES["--in"]) == {*INPUT_FORMATS, "zeek"}
    assert tuple(OPTION_VALUES["--on-overflow"]) == tuple(OVERFLOW_POLICIES)
    assert OPTION_VALUES["--output"] == config.FORMATS
    assert OPTION_VALUES["--mode"] == get_args(ImportMode)
    assert OPTION_VALUES["value show --in"] == tuple(SHOW_FORMS)
    assert OPTION_VALUES["value convert --from"] == INPUT_FORMS
    assert OPTION_VALUES["value convert --to"] == OUTPUT_FORMS
    assert OPTION_VALUES["--sort"] == SORTS
    assert OPTION_VALUES["--by"] == GROUPINGS
    assert OPTION_VALUES["--loop-guard"] == LOOP_GUARDS
    assert OPTION_VALUES["check peer --output"] == FORMS
    for name in ("--tls", "--tls-a", "--tls-b", "--ws-tls"):
        assert OPTION_VALUES[name] == get_args(config.Tls)


def test_every_option_that_takes_one_of_some_words_is_known():
    known = {name.split()[-1] for name in OPTION_VALUES}
    for path in Path(broker_cli.__file__).parent.rglob("*.py"):
        assert set(re.findall(r'choice\("(--[a-z-]+)"', path.read_text(encoding="utf-8"))) <= known, path


def test_the_options_with_words_exist():
    options = {name for command in load_all().values() for param in command.params for name in param.opts}
    assert {name.split()[-1] for name in OPTION_VALUES} <= options
