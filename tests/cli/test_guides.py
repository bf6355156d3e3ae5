"""Guides: each is there, fits, and what it shows can be typed."""

from __future__ import annotations

import shlex

import pytest

from broker_cli.app import load_all
from broker_cli.guides import GUIDES
from broker_cli.manual.parts import Code
from broker_cli.output.pages import page_lines

SHOWN = [
    line
    for guide in GUIDES.values()
    for section in guide.sections
    for paragraph in section.paragraphs
    if isinstance(paragraph, Code)
    for line in paragraph.lines
    if line.startswith("broker ")
]


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_fits_a_terminal(name):
    guide = GUIDES[name]
    assert guide.summary.endswith(".")
    assert max(map(len, page_lines(guide.sections, 200))) <= 96  # lines of code stay as they are


def test_there_are_commands_in_guides():
    assert len(SHOWN) > 5


@pytest.mark.parametrize("line", SHOWN)
def test_commands_in_guides_exist_with_their_options(line):
    words = shlex.split(line, comments=True)[1:]
    commands = load_all()
    name = " ".join(words[:2]) if " ".join(words[:2]) in commands else words[0]
    known = {option for param in commands[name].params for option in param.opts}
    assert {word for word in words if word.startswith("-") and not word[1:2].isdigit()} <= known
