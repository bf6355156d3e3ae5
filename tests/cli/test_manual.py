"""The texts of the manual speak of what there is."""

from __future__ import annotations

from typing import get_args

import pytest

from broker_cli import config
from broker_cli.app import load_all
from broker_cli.commands.subscribe import OVERFLOW_POLICIES
from broker_cli.manual import COMMAND_SECTIONS, ENVIRONMENT, EXIT_STATUS, OPTION_VALUES, PROGRAM_SECTIONS, Code, Section
from broker_cli.reading import INPUT_FORMATS
from broker_cli.stores.target import ImportMode
from broker_core.codecs.text import decode_argument


def terms(section: Section) -> dict[str, str]:
    return {
        term: text
        for paragraph in section.paragraphs
        if not isinstance(paragraph, str | Code)
        for term, text in paragraph
    }


def test_sections_belong_to_commands():
    assert set(COMMAND_SECTIONS) <= set(load_all())


def test_every_variable_is_explained():
    assert {value for name, value in vars(config).items() if name.startswith("ENV_")} <= set(terms(ENVIRONMENT))


def test_every_exit_code_is_explained():
    assert {str(number) for number in range(10)} <= set(terms(EXIT_STATUS))


def test_the_words_for_completion_are_those_that_options_take():
    assert tuple(OPTION_VALUES["--in"]) == INPUT_FORMATS
    assert tuple(OPTION_VALUES["--on-overflow"]) == tuple(OVERFLOW_POLICIES)
    assert OPTION_VALUES["--output"] == config.FORMATS
    assert OPTION_VALUES["--mode"] == get_args(ImportMode)


def test_the_options_with_words_exist():
    options = {name for command in load_all().values() for param in command.params for name in param.opts}
    assert set(OPTION_VALUES) <= options


@pytest.mark.parametrize("section", PROGRAM_SECTIONS, ids=lambda section: section.title)
def test_sections_have_something_to_say(section):
    assert section.title.isupper()
    assert section.paragraphs


def test_the_formats_are_explained():
    (formats,) = [section for section in PROGRAM_SECTIONS if section.title == "FORMATS"]
    assert tuple(terms(formats)) == config.FORMATS


@pytest.mark.parametrize(
    "literal",
    [
        *("42", "0x2a", "+42", "-42", "4.2", "1e6", "real:inf", "T", "Notice::LOG", "enum:tcp", "5s", "1.5hr", "-1ns"),
        *("2024-05-01T12:00:00.5Z", "time:1714564800.5", "2001:db8::1", "[2001:db8::]/32", "8/icmp", "0/unknown"),
        *("[1, 2]", "{1, 2}", "set()", '{"a" -> 1, "b" -> 2}', "table()", "nil"),
    ],
)
def test_the_examples_of_literals_are_literals(literal):
    (literals,) = [section for section in PROGRAM_SECTIONS if section.title == "LITERALS"]
    assert literal in " ".join(terms(literals).values())
    assert not isinstance(decode_argument(literal), str)
