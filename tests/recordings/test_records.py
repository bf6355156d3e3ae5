"""Records: what is written comes back, and what is hostile is refused in bounded memory."""

from __future__ import annotations

import tracemalloc
from contextlib import suppress

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core import NIL, DecodeError, EncodeError, EndpointId, ForeignMessage, Message, NodeId
from broker_core.recordings import End, Gap, RecordedMessage, RecordingHeader
from broker_core.recordings import records as subject
from broker_core.recordings.blocks import LONGEST_BLOCK
from broker_core.recordings.records import LONGEST_REASON, MOST_NAMES, RecordPacker, RecordParser
from recording_samples import HEADER, SENDER, facts, message
from strategies import topics, values


def parse(data):
    return RecordParser().parse(data)


def packed(*record):
    return msgpack.packb(record, unicode_errors="surrogateescape")


GOOD = (1, 5, "/a", bytes(SENDER), 19, b"\0")


def test_the_bytes_of_a_message():
    assert RecordPacker().messages([message("/a", None)], 5)[:7] == b"\x96\x01\x05\xa2/a\xc4"
    one = Message("/a", payload=b"\0", sender=SENDER, ttl=19)
    assert RecordPacker().messages([one, one], 5) == packed(*GOOD) * 2


def test_messages_come_back():
    original = [message("/a"), message("/b\udcff", "x", ttl=0), message("/c", sender=NIL)]
    entries = parse(RecordPacker().messages(original, -7))
    assert [facts(entry) for entry in entries] == [facts(one) for one in original]
    assert {type(entry) for entry in entries} == {RecordedMessage}
    assert {entry.time for entry in entries} == {-7}
    assert not entries[0].is_decoded
    assert entries[1].value == "x"
    assert {(entry.receiver, entry.kind) for entry in entries} == {(NIL, 1)}


@given(st.lists(st.tuples(topics(), values(4, subnormal=False), st.integers(0, 65535)), max_size=4))
def test_any_message_comes_back(parts):
    original = [message(topic, value, ttl=ttl) for topic, value, ttl in parts]
    entries = parse(RecordPacker().messages(original, 1))
    assert [facts(entry) for entry in entries] == [facts(one) for one in original]


def test_what_is_no_message_comes_back():
    packer = RecordPacker()
    gap, end = Gap(3, 2, "dropped"), End(4, 10)
    assert parse(packer.header(HEADER) + packer.gap(gap) + packer.end(end)) == [HEADER, gap, end]
    assert parse(packer.header(RecordingHeader())) == [RecordingHeader()]


def test_texts_and_lists_are_bounded():
    packer = RecordPacker()
    many = tuple(str(number) for number in range(MOST_NAMES + 1))
    [header] = parse(packer.header(RecordingHeader(program="x" * 2000, peers=many, topics=many)))
    assert (len(header.program), len(header.peers), len(header.topics)) == (LONGEST_REASON, MOST_NAMES, MOST_NAMES)
    [gap] = parse(packer.gap(Gap(1, 0, "x" * 2000)))
    assert len(gap.reason) == LONGEST_REASON


def test_what_a_later_version_has_is_passed_over():
    later = packed(17, "anything", {"of": ["any", "kind"]})
    header = packed(0, {"format": "broker-recording", "version": 1, "more": 1}, "more")
    assert parse(later + header + packed(2, 1, 0, "why", "more") + packed(*GOOD))[0] == RecordingHeader()
    assert len(parse(later + header + packed(2, 1, 0, "why", "more") + packed(3, 1, 2, 3))) == 3


@pytest.mark.parametrize(
    "record",
    [
        (),
        ("1",),
        (1.0, 5),
        (True, 5),
        (1,),
        (*GOOD, 1),
        GOOD[:5],
        (1, "5", *GOOD[2:]),
        (1, 2**63, *GOOD[2:]),
        (1, None, *GOOD[2:]),
        (1, True, *GOOD[2:]),
        (1, 5, b"/a", *GOOD[3:]),
        (1, 5, ["/a"], *GOOD[3:]),
        (1, 5, {}, *GOOD[3:]),
        (1, 5, "x" * 65536, *GOOD[3:]),
        (1, 5, "/a", bytes(15), 19, b"\0"),
        (1, 5, "/a", "x" * 16, 19, b"\0"),
        (1, 5, "/a", bytes(16), -1, b"\0"),
        (1, 5, "/a", bytes(16), 65536, b"\0"),
        (1, 5, "/a", bytes(16), 1.5, b"\0"),
        (*GOOD[:5], "text"),
        (*GOOD[:5], b""),
        (*GOOD[:5], []),
        (0,),
        (0, []),
        (0, {}),
        (0, {"format": "broker-recording"}),
        (0, {"format": "broker-recording", "version": "1"}),
        (0, {"format": "other", "version": 1}),
        (0, {"format": "broker-recording", "version": 1, "created": 1.5}),
        (0, {"format": "broker-recording", "version": 1, "program": b"x"}),
        (0, {"format": "broker-recording", "version": 1, "endpoint": b"x"}),
        (0, {"format": "broker-recording", "version": 1, "endpoint": "x" * 16}),
        (0, {"format": "broker-recording", "version": 1, "peers": "x"}),
        (0, {"format": "broker-recording", "version": 1, "topics": [1]}),
        (0, {1: 2}),
        (2, 1),
        (2, 1, -1, "x"),
        (2, 1, 2**64 - 1, "x"),
        (2, 1, 0, b"x"),
        (2, None, 0, "x"),
        (3, 1),
        (3, 1, "x"),
        (3, 2**64 - 1, 1),
    ],
    ids=repr,
)
def test_what_is_no_record(record):
    with pytest.raises(DecodeError, match="record 2 of a block cannot be read"):
        parse(packed(*GOOD) + packed(*record))


