"""The ids of endpoints and entities (spec data-model.md section 9)."""

from __future__ import annotations

import pickle
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import InvalidValue
from broker_core.model import NIL, EndpointId, EntityId

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
