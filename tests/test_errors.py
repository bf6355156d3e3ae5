"""The errors: their tree, texts, codes, and that they survive pickling."""

from __future__ import annotations

import pickle

import pytest

from broker_core import errors
from broker_core.errors import EC, SC, BrokerError, Cause

SAMPLES: list[tuple[BrokerError, str, EC]] = [
    (BrokerError("x"), "x", EC.UNSPECIFIED),
    (errors.InvalidValue("bad"), "bad", EC.INVALID_DATA),
    (errors.InvalidValue("bad", "args[2]"), "args[2]: bad", EC.INVALID_DATA),
    (errors.LocalProtocolError("no"), "no", EC.INVALID_MESSAGE),
    (errors.RemoteProtocolError("no", EC.WRONG_MAGIC_NUMBER), "no", EC.WRONG_MAGIC_NUMBER),
    (errors.EncodeError("bad"), "bad", EC.SERIALIZATION_FAILED),
    (errors.EncodeError("bad", "[1]"), "[1]: bad", EC.SERIALIZATION_FAILED),
    (errors.DecodeError("bad"), "bad", EC.DESERIALIZATION_FAILED),
    (errors.DecodeError("bad", 0), "bad at offset 0", EC.DESERIALIZATION_FAILED),
    (errors.DecodeError("bad", 5, "[1]"), "bad at offset 5 in [1]", EC.DESERIALIZATION_FAILED),
    (errors.DecodeError("bad", None, "[1]"), "bad in [1]", EC.DESERIALIZATION_FAILED),
    (errors.LimitExceeded("max_depth", None, 5), "max_depth: more than the allowed 5", EC.DESERIALIZATION_FAILED),
    (
        errors.LimitExceeded("max_frame", 9, 5, 0),
        "max_frame: 9 is above the allowed 5 at offset 0",
        EC.DESERIALIZATION_FAILED,
    ),
    (errors.ConfigurationError("no TLS here"), "no TLS here", EC.UNSPECIFIED),
    (errors.PeerUnavailable("h:1", "refused"), "cannot peer with h:1: refused", EC.PEER_UNAVAILABLE),
    (errors.PeerIncompatible("h:1", "old", "upgrade"), "cannot peer with h:1: old", EC.PEER_INCOMPATIBLE),
    (
        errors.PeerRefused("h:1", "no", code=EC.REDUNDANT_CONNECTION),
        "cannot peer with h:1: no",
        EC.REDUNDANT_CONNECTION,
    ),
    (errors.PeerTimeout("h:1", "slow"), "cannot peer with h:1: slow", EC.PEER_TIMEOUT),
    (errors.StoreError("it is closed"), "it is closed", EC.UNSPECIFIED),
    (errors.StoreError("it is closed", "db", EC.SHUTTING_DOWN), "store db: it is closed", EC.SHUTTING_DOWN),
    (errors.NoSuchKey("no such key: 1", "db"), "store db: no such key: 1", EC.NO_SUCH_KEY),
    (errors.TypeClash("cannot add real to count"), "cannot add real to count", EC.TYPE_CLASH),
    (errors.TypeClash("a table takes pairs", code=EC.INVALID_DATA), "a table takes pairs", EC.INVALID_DATA),
    (errors.NoSuchMaster("no peer has it", "db"), "store db: no peer has it", EC.NO_SUCH_MASTER),
    (errors.MasterExists("a peer has it", "db"), "store db: a peer has it", EC.MASTER_EXISTS),
    (errors.StaleData("never synchronized", "db"), "store db: never synchronized", EC.STALE_DATA),
    (errors.StoreTimeout("no answer", "db"), "store db: no answer", EC.REQUEST_TIMEOUT),
    (errors.BackendFailure("disk full", "db"), "store db: disk full", EC.BACKEND_FAILURE),
    (errors.BadRecording("a.rec", "no recording"), "a.rec: no recording", EC.INVALID_DATA),
    (errors.BadRecording("a.rec", "wrong checksum", 17), "a.rec: wrong checksum at offset 17", EC.INVALID_DATA),
    (errors.RecordingFailure("a.rec", "no such file"), "a.rec: no such file", EC.CANNOT_OPEN_FILE),
    (errors.RecordingFailure("a.rec", "full", EC.CANNOT_WRITE_FILE), "a.rec: full", EC.CANNOT_WRITE_FILE),
    (errors.UndeliveredError({"a": 1}), "1 published message not confirmed by: a (1)", EC.REQUEST_TIMEOUT),
    (
        errors.UndeliveredError({"a": 1, "b": 2}),
        "3 published messages not confirmed by: a (1), b (2)",
        EC.REQUEST_TIMEOUT,
    ),
]


@pytest.mark.parametrize(("error", "text", "code"), SAMPLES, ids=lambda x: type(x).__name__)
def test_text_code_and_pickling(error: BrokerError, text: str, code: EC) -> None:
    assert str(error) == text
    assert error.code is code
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == text
    assert again.code is code
    assert vars(again) == vars(error)


def test_every_error_has_a_sample() -> None:
    classes = {getattr(errors, name) for name in errors.__all__} - {EC, SC, Cause}
    abstract = {errors.ProtocolError, errors.CodecError, errors.PeeringError, errors.RecordingError}
    assert {type(error) for error, _, _ in SAMPLES} == classes - abstract
    assert all(issubclass(kind, BrokerError) for kind in classes)


def test_the_tree() -> None:
    assert issubclass(errors.InvalidValue, ValueError)
    assert issubclass(errors.LimitExceeded, errors.DecodeError)
    assert issubclass(errors.DecodeError, errors.CodecError)
    assert issubclass(errors.RemoteProtocolError, errors.ProtocolError)
    assert issubclass(errors.PeerTimeout, errors.PeeringError)
    assert errors.PeerIncompatible("h", "r", "hint").hint == "hint"
    assert errors.TypeClash("x", "db").store == "db"
    stores = ("BackendFailure", "MasterExists", "NoSuchKey", "NoSuchMaster", "StaleData", "StoreTimeout", "TypeClash")
    assert all(issubclass(getattr(errors, name), errors.StoreError) for name in stores)


def test_codes_have_the_labels_of_cpp() -> None:
    assert EC.NO_SUCH_KEY.label == "no_such_key"
    assert SC.from_label("peer_added") is SC.PEER_ADDED
    assert [code.value for code in EC] == list(range(41))
    assert [code.value for code in SC] == list(range(6))
    with pytest.raises(KeyError):
        EC.from_label("nonsense")
