from __future__ import annotations

import pickle

import pytest

import broker_core
from broker_core.blocking.codes import EC, SC, APIFlags, Backend, Frontend, PeerFlags, PeerStatus, Version


@pytest.mark.parametrize(("ours", "core"), [(EC, broker_core.EC), (SC, broker_core.SC)])
def test_codes_have_the_numbers_and_names_that_peers_use(ours, core):
    names = {int(code): code.name.lower() for code in ours}
    assert names == {int(code): code.name.replace("_", "").lower() for code in core if code or ours is SC}


def test_an_error_code_is_equal_to_its_number_and_nothing_else():
    assert EC.PeerUnavailable == 4 == EC.PeerUnavailable
    assert EC.PeerUnavailable == EC(4)
    assert EC.PeerUnavailable != 5
    assert not EC.PeerUnavailable != 4  # noqa: SIM202  # what the bindings do wrong
    assert EC.PeerUnavailable != "PeerUnavailable"
    assert EC.PeerInvalid != SC.PeerLost
    assert {4: "found"}[EC.PeerUnavailable] == "found"


@pytest.mark.parametrize(
    "member", [SC.PeerLost, Backend.RocksDB, Frontend.Master, APIFlags.Blocking, PeerStatus.Peered]
)
def test_other_members_are_equal_to_themselves_only(member):
    assert member == type(member)(int(member))
    assert member != int(member)
    assert hash(member) == int(member)
    assert repr(member) == f"<{member}: {int(member)}>"
    assert pickle.loads(pickle.dumps(member)) is member
    with pytest.raises(TypeError):
        _ = member < member


def test_members_are_indices():
    assert ["Memory", "SQLite", "RocksDB"][Backend.SQLite] == "SQLite"


def test_flags_can_be_joined():
    both = PeerFlags.Remote | PeerFlags.Inbound
    assert int(both) == 10
    assert PeerFlags.Inbound in both
    assert [0] * both == [0] * 10


@pytest.mark.parametrize(("backend", "kind"), [(Backend.Memory, "memory"), (Backend.RocksDB, "rocksdb")])
def test_a_backend_knows_its_kind(backend, kind):
    assert backend.kind == kind


def test_the_version_is_that_of_the_bindings():
    assert Version.string() == "1.4.0"
    assert [Version.compatible(number) for number in (1, 2, 3)] == [False, True, False]
