"""The ids of endpoints and entities (spec data-model.md section 9)."""

from __future__ import annotations

import copy
import json
import pickle
import urllib.parse
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import InvalidValue
from broker_core.model import NIL, EndpointId, EntityId, NodeId

TEXT = "768b0ad0-1a0b-526c-8cf6-11569eb41428"


@given(st.binary(min_size=16, max_size=16))
def test_text_and_back(raw: bytes) -> None:
    endpoint = EndpointId(raw)
    assert EndpointId.parse(str(endpoint)) == endpoint == raw
    assert pickle.loads(pickle.dumps(endpoint)) == endpoint


def test_texts() -> None:
    assert str(EndpointId.parse(TEXT)) == TEXT
    assert EndpointId.parse(TEXT.upper()) == EndpointId.parse(TEXT)
    assert repr(EndpointId.parse(TEXT)) == f"EndpointId('{TEXT}')"
    assert str(NIL) == "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize(
    "text", ["", "x", TEXT[:-1], TEXT.replace("-", ""), f"{{{TEXT}}}", f" {TEXT}", f"urn:uuid:{TEXT}"]
)
def test_other_texts(text: str) -> None:
    with pytest.raises(InvalidValue, match="is no endpoint id"):
        EndpointId.parse(text)


@pytest.mark.parametrize("size", [0, 15, 17])
def test_other_sizes(size: int) -> None:
    with pytest.raises(InvalidValue, match=f"not {size}"):
        EndpointId(bytes(size))


def test_random_ids_are_uuids_that_cpp_reads_back() -> None:
    endpoint = EndpointId.from_random(b"\xff" * 16)
    assert uuid.UUID(bytes=bytes(endpoint)).version == 4


def test_ids_compare_as_unsigned_bytes() -> None:
    assert NIL < EndpointId(b"\x7f" * 16) < EndpointId(b"\x80" * 16)


def test_entities() -> None:
    endpoint = EndpointId.parse(TEXT)
    assert str(EntityId(endpoint, 5)) == f"5@{TEXT}"
    assert str(EntityId(endpoint, 0)) == f"0@{TEXT}"
    assert str(EntityId(NIL, 1)) == f"1@{NIL}"
    assert str(EntityId(NIL, 0)) == "none"
    assert EntityId(endpoint, 5) < EntityId(endpoint, 6)


# -- nodes of ZeroMQ clusters -----------------------------------------------------------------------------------------

NODE = "zeromq_worker-1_hh_2367_NeDuhx4Nppqdbdij7e"
NAMES = st.text(alphabet=st.characters(exclude_categories=["Cs"]))


def test_a_node_has_its_name_as_text() -> None:
    node = NodeId(NODE)
    assert (node.name, str(node), repr(node)) == (NODE, NODE, f"NodeId('{NODE}')")
    assert f"{node}" == NODE
    assert str(EntityId(node, 5)) == f"5@{NODE}"


def test_the_sixteen_bytes_are_made_of_the_name() -> None:
    node = NodeId(NODE)
    plain = EndpointId.from_name(NODE)
    assert len(node) == 16
    assert type(plain) is EndpointId
    assert node == plain == bytes(node)
    assert hash(node) == hash(plain)
    assert node == NodeId(NODE)
    assert node != NodeId(NODE + "x")
    assert bytes(NodeId("")) != bytes(NIL)
    assert bytes(node).hex() == "ae795a111003a5764fb7c0702c83718b"


@given(NAMES)
def test_a_node_survives(name: str) -> None:
    node = NodeId(name)
    copies = [copy.copy(node), copy.deepcopy(node)]
    copies += [pickle.loads(pickle.dumps(node, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    for other in copies:
        assert type(other) is NodeId
        assert (other, other.name, str(other)) == (node, name, str(node))


@given(st.binary())
def test_its_text_does_no_harm(raw: bytes) -> None:
    name = raw.decode("utf-8", "surrogateescape")
    text = str(NodeId(name))
    assert text.isascii()
    assert text.isprintable()
    assert not set(text) & set(' "\\')
    assert json.dumps(text) == f'"{text}"'
    assert urllib.parse.unquote_to_bytes(text) == raw


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a b", "a%20b"),
        ('"\\%', "%22%5C%25"),
        ("\x1b[2J\r\n", "%1B[2J%0D%0A"),
        ("h\u00e4", "h%C3%A4"),
        ("\udcff", "%FF"),
        ("\x7f\x00", "%7F%00"),
        ("", ""),
    ],
)
def test_what_could_do_harm(name: str, text: str) -> None:
    assert str(NodeId(name)) == text
    assert repr(NodeId(name)) == f"NodeId('{text}')"


def test_ids_that_are_no_names_stay_endpoint_ids() -> None:
    assert type(NodeId.parse(TEXT)) is type(NodeId.from_random(bytes(16))) is EndpointId
