from __future__ import annotations

import pytest

import broker_core
from broker_core import NIL, EndpointId, ErrorNotice, NoSuchKey
from broker_core.blocking.codes import EC, SC, PeerFlags, PeerStatus
from broker_core.blocking.status import (
    EndpointInfo,
    Error,
    NetworkInfo,
    OptionalNetworkInfo,
    PeerInfo,
    Status,
    error_from,
    from_notice,
)

ID = EndpointId.parse("6d4f5b0e-7b0b-4f0e-9c39-5f4f1f6b8a11")
SOMEBODY = broker_core.EndpointInfo(ID, broker_core.NetworkInfo("10.0.0.1", 9999))
UNKNOWN = broker_core.EndpointInfo(NIL, broker_core.NetworkInfo("10.0.0.1", 9999))


def test_a_status_has_code_context_and_message():
    status = from_notice(broker_core.Status(broker_core.SC.PEER_ADDED, SOMEBODY, "handshake successful"))
    assert isinstance(status, Status)
    assert status.code() is SC.PeerAdded
    assert status.message() == "handshake successful"
    context = status.context()
    assert (context.node_id(), context.network.get()) == (str(ID), NetworkInfo("10.0.0.1", 9999))
    assert str(status) == repr(status) == f'peer_added({ID}, 10.0.0.1:9999, "handshake successful")'


def test_a_status_of_ones_own():
    assert Status().code() is SC.Unspecified
    assert Status().context() is None
    assert str(Status()) == 'unspecified("")'


def test_an_error_has_code_context_and_message():
    error = from_notice(ErrorNotice(broker_core.EC.PEER_UNAVAILABLE, UNKNOWN, "nobody there"))
    assert isinstance(error, Error)
    assert type(error.code()) is int
    assert error.code() == EC.PeerUnavailable
    assert error.message() == "nobody there"
    assert error.context().node_id() == ""
    assert str(error) == repr(error) == """error(4, 'broker', (invalid-node, *10.0.0.1:9999, "nobody there"))"""


def test_an_error_without_a_context():
    error = error_from(NoSuchKey("no such key: x", "store"))
    assert (error.code(), error.context()) == (EC.NoSuchKey, None)
    assert str(error) == """error(9, 'broker', ("store store: no such key: x"))"""


def test_no_error():
    assert (Error().code(), Error().context(), Error().message(), str(Error())) == (0, None, "", "none")
    assert Error() == Error()
    assert Error() != EC.Unspecified


def test_reports_are_equal_to_their_codes_as_in_cpp():
    lost = Status(broker_core.Status(broker_core.SC.PEER_LOST, SOMEBODY, "x"))
    invalid = Error(ErrorNotice(broker_core.EC.PEER_INVALID))
    assert lost == SC.PeerLost
    assert invalid == EC.PeerInvalid
    assert EC.PeerInvalid == invalid
    assert lost != invalid
    assert lost not in {SC.PeerAdded, EC.PeerInvalid, 3}
    assert len({lost, Status(broker_core.Status(broker_core.SC.PEER_LOST, SOMEBODY, "x"))}) == 1
    assert len({invalid, Error(ErrorNotice(broker_core.EC.PEER_INVALID))}) == 1


def test_an_optional_address():
    here = OptionalNetworkInfo(NetworkInfo("::1", 9999))
    nowhere = OptionalNetworkInfo()
    assert (here.is_set(), bool(here), str(here)) == (True, True, "*::1:9999")
    assert (nowhere.is_set(), bool(nowhere), str(nowhere)) == (False, False, "none")
    with pytest.raises(ValueError, match="not known"):
        nowhere.get()
    assert here == OptionalNetworkInfo(NetworkInfo("::1", 9999)) != nowhere
    assert len({here, OptionalNetworkInfo(NetworkInfo("::1", 9999))}) == 1


def test_an_endpoint_is_shown_as_its_id():
    assert str(EndpointInfo.of(SOMEBODY)) == str(ID)
    assert str(EndpointInfo.of(UNKNOWN)) == "invalid-node"
    assert EndpointInfo.of(SOMEBODY) == EndpointInfo.of(SOMEBODY) != EndpointInfo.of(UNKNOWN)


@pytest.mark.parametrize(
    ("address", "direction", "network", "flags"),
    [
        ("10.0.0.1:9999", "out", NetworkInfo("10.0.0.1", 9999), 14),
        ("[2001:db8::1]:9999", "in", NetworkInfo("2001:db8::1", 9999), 14),
        ("", "local", None, 1),
    ],
)
def test_a_peering_as_the_bindings_show_it(address, direction, network, flags):
    peer = PeerInfo.of(broker_core.PeerInfo(ID, address, direction, "off", (), 0, 0, 0, 0))
    assert peer.peer.node_id() == str(ID)
    assert peer.peer.network == OptionalNetworkInfo(network)
    assert peer.flags == PeerFlags(flags)
    assert peer.status is PeerStatus.Peered
