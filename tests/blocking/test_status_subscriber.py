"""Status subscribers: what they are told, in which order, and what of Broker 2 they are not told."""

from __future__ import annotations

import select

import pytest

from broker_core.blocking.codes import EC, SC
from broker_core.blocking.status import Error, Status


@pytest.fixture
def peers(make_endpoint):
    """``told = peers(api_version=1)``: the statuses of a peering from beginning to end, and the two endpoints."""

    def make(**options):
        first, second = make_endpoint(**options), make_endpoint(**options)
        statuses = second.make_status_subscriber(True)
        port = first.listen("127.0.0.1")
        assert second.peer("127.0.0.1", port, 0.0)
        assert second.unpeer("127.0.0.1", port)
        return statuses, first, port

    return make


def test_as_in_the_manual(peers):
    statuses, first, port = peers()
    added, removed = statuses.get(2)
    assert [type(added), type(removed)] == [Status, Status]
    assert (added.code(), removed.code()) == (SC.PeerAdded, SC.PeerRemoved)
    assert repr(added) == f'peer_added({first.node_id()}, 127.0.0.1:{port}, "handshake successful")'
    assert statuses.get(0.05) is None


def test_as_in_broker_2_when_asked_for(peers):
    statuses, _, _ = peers(api_version=2)
    assert [status.code() for status in statuses.get(4)] == [
        SC.EndpointDiscovered,
        SC.PeerAdded,
        SC.PeerRemoved,
        SC.EndpointUnreachable,
    ]


def test_only_errors_unless_asked_for_more(make_endpoint):
    first, second = make_endpoint(), make_endpoint()
    errors = second.make_status_subscriber()
    assert second.peer("127.0.0.1", first.listen("127.0.0.1"), 0.0)
    assert not second.peer("127.0.0.1", 1, 0.0)
    error = errors.get()
    assert isinstance(error, Error)
    assert error.code() == EC.PeerUnavailable
    assert errors.get(0.02) is None


def test_an_error_has_the_number_of_a_status_of_broker_2_and_is_told_all_the_same(make_endpoint):
    endpoint = make_endpoint()
    statuses = endpoint.make_status_subscriber(True)
    assert not endpoint.peer("127.0.0.1", 1, 0.0)
    assert statuses.get(10.0).code() == EC.PeerUnavailable


def test_the_descriptor_tells_of_a_status(make_endpoint):
    endpoint = make_endpoint()
    statuses = endpoint.make_status_subscriber()
    assert not select.select([statuses.fd()], [], [], 0)[0]
    endpoint.unpeer("127.0.0.1", 1)
    assert select.select([statuses.fd()], [], [], 10)[0]
    assert statuses.available() == 1
    assert statuses.get().code() == EC.PeerInvalid
    assert not select.select([statuses.fd()], [], [], 0)[0]
