"""What the manual says of recordings is so."""

from __future__ import annotations

import json

from broker_cli.manual.recordings import RECORDING, RECORDING_INFO, REPLAYING
from broker_cli.pacing import GRAIN
from broker_cli.recording import FLUSH_PAUSE
from broker_cli.summarizing import tally
from broker_cli.summarizing.showing import summary_json
from broker_cli.summarizing.tally import MOST_NAMES, Tally


def text_of(sections) -> str:
    return " ".join(repr(section.paragraphs) for section in sections)


def test_the_numbers_are_those_of_the_program():
    assert FLUSH_PAUSE == 0.1
    assert "at most the last 0.1 s" in text_of(RECORDING)
    assert GRAIN == 0.001
    assert "less than a millisecond" in text_of(REPLAYING)
    assert f"{MOST_NAMES:,} names" in text_of(RECORDING_INFO)


def test_the_kinds_of_messages_are_named():
    assert all(kind in text_of(RECORDING_INFO) for kind in (*tally._KINDS.values(), tally._VALUE))


def test_the_keys_of_ndjson_are_named():
    keys = set(json.loads(summary_json("f", Tally(), 1))) - {"type", "v"}
    assert all(key in text_of(RECORDING_INFO) for key in keys)
