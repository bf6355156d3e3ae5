"""The messages with which nodes push batches of log records."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import DecodeError
from broker_core.logs import LogDecoder
from broker_core.messages.envelopes import MessageKind
from broker_core.messages.log_pushes import LogPush, read_push
from broker_core.model.ids import NodeId
from cluster_links import pushed

NODE = b"zeromq_worker-1_host_2367_NeDuhx4Nppqdbdij7e"
FORMAT = b"zeek-bin-serializer"


def test_what_zeek_pushed():
    (parts,) = pushed()
    push = read_push(parts)
    assert (push.topic, push.serializer, push.payload) == ("log-write", "zeek-bin-serializer", parts[3])
    assert (push.node, push.node.name) == (push.sender, parts[1].decode())
    assert push.kind is MessageKind.FOREIGN
    assert len(LogDecoder().decode_batch(push.payload).records) == 2
    assert repr(push) == f"LogPush({parts[1].decode()}, <{len(parts[3])} bytes>)"
    assert pickle.loads(pickle.dumps(push)).node == push.node


def test_there_is_no_value_in_it():
    push = LogPush(NodeId("n"), b"abc")
    for look in (push.check, lambda: push.value):
        with pytest.raises(DecodeError, match="3 bytes in the format 'zeek-bin-serializer', which is not Broker's"):
            look()


def test_the_first_part_may_say_anything():
    assert read_push([b"\xff", NODE, FORMAT, b""]).topic == "\udcff"


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ([], "expected 4 parts, have 0"),
        ([b"log-write", NODE, FORMAT], "expected 4 parts, have 3"),
        ([b"log-write", NODE, FORMAT, b"", b""], "expected 4 parts, have 5"),
        ([b"log-write", NODE, b"broker-bin-v1", b""], "the format is 'broker-bin-v1', not zeek-bin-serializer"),
        ([b"log-write", NODE, FORMAT + b"2", b""], "the format is 'zeek-bin-serializer2', not zeek-bin-serializer"),
        ([b"log-write", NODE, b"\xff" * 65, b""], r"the format is '(\\udcff){64}', not zeek-bin-serializer"),
    ],
)
def test_what_no_logger_would_take(parts, problem):
    with pytest.raises(DecodeError, match=f"^{problem}"):
        read_push(parts)


@given(st.lists(st.one_of(st.binary(max_size=8), st.just(FORMAT)), max_size=6))
def test_any_parts_are_a_batch_or_refused(parts):
    try:
        push = read_push(parts)
    except DecodeError:
        assert len(parts) != 4 or parts[2] != FORMAT
    else:
        assert (push.node.name.encode("utf-8", "surrogateescape"), push.payload) == (parts[1], parts[3])
