"""What the manual says of Zeek's logs is so."""

from __future__ import annotations

from broker_cli.log_options import UNSET
from broker_cli.manual.logs import LOG_INPUT, LOG_OUTPUT
from broker_core.logs.known import KNOWN_PATHS


def text_of(section) -> str:
    return repr(section.paragraphs)


def test_the_known_logs_are_named():
    *others, last = sorted(KNOWN_PATHS)
    assert f"{', '.join(others)} and {last}" in text_of(LOG_INPUT)


def test_the_ways_of_unset_fields_are_named():
    assert all(f"{way} (" in text_of(LOG_INPUT) for way in UNSET)


def test_the_options_of_output_are_named():
    assert all(option in text_of(LOG_OUTPUT) for option in ("--logs", "--log-dir DIR", "-o tsv", "-o ndjson"))
