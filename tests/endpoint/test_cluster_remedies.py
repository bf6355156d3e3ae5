"""The lines about ZeroMQ; test_remedies looks at every line of the whole table."""

from __future__ import annotations

from broker_core import Cause
from broker_core.endpoint.cluster_remedies import CLUSTER_ADVICE
from broker_core.endpoint.remedies import ADVICE, advise


def test_they_take_no_line_away():
    """A variant of the same name would hide another line."""
    for cause, lines in CLUSTER_ADVICE.items():
        for variant, advice in lines.items():
            assert ADVICE[cause][variant] is advice
    assert "" in ADVICE[Cause.REFUSED]
    assert "" not in CLUSTER_ADVICE[Cause.REFUSED]


def test_they_are_about_zeromq():
    for lines in CLUSTER_ADVICE.values():
        for advice in lines.values():
            text = " ".join(advice).lower()
            assert any(word in text for word in ("zeromq", "zmq", "curve", "central broker", "cluster")), advice


def test_words_are_filled_in():
    words = {"port": "5556", "send_port": "5555", "try": "`x`"}
    finding, remedy = advise(Cause.WRONG_SOCKET, "reversed", words)
    assert finding == "the ports are the wrong way round: 5556 is the XSUB of the central broker, and 5555 its XPUB"
    assert remedy == "the XPUB comes first: `x`"