@pytest.mark.parametrize("data", [b"\xc1", b"\x05", b"\xa1x", b"\xc0", b"\x81\xc0\x01", b"\xd4\xff\0", b"\x91" * 600])
def test_what_is_no_array(data):
    with pytest.raises(DecodeError):
        parse(data)


def test_cut_anywhere():
    record = packed(*GOOD)
    for end in range(1, len(record)):
        with pytest.raises(DecodeError, match=r"(record 2|the last record) of a block"):
            parse(record + record[:end])


def test_topics_with_a_lone_surrogate_cannot_be_recorded():
    with pytest.raises(EncodeError):
        RecordPacker().messages([message(), message("/\ud800")], 1)
    assert len(parse(RecordPacker().messages([message()], 1))) == 1


def test_a_failed_message_leaves_nothing_behind():
    packer = RecordPacker()
    for bad in (message("/\ud800"), Message("/a", object(), sender=SENDER)):
        with pytest.raises(EncodeError):
            packer.messages([message(), bad], 1)
        assert packer.messages([message()], 1) == RecordPacker().messages([message()], 1)


def test_a_flood_of_topics_only_empties_the_memory_of_them(monkeypatch):
    monkeypatch.setattr(subject, "_MOST_ROUTES", 3)
    parser = RecordParser()
    entries = parser.parse(RecordPacker().messages([message(f"/{number}") for number in range(10)], 1))
    assert [entry.topic for entry in entries] == [f"/{number}" for number in range(10)]
    assert len(parser._routes) <= 3


def test_a_ttl_that_only_equals_a_known_one_is_not_kept():
    # 19 and 19.0 are one key of a dict.
    entries = parse(packed(*GOOD) + packed(1, 5, "/a", bytes(SENDER), 19.0, b"\0"))
    assert [(type(entry.ttl), entry.ttl) for entry in entries] == [(int, 19)] * 2


# -- bounds -----------------------------------------------------------------------------------------------------


def lone(size):
    """A message whose record has *size* bytes."""
    record = packed(*GOOD[:5], bytes(size))
    return packed(*GOOD[:5], bytes(2 * size - len(record)))


@pytest.mark.parametrize("more", [0, 1])
def test_a_long_block_holds_one_record(more):
    size = LONGEST_BLOCK + more - len(packed(*GOOD))
    assert len(lone(size) + packed(*GOOD)) == LONGEST_BLOCK + more
    if not more:
        assert len(parse(lone(size) + packed(*GOOD))) == 2
    else:
        with pytest.raises(DecodeError, match="more than one record"):
            parse(lone(size) + packed(*GOOD))
    assert len(parse(lone(LONGEST_BLOCK + more))) == 1


def peak_of(data):
    tracemalloc.start()
    try:
        with pytest.raises(DecodeError):
            parse(data)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "data",
    [
        b"\x96" + b"\x91\xc0" * 4_000_000,
        b"\x96\x01\x05" + b"\xdd\xff\xff\xff\xff" * 1_000_000,
        b"\x96\x01\x05" + b"\x81\xa1x" * 2_000_000,
        b"\xdd\x00\x40\x00\x00" + b"\xc0" * 4_194_304,
    ],
    ids=["nested", "arrays that promise much", "maps", "one long array"],
)
def test_trees_in_long_blocks_take_no_memory(data):
    assert peak_of(data) < 2 * len(data) + 1_000_000


def test_arrays_that_promise_much_in_short_blocks_take_little_memory():
    assert peak_of(b"\xdd\xff\xff\xff\xff" * 200_000) < 10_000_000
    assert peak_of((b"\xdc" + MOST_NAMES.to_bytes(2, "big")) * 300_000) < 30_000_000


def test_the_most_that_an_array_may_have():
    names = [str(number) for number in range(MOST_NAMES)]
    header = {"format": "broker-recording", "version": 1, "topics": names}
    assert parse(packed(0, header))[0].topics == tuple(names)
    with pytest.raises(DecodeError):
        parse(packed(0, header | {"topics": [*names, "x"]}))


@given(st.binary(max_size=200))
def test_any_bytes_are_records_or_a_decode_error(data):
    with suppress(DecodeError):
        parse(data)


# -- recorded messages ------------------------------------------------------------------------------------------


def test_recorded_messages_are_messages():
    one = RecordedMessage("/a", "x", time=5, sender=SENDER, ttl=3)
    assert (one.time, one.topic, one.value, one.sender, one.ttl) == (5, "/a", "x", SENDER, 3)
    assert tuple(one) == ("/a", "x")
    copy = RecordedMessage.of(Message("/b", payload=b"\0", sender=SENDER), 7)
    assert (copy.time, copy.topic, copy.payload, copy.sender) == (7, "/b", b"\0", SENDER)
    assert not copy.is_decoded


def test_endpoint_ids_are_what_they_were():
    [entry] = parse(packed(*GOOD))
    assert type(entry.sender) is EndpointId


def test_messages_in_other_formats_are_refused():
    with pytest.raises(EncodeError, match="its format is not Broker's"):
        RecordPacker().messages([message("/a"), ForeignMessage("/a", b"\0", "broker-json-v1")], 5)
    assert parse(RecordPacker().messages([message("/a")], 5))[0].topic == "/a"


def test_of_a_node_the_sixteen_bytes_are_kept():
    node = NodeId("worker-1")
    (entry,) = parse(RecordPacker().messages([message("/a", sender=node)], 5))
    assert entry.sender == node
    assert type(entry.sender) is EndpointId
