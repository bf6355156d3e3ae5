"""What the manual says of Zeek's logs is so."""

from __future__ import annotations

from broker_cli.log_options import UNSET
from broker_cli.manual.logs import LOG_INPUT, LOG_OUTPUT, LOG_SINK
from broker_core import DEFAULT_LIMITS
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


def test_a_sink_is_explained():
    text = text_of(LOG_SINK)
    assert 'redef Cluster::Backend::ZeroMQ::connect_log_endpoints += { "tcp://HOST:27764" };' in text
    assert f"--max-queue ({DEFAULT_LIMITS.zmq_log_queue} batches)" in text
    assert "gets a share and no copy" in text
