"""Further sections are for commands that there are."""

from __future__ import annotations

from broker_cli.app import load_all
from broker_cli.manual.commands import COMMAND_SECTIONS


def test_sections_belong_to_commands():
    assert set(COMMAND_SECTIONS) <= set(load_all())
