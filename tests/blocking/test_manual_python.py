"""Every example of section 2.5 of Broker's manual (1.2.8), as it stands there."""

from __future__ import annotations

import datetime as dt
import ipaddress

import pytest

import broker_core.blocking as broker


def test_section_2_5_2_communication(run):
    names = run("""
        ep1 = broker.Endpoint()
        ep2 = broker.Endpoint()

        s1 = ep1.make_subscriber("/test")
        s2 = ep2.make_subscriber("/test")

        port = ep1.listen("127.0.0.1", 0)
        ep2.peer("127.0.0.1", port, 1.0)

        ep2.publish("/test", ["ping"])
        (t, d) = s1.get()
        # t == "/test", d == ["ping"]
    """)
    assert names["t"] == "/test"
    assert list(names["d"]) == ["ping"]
    names = run(
        """
        msg1 = ("/test/2", (1, 2, 3))
        msg2 = ("/test/3", (42, "foo", {"a": "A", "b": ipaddress.IPv4Address('1.2.3.4')}))
        ep2.publish_batch(msg1, msg2)
        """,
        **names,
    )
    assert names["s1"].get(2) == [names["msg1"], names["msg2"]]


def test_section_2_5_3_ping(run, zeek, capsys):
    port, thread = zeek
    example = """
        # ping.py
        import sys

        # Setup endpoint and connect to Zeek.
        ep = broker.Endpoint()
        sub = ep.make_subscriber("/topic/test")
        ss = ep.make_status_subscriber(True);
        ep.peer("127.0.0.1", 9999)

        # Wait until connection is established.
        st = ss.get()

        if not (type(st) == broker.Status and st.code() == broker.SC.PeerAdded):
            print("could not connect")
            sys.exit(0)

        for n in range(5):
            # Send event "ping(n)".
            ping = broker.zeek.Event("ping", n);
            ep.publish("/topic/test", ping);

            # Wait for "pong" reply event.
            (t, d) = sub.get()
            pong = broker.zeek.Event(d)
            print("received {}{}".format(pong.name(), pong.args()))
    """
    run(example.replace("9999", str(port)))
    thread.join()
    assert capsys.readouterr().out == "".join(f"received pong[{n}]\n" for n in range(5))


@pytest.mark.parametrize(
    ("kind", "python"),
    [
        ("Boolean", True),
        ("Count", broker.Count(5)),
        ("Integer", -5),
        ("Real", 1.5),
        ("Timespan", dt.timedelta(seconds=1.5)),
        ("Timestamp", dt.datetime(2020, 1, 1, tzinfo=dt.UTC)),
        ("String", "text"),
        ("Address", ipaddress.IPv4Address("1.2.3.4")),
        ("Address", ipaddress.IPv6Address("2001:db8::1")),
        ("Subnet", ipaddress.IPv4Network("10.0.0.0/8")),
        ("Subnet", ipaddress.IPv6Network("2001:db8::/32")),
        ("Port", broker.Port(22, broker.Port.TCP)),
        ("Vector", (1, "a", (2.5,))),
        ("Set", {1, "a"}),
        ("Table", {"a": 1, (1, 2): {3}}),
    ],
)
def test_section_2_5_4_data_model(kind, python):
    data = broker.Data(python)
    assert data.get_type() == getattr(broker.Data.Type, kind)
    back = broker.Data.to_py(data)
    assert back == python
    assert type(back) is type(python)


def test_section_2_5_4_a_list_comes_back_as_a_tuple():
    assert broker.Data.to_py(broker.Data([1, 2, 3])) == (1, 2, 3)


def test_section_2_5_5_errors(run):
    names = run("""
        ep1 = broker.Endpoint()
        es1 = ep1.make_status_subscriber()
        r = ep1.peer("127.0.0.1", 1947, 0.0) # Try unavailable port, no retry
        st1 = es1.get()
        # s1.code() == broker.EC.PeerUnavailable
    """)
    assert names["r"] is False
    assert names["st1"].code() == broker.EC.PeerUnavailable


def test_section_2_5_5_statuses(run):
    names = run("""
        ep1 = broker.Endpoint()
        ep2 = broker.Endpoint()
        es1 = ep1.make_status_subscriber(True)
        es2 = ep2.make_status_subscriber(True)
        port = ep1.listen("127.0.0.1", 0)
        ep2.peer("127.0.0.1", port, 1.0)
        st1 = es1.get()
        st2 = es2.get()
        # st1.code() == broker.SC.PeerAdded, st2.code() == broker.SC.PeerAdded
    """)
    assert names["st1"].code() == broker.SC.PeerAdded
    assert names["st2"].code() == broker.SC.PeerAdded


def test_section_2_5_6_data_stores(run):
    names = run("""
        ep1 = broker.Endpoint()
        m = ep1.attach_master("test", broker.Backend.Memory)
        m.put("key", "value")
        x = m.get("key")
        # x == "value"
    """)
    assert names["x"] == "value"
    m = names["m"]
    for key, value in {"e": 1, "f": 1, "str": "b", "set": {1, 2}, "table": {1: "A"}, "vec": [1, 2]}.items():
        m.put(key, value)
    run(
        """
        m.increment("e", 1)
        m.decrement("f", 1)
        m.append("str", "ar")
        m.insert_into("set", 3)
        m.remove_from("set", 1)
        m.insert_into("table", 3, "D")
        m.remove_from("table", 1)
        m.push("vec", 3)
        m.push("vec", 4)
        m.pop("vec")
        """,
        m=m,
    )
    values = [m.get(key) for key in ("e", "f", "str", "set", "table", "vec")]
    assert values == [2, 0, "bar", {2, 3}, {3: "D"}, (1, 2, 3)]
