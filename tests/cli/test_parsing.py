"""Words of the command line."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.parsing import (
    address_text,
    choice,
    count,
    duration,
    listen_address,
    literal,
    metadata_key,
    optional_duration,
    peer_address,
    store_place,
    time_zone,
)
from broker_core import PeerAddress


def refused(function, *args) -> Failure:
    with pytest.raises(Failure) as caught:
        function(*args)
    assert caught.value.code is ExitCode.USAGE
    return caught.value


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("500ms", 0.5),
        ("5s", 5),
        ("5sec", 5),
        ("2min", 120),
        ("1h", 3600),
        ("1d", 86400),
        ("1.5h", 5400),
        ("3", 3),
        (".5", 0.5),
        ("0", 0),
        ("250us", 250e-6),
    ],
)
def test_durations(text, seconds):
    assert duration("--for", text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "s", "-5s", "5 s", "5M", "1e3", "5mins", "five", "+5", "5s5"])
def test_no_durations(text):
    assert text in refused(duration, "--for", text).message


def test_m_is_ambiguous():
    failure = refused(duration, "--for", "5m")
    assert failure.hint == "write 5min or 5ms"


def test_no_duration_at_all_stays_none():
    assert optional_duration("--for", None) is None
    assert optional_duration("--for", "1s") == 1


def test_counts():
    assert count("-n", "12") == 12
    assert count("-n", "0", 0) == 0
    for text in ("0", "-1", "", "1.5", "x", "\u0661"):
        refused(count, "-n", text)


def test_literals():
    assert literal("KEY", "-5") == -5
    assert literal("KEY", "string:5") == "5"
    assert refused(literal, "KEY", "10.0.0.300").message.startswith("KEY: ")


def test_choices():
    assert choice("-o", "b", ("a", "b")) == "b"
    assert refused(choice, "-o", "c", ("a", "b")).message == "-o: 'c' is none of a, b"
    assert refused(choice, "-o", "c", ("a", "b")).hint == ""
    assert refused(choice, "-o", "ndjsn", ("text", "ndjson")).hint == "did you mean ndjson?"


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("h:9999", "h", 9999),
        ("h", "h", 9999),
        (":1", "127.0.0.1", 1),
        ("[::1]:5", "::1", 5),
        ("[::1]", "::1", 9999),
        ("broker://h:7", "h", 7),
        ("broker://h:7/", "h", 7),
        ("192.0.2.1:65535", "192.0.2.1", 65535),
    ],
)
def test_peers(text, host, port):
    assert peer_address(text) == PeerAddress(host, port, "broker")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "h:0",
        "h:65536",
        "h:x",
        "h:",
        ":",
        "[]:5",
        "[::1]5",
        "[::1]:",
        "h/p:1",
        "u@h:1",
        "a b:1",
        "::1",
        "1:2:3",
        "h:-1",
        "h:٣",
    ],
)
def test_no_peers(text):
    refused(peer_address, text)


def test_other_protocols_are_named():
    assert "udp:// is not supported" in refused(peer_address, "udp://h:27760").message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ws://h", PeerAddress("h", 27759, "ws")),
        ("wss://[::1]:9997/v1/messages/json", PeerAddress("::1", 9997, "wss")),
        ("ws://:1/", PeerAddress("127.0.0.1", 1, "ws")),
        ("zmq://h:27760", PeerAddress("h", 27760, "zmq")),
    ],
)
def test_websocket_addresses(text, expected):
    assert peer_address(text) == expected
    assert peer_address(str(peer_address(text))) == expected


def test_bare_ipv6_says_what_is_meant():
    assert "[::1]:9999" in refused(peer_address, "fe80::1:9999").hint


@given(st.text(max_size=12))
def test_an_address_is_one_or_refused(text):
    try:
        address = peer_address(text)
    except Failure:
        return
    assert address.host
    assert 0 < address.port < 65536
    assert peer_address(str(address)) == address


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("9999", "127.0.0.1", 9999),
        (":9999", "127.0.0.1", 9999),
        ("0", "127.0.0.1", 0),
        ("*:9999", "", 9999),
        ("0.0.0.0:80", "0.0.0.0", 80),
        ("[::]:80", "::", 80),
    ],
)
def test_where_to_listen(text, host, port):
    assert listen_address(text) == (host, port)


def test_listening_needs_a_port():
    assert "port 0" in refused(listen_address, "localhost").hint
    refused(listen_address, "70000")


def test_how_addresses_are_written():
    assert [address_text("h", 1), address_text("::1", 2), address_text("", 3)] == ["h:1", "[::1]:2", "*:3"]


def test_metadata():
    assert metadata_key("network-timestamp=now") == (1, "now")
    assert metadata_key("200=a=b") == (200, "a=b")
    for text in ("199=x", "x=y", "200", "200=", "=x", "-1=x", f"{2**64}=x", "1=x"):
        refused(metadata_key, text)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("db=memory", ("db", "memory", {})),
        ("zeek/known/hosts=sqlite:hosts.sqlite", ("zeek/known/hosts", "sqlite", {"path": "hosts.sqlite"})),
        ("a=rocksdb:/var/lib/a:b=c", ("a", "rocksdb", {"path": "/var/lib/a:b=c"})),
    ],
)
def test_where_a_store_is_kept(text, place):
    assert store_place(text) == place


@pytest.mark.parametrize("text", ["", "db", "=memory", "db=", "db=redis:x", "db=memory:", "db=sqlite", "db=sqlite:"])
def test_what_is_no_place_for_a_store(text):
    assert text in refused(store_place, text).message


@pytest.mark.parametrize(
    ("text", "hours"), [("+02:00", 2), ("-0330", -3.5), ("UTC", 0), ("Etc/GMT-5", 5), ("+00:00", 0)]
)
def test_time_zones(text, hours):
    summer = datetime(2026, 7, 1, tzinfo=time_zone("--ws-zone", text))
    assert summer.utcoffset() == timedelta(hours=hours)


def test_the_time_zone_of_this_machine():
    assert time_zone("--ws-zone", "local") == datetime.now().astimezone().tzinfo


@pytest.mark.parametrize("text", ["", "2", "+25:00", "Mars/Olympus", "../etc/passwd", "/etc/localtime", "+2"])
def test_what_is_no_time_zone(text):
    assert "is no time zone" in refused(lambda zone: time_zone("--ws-zone", zone), text).message
