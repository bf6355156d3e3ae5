"""Status and error notices: C++'s texts and the layouts of their values."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.codecs import binary
from broker_core.errors import EC, SC, DecodeError, InvalidValue
from broker_core.messages import notices
from broker_core.messages.notices import EndpointInfo, ErrorNotice, NetworkInfo, Status
from broker_core.model import NIL, Count, EndpointId, EnumValue, Port

UUID = "768b0ad0-1a0b-526c-8cf6-11569eb41428"
PEER = EndpointId.parse(UUID)
NOBODY = "00000000-0000-0000-0000-000000000000"
HERE = NetworkInfo("127.0.0.1", 9999, retry=10)


@pytest.mark.parametrize(
    ("notice", "text"),
    [
        (
            Status(SC.PEER_ADDED, EndpointInfo(PEER, HERE), notices.PEER_ADDED),
            f'peer_added({UUID}, 127.0.0.1:9999, "handshake successful")',
        ),
        (
            Status(SC.ENDPOINT_DISCOVERED, EndpointInfo(PEER), notices.ENDPOINT_DISCOVERED),
            f'endpoint_discovered({UUID}, "found a new peer in the network")',
        ),
        (Status(SC.UNSPECIFIED), "unspecified"),
        (
            ErrorNotice(EC.PEER_UNAVAILABLE, EndpointInfo(NIL, HERE), notices.CANNOT_CONNECT),
            f'peer_unavailable(endpoint_info({NOBODY}, *127.0.0.1:9999), "unable to connect to remote peer")',
        ),
        (
            ErrorNotice(EC.PEER_INVALID, EndpointInfo(PEER), notices.UNKNOWN_PEER),
            f'peer_invalid(endpoint_info({UUID}, none), "cannot unpeer from unknown peer")',
        ),
        (ErrorNotice(EC.NO_SUCH_KEY, message="k"), 'no_such_key("k")'),
        (ErrorNotice(EC.NONE), "none"),
    ],
)
def test_text_of_cpp(notice: object, text: str) -> None:
    assert str(notice) == text


@pytest.mark.parametrize(
    ("notice", "value"),
    [
        (EndpointInfo(PEER, HERE), (UUID, "127.0.0.1", Port(9999, "tcp"), Count(10))),
        (EndpointInfo(PEER), (UUID, None, None, None)),
        (EndpointInfo(NIL, NetworkInfo("::1", 1)), (None, "::1", Port(1, "tcp"), Count(0))),
        (EndpointInfo(NIL), (None, None, None, None)),
        (
            Status(SC.PEER_LOST, EndpointInfo(PEER), "lost"),
            ("status", EnumValue("peer_lost"), (UUID, None, None, None), "lost"),
        ),
        (Status(SC.UNSPECIFIED), ("status", EnumValue("unspecified"), None, None)),
        (ErrorNotice(EC.NONE), ("error", EnumValue("none"), None)),
        (ErrorNotice(EC.NO_SUCH_KEY, message="k"), ("error", EnumValue("no_such_key"), ("k",))),
        (
            ErrorNotice(EC.PEER_UNAVAILABLE, EndpointInfo(NIL), "m"),
            ("error", EnumValue("peer_unavailable"), ((None, None, None, None), "m")),
        ),
        (
            ErrorNotice(EC.PEER_INVALID, EndpointInfo(PEER), ""),
            ("error", EnumValue("peer_invalid"), ((UUID, None, None, None), "")),
        ),
    ],
)
def test_layout(notice: Any, value: Any) -> None:
    assert notice.to_value() == value
    assert binary.encode(notice.to_value()) == binary.encode(value)
    assert type(notice).from_value(value) == notice


infos = st.builds(
    EndpointInfo,
    st.binary(min_size=16, max_size=16).map(EndpointId),
    st.none()
    | st.builds(NetworkInfo, st.text(st.characters(codec="utf-8")), st.integers(0, 65535), st.integers(0, 2**64 - 1)),
)
messages = st.text(st.characters(codec="utf-8"))
all_notices = (
    infos
    | st.builds(Status, st.sampled_from([code for code in SC if code]), infos, messages)
    | st.builds(ErrorNotice, st.sampled_from(EC), st.none() | infos, messages)
)


@given(all_notices)
def test_any_notice_comes_back(notice: Any) -> None:
    assert type(notice).from_value(binary.decode(binary.encode(notice.to_value()))) == notice
    assert hash(copy.deepcopy(notice)) == hash(pickle.loads(pickle.dumps(notice))) == hash(notice)
    assert str(notice)


def test_reasons_from_peers_may_be_any_bytes() -> None:
    notice = ErrorNotice(EC.PEER_INVALID, message=b"\xff".decode("utf-8", "surrogateescape"))
    assert notice.to_value() == ("error", EnumValue("peer_invalid"), (b"\xff",))
    assert ErrorNotice.from_value(notice.to_value()) == notice


def test_retry_is_cut_to_whole_seconds() -> None:
    info = EndpointInfo(NIL, NetworkInfo("h", 1, retry=1.9))
    assert info.to_value() == (None, "h", Port(1), Count(1))


def test_reason_of_a_removal() -> None:
    assert notices.peer_removed_because("shutting down") == "removed connection to remote peer (shutting down)"
    assert notices.peer_removed_because("") == notices.PEER_REMOVED


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: NetworkInfo(5, 1), "address: a str is needed, not int"),
        (lambda: NetworkInfo("h", 65536), "port number 65536 is outside 0 .. 65535"),
        (lambda: NetworkInfo("h", "1"), "a port number is an int, not str"),
        (lambda: NetworkInfo("h", 1, -1), "retry: -1 is no number of seconds (0 .. 2**64-1)"),
        (lambda: NetworkInfo("h", 1, float("inf")), "retry: inf is no number of seconds (0 .. 2**64-1)"),
        (lambda: NetworkInfo("h", 1, 2.0**64), "retry: 1.8446744073709552e+19 is no number of seconds"),
        (lambda: NetworkInfo("h", 1, "1"), "retry: '1' is no number of seconds (0 .. 2**64-1)"),
        (lambda: EndpointInfo(UUID), "id: an EndpointId is needed, not str"),
        (lambda: EndpointInfo(PEER, "h:1"), "network: a NetworkInfo is needed, not str"),
        (lambda: Status(SC.PEER_ADDED), "context: a status has a context and a message"),
        (lambda: Status(SC.UNSPECIFIED, EndpointInfo(PEER)), "context: a status has a context and a message"),
        (lambda: Status(SC.UNSPECIFIED, None, "x"), "context: a status has a context and a message"),
        (lambda: Status(1, EndpointInfo(PEER), ""), "code: 1 is no SC"),
        (lambda: ErrorNotice(SC.PEER_ADDED), "code: <SC.PEER_ADDED: 1> is no EC"),
        (lambda: ErrorNotice(EC.NONE, PEER), "context: an EndpointInfo is needed, not EndpointId"),
        (lambda: ErrorNotice(EC.NONE, None, None), "message: a str is needed, not NoneType"),
        (lambda: ErrorNotice(EC.NONE, None, "\ud800"), "message: string with a lone surrogate at 0"),
    ],
)
def test_wrong_parts_are_refused(make: Any, problem: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        make()
    assert str(caught.value).startswith(problem)


INFO = (UUID, "h", Port(1, "tcp"), Count(0))
CODE = EnumValue("peer_added")


@pytest.mark.parametrize(
    ("kind", "value", "problem"),
    [
        (EndpointInfo, INFO[:3], "an endpoint info is a vector of four: id, address, port, retry interval"),
        (EndpointInfo, list(INFO), "an endpoint info is a vector of four: id, address, port, retry interval"),
        *[
            (EndpointInfo, (name, *INFO[1:]), "the id of an endpoint info is none or a string with a UUID in [0]")
            for name in ("", "x", b"\xff", 1, PEER, (), UUID.replace("-", ""))
        ],
        *[
            (EndpointInfo, info, "address, port and retry interval are all none, or string, tcp port and count")
            for info in [
                (UUID, None, *INFO[2:]),
                (UUID, "h", None, None),
                (UUID, "h", Port(1, "udp"), Count(0)),
                (UUID, "h", Count(1), Count(0)),
            ]
        ],
        (EndpointInfo, (*INFO[:3], None), "the retry interval of an endpoint info is a count in [3]"),
        (EndpointInfo, (*INFO[:3], 1), "the retry interval of an endpoint info is a count in [3]"),
        (Status, "status", 'a status is a vector of four: "status", code, endpoint info, message'),
        (Status, ("error", CODE, INFO, ""), 'a status is a vector of four: "status", code, endpoint info, message'),
        (Status, ("status", CODE, INFO), 'a status is a vector of four: "status", code, endpoint info, message'),
        (Status, ("status", "peer_added", INFO, ""), "string is no status code in [1]"),
        (Status, ("status", EnumValue("PEER_ADDED"), INFO, ""), "enum-value PEER_ADDED is no status code in [1]"),
        (Status, ("status", EnumValue("no_such_key"), INFO, ""), "enum-value no_such_key is no status code in [1]"),
        (
            Status,
            ("status", CODE, (1, *INFO[1:]), ""),
            "the id of an endpoint info is none or a string with a UUID in [2][0]",
        ),
        (
            Status,
            ("status", CODE, None, None),
            "an endpoint info is a vector of four: id, address, port, retry interval in [2]",
        ),
        (Status, ("status", CODE, INFO, None), "the message of a status is a string in [3]"),
        *[
            (
                Status,
                ("status", EnumValue("unspecified"), *rest),
                "a status with code unspecified has no context and no message in [2]",
            )
            for rest in [(INFO, ""), (INFO, None), (None, "")]
        ],
        (ErrorNotice, (), 'an error is a vector of three: "error", code, context'),
        (ErrorNotice, ("status", CODE, None), 'an error is a vector of three: "error", code, context'),
        (ErrorNotice, ("error", CODE, None), "enum-value peer_added is no error code in [1]"),
        (ErrorNotice, ("error", EnumValue(b"\xff"), None), "enum-value \\xff is no error code in [1]"),
        *[
            (
                ErrorNotice,
                ("error", EnumValue("none"), context),
                "the context of an error is none, [string] or [endpoint info, string] in [2]",
            )
            for context in ["x", (), (1,), (INFO, 1), (INFO, "x", "y")]
        ],
        (
            ErrorNotice,
            ("error", EnumValue("none"), ("x", "y")),
            "an endpoint info is a vector of four: id, address, port, retry interval in [2][0]",
        ),
    ],
)
def test_other_values_are_refused(kind: Any, value: Any, problem: str) -> None:
    with pytest.raises(DecodeError) as caught:
        kind.from_value(value)
    assert str(caught.value) == problem


def test_notices_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Status(SC.UNSPECIFIED).message = "x"  # type: ignore[misc]
