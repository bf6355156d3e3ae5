"""Every cause has its words, and they are two lines that a reader can act on."""

from __future__ import annotations

import re
import string
from functools import cache

import pytest

from broker_core import Cause
from broker_core.endpoint.diagnosis import Advice
from broker_core.endpoint.remedies import ADVICE, WORDS, advise

LINES = [(cause, variant) for cause, lines in ADVICE.items() for variant in lines]


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_has_words(cause):
    assert "" in ADVICE[cause]


@pytest.mark.parametrize(("cause", "variant"), LINES)
def test_a_line_of_the_table(cause, variant):
    for text in ADVICE[cause][variant]:
        used = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        assert used <= set(WORDS)
        assert "\n" not in text
        assert not text.endswith((".", " "))
        assert "  " not in text
        assert not re.search(r"\d{4,}\.", text)
    finding, remedy = advise(cause, variant, {})
    assert finding
    assert remedy


def test_no_word_is_left_over():
    used = {
        name
        for lines in ADVICE.values()
        for advice in lines.values()
        for text in advice
        for _, name, _, _ in string.Formatter().parse(text)
        if name is not None
    }
    assert used == set(WORDS)


def test_words_are_filled_in():
    words = {"host": "h", "port": "9", "open": "9999 is open there", "try": "`x`"}
    assert advise(Cause.REFUSED, "elsewhere", words) == Advice(
        "nothing listens on port 9 of h, but 9999 is open there",
        "try `x`; or start what should listen on 9 (in Zeek: Broker::listen)",
    )


def test_a_variant_that_a_cause_does_not_have():
    assert advise(Cause.SHUTTING_DOWN, "elsewhere", {"address": "a"}) == advise(
        Cause.SHUTTING_DOWN, "", {"address": "a"}
    )


def test_words_of_strangers_stay_on_their_line():
    finding, _ = advise(Cause.REJECTED, "", {"address": "a", "reason": "no\r\n  way {host} \x1b[2J\udc80"})
    assert finding == r"a refuses: no way {host} \x1b[2J\udc80"


@cache
def options() -> set[str]:
    from broker_cli.app import load_all

    return {name for command in load_all().values() for option in command.params for name in option.opts}


@pytest.mark.parametrize(("cause", "variant"), LINES)
def test_options_and_settings_that_are_named_exist(cause, variant):
    known = options()
    for text in ADVICE[cause][variant]:
        assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text)) <= known
        for name in re.findall(r"Broker::\w+", text):
            assert name in {
                "Broker::default_listen_address",
                "Broker::disable_ssl",
                "Broker::listen",
                "Broker::listen_websocket",
                "Broker::ssl_cafile",
                "Broker::ssl_certificate",
                "Broker::ssl_keyfile",
                "Broker::subscribe",
            }
