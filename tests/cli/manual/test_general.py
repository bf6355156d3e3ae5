"""The texts of the manual speak of what there is."""

from __future__ import annotations

import pytest

from broker_cli import config
from broker_cli.manual.general import ENVIRONMENT, EXIT_STATUS, PROGRAM_SECTIONS
from broker_cli.manual.parts import Code, Section
from broker_core.codecs.text import decode_argument


def terms(section: Section) -> dict[str, str]:
    return {
        term: text
        for paragraph in section.paragraphs
        if not isinstance(paragraph, str | Code)
        for term, text in paragraph
    }


def test_every_variable_is_explained():
    assert {value for name, value in vars(config).items() if name.startswith("ENV_")} <= set(terms(ENVIRONMENT))


def test_every_exit_code_is_explained():
    assert {str(number) for number in range(10)} <= set(terms(EXIT_STATUS))


@pytest.mark.parametrize("section", PROGRAM_SECTIONS, ids=lambda section: section.title)
def test_sections_have_something_to_say(section):
    assert section.title.isupper()
    assert section.paragraphs


def test_the_formats_are_explained():
    (formats,) = [section for section in PROGRAM_SECTIONS if section.title == "FORMATS"]
    assert tuple(terms(formats)) == config.OUTPUT_WORDS


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
