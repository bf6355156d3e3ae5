"""Every example of sections 2.2 to 2.4 of Broker's manual (1.2.8), which are C++ there, in their Python form."""

from __future__ import annotations

import datetime as dt
import ipaddress
import select

import pytest

import broker_core.blocking as broker


def poll(descriptor):
    """The two lines that C++ has for it."""
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    return poller.poll(10_000) == [(descriptor, select.POLLIN)]


# -- 2.2 Communication ------------------------------------------------------------------------------------------------


def test_section_2_2_1_peerings(endpoint):
    ep0 = endpoint()
    sub0 = ep0.make_subscriber(["/topic/test"])
    port = ep0.listen("127.0.0.1", 0)
    ep1 = endpoint()
    sub1 = ep1.make_subscriber(["/topic/test"])
    assert ep1.peer("127.0.0.1", port)
    ep1.publish("/topic/test", "to 0")
    ep0.publish("/topic/test", "to 1")
    assert sub0.get() == ("/topic/test", "to 0")
    assert sub1.get() == ("/topic/test", "to 1")


@pytest.fixture(name="pair")
def make_pair(endpoint):
    """Two peers, the first of which subscribed to /topic/test, and its subscriber."""
    receiver, sender = endpoint(), endpoint()
    sub = receiver.make_subscriber(["/topic/test"])
    assert sender.peer("127.0.0.1", receiver.listen("127.0.0.1", 0))
    return sender, sub


def test_section_2_2_1_sending_data(pair):
    ep, sub = pair
    ep.publish("/topic/test", "42")  # Message is a single number.
    ep.publish("/topic/test", [1, 2, 3])  # Message is a vector of values.
    assert sub.get(2) == [("/topic/test", "42"), ("/topic/test", (1, 2, 3))]


def test_section_2_2_1_a_publisher_for_a_topic(pair):
    ep, sub = pair
    pub = ep.make_publisher("/topic/test")
    pub.publish("42")  # Message is a single number.
    pub.publish([1, 2, 3])  # Message is a vector.
    assert sub.get(2) == [("/topic/test", "42"), ("/topic/test", (1, 2, 3))]


def test_section_2_2_1_receiving_data(pair, run, capsys):
    ep, sub = pair
    ep.publish("/topic/test", [1, "a"])
    run(
        """
        (topic, data) = sub.get()
        print("topic:", topic, "data:", broker.Data(data))
        """,
        sub=sub,
    )
    assert capsys.readouterr().out == "topic: /topic/test data: (1, a)\n"


def test_section_2_2_1_available_and_poll(pair):
    ep, sub = pair
    assert not sub.available()
    assert sub.poll() == []
    assert sub.get(0.0) is None
    ep.publish_batch(("/topic/test", 1), ("/topic/test", 2), ("/topic/test", 3))
    first = sub.get(3)
    ep.publish("/topic/test", 4)
    assert poll(sub.fd())
    if sub.available():
        assert sub.get() == ("/topic/test", 4)  # Won't block now.
    assert [data for _, data in first] == [1, 2, 3]
    for _ in sub.poll():  # Iterate over all available messages
        pytest.fail("there are none")


def test_section_2_2_1_a_descriptor_for_event_loops(pair):
    ep, sub = pair
    fd = sub.fd()
    ep.publish("/topic/test", "x")
    assert poll(fd)
    assert sub.get() == ("/topic/test", "x")  # Won't block now.
    assert not select.select([fd], [], [], 0)[0]


def test_section_2_2_1_errors(run, capsys):
    names = run(
        """
        ep = broker.Endpoint()
        ss = ep.make_status_subscriber()
        ep.peer("127.0.0.1", 1, 0.0)
        assert poll(ss.fd())

        if ss.available():
            err = ss.get() # Won't block now.
            print("Broker error:{}, {}".format(err.code(), err))
        """,
        poll=poll,
    )
    assert names["err"].code() == broker.EC.PeerUnavailable
    assert capsys.readouterr().out.startswith("Broker error:4, error(4, 'broker', (invalid-node, *127.0.0.1:1, ")


@pytest.mark.parametrize(
    ("number", "name"),
    list(
        enumerate(
            [
                "Unspecified",
                "PeerIncompatible",
                "PeerInvalid",
                "PeerUnavailable",
                None,  # not in the manual
                "PeerTimeout",
                "MasterExists",
                "NoSuchMaster",
                "NoSuchKey",
                "RequestTimeOut",
                "TypeClash",
                "InvalidData",
                "BackendFailure",
                "StaleData",
            ],
            1,
        )
    ),
)
def test_section_2_2_1_error_codes(number, name):
    assert name is None or int(getattr(broker.EC, name)) == number


def test_section_2_2_1_status_codes():
    assert [int(broker.SC[name]) for name in ("Unspecified", "PeerAdded", "PeerRemoved", "PeerLost")] == [0, 1, 2, 3]


def test_section_2_2_1_statuses_have_a_context_and_a_message(endpoint):
    ep, other = endpoint(), endpoint()
    ss = ep.make_status_subscriber(True)
    assert ep.peer("127.0.0.1", other.listen("127.0.0.1", 0), 1.0)
    status = ss.get()
    assert status.code() == broker.SC.PeerAdded
    assert status.context().node_id() == other.node_id()
    assert status.message() == "handshake successful"


def test_section_2_2_2_forwarding(endpoint):
    left, middle, right = endpoint(), endpoint(), endpoint()
    sub = right.make_subscriber("/topic/test")
    middle.forward(["/topic/test"])
    port = middle.listen("127.0.0.1", 0)
    assert right.peer("127.0.0.1", port)
    assert left.peer("127.0.0.1", port)
    left.publish("/topic/test", "through")
    assert sub.get() == ("/topic/test", "through")


def test_section_2_2_2_options_of_forwarding(endpoint):
    options = broker.BrokerOptions()
    assert (options.forward, options.ttl) == (True, 20)
    options.forward = False
    left, middle, right = endpoint(), endpoint(broker.Configuration(options)), endpoint()
    sub, seen = right.make_subscriber("/topic/test"), middle.make_subscriber("/topic/test")
    port = middle.listen("127.0.0.1", 0)
    assert right.peer("127.0.0.1", port)
    assert left.peer("127.0.0.1", port)
    left.publish("/topic/test", "not further")
    assert seen.get() == ("/topic/test", "not further")
    middle.publish("/topic/test", "own")
    assert sub.get() == ("/topic/test", "own")


def test_section_2_2_3_ping_in_its_cpp_form(run, zeek, capsys):
    port, thread = zeek
    example = """
        # Setup endpoint and connect to Zeek.
        ep = broker.Endpoint()
        sub = ep.make_subscriber(["/topic/test"])
        ss = ep.make_status_subscriber(True)
        ep.peer("127.0.0.1", 9999)

        # Wait until connection is established.
        st = ss.get()

        if not (isinstance(st, broker.Status) and st.code() == broker.SC.PeerAdded):
            raise SystemExit("could not connect")

        for n in range(5):
            # Send event "ping(n)".
            ping = broker.zeek.Event("ping", n)
            ep.publish("/topic/test", ping)

            # Wait for "pong" reply event.
            (topic, data) = sub.get()
            pong = broker.zeek.Event(data)
            print("received {}{}".format(pong.name(), pong.args()))
    """
    run(example.replace("9999", str(port)))
    thread.join()
    assert capsys.readouterr().out == "".join(f"received pong[{n}]\n" for n in range(5))


# -- 2.3 Data model ---------------------------------------------------------------------------------------------------


def test_section_2_3_the_order_of_types():
    # "an integer will always be smaller than a count": so it was once; for every C++ Broker it is the other way round.
    assert broker.Data(broker.Count(10**9)) < broker.Data(0)
    assert {broker.Data(1): "an index", broker.Data(True): "another"}[broker.Data(1)] == "an index"


def test_section_2_3_1_types():
    assert broker.Data().get_type() == broker.Data.Type.Nil
    assert str(broker.Timespan(1.5)) == "1500000000ns"
    before = dt.datetime.now(broker.utc)
    now = broker.Data.to_py(broker.Data(broker.now()))
    assert before - dt.timedelta(milliseconds=1) <= now <= dt.datetime.now(broker.utc)
    address = broker.Address(ipaddress.ip_address("10.1.2.3").packed, 4)
    assert address.mask(96 + 16)
    assert str(address) == "10.1.0.0"
    assert str(broker.Subnet(address, 16)) == "10.1.0.0/16"
    assert str(broker.Port(8, broker.Port.ICMP)) == "8/icmp"


def test_section_2_3_2_querying_a_type():
    x = broker.Data("text")
    if x.get_type() == broker.Data.Type.Integer:
        pytest.fail("it is none")
    assert x.as_string() == b"text"
    with pytest.raises(TypeError):  # C++: std::bad_cast on type clash
        x.as_integer()


def test_section_2_3_2_a_visitor(run, capsys):
    run("""
        def visitor(x):
            match broker.Data.to_py(x):
                case float() as r:
                    print(r)
                case int() as i:
                    print(i)
                case _:
                    print(":-(")

        x = broker.Data(42)
        visitor(x) # prints 42
        x = broker.Data(4.2)
        visitor(x) # prints 4.2
        x = broker.Data("42")
        visitor(x) # prints :-(
    """)
    assert capsys.readouterr().out == "42\n4.2\n:-(\n"


# -- 2.4 Data stores --------------------------------------------------------------------------------------------------


def test_section_2_4_2_construction(endpoint, tmp_path):
    ep = endpoint()
    ds = ep.attach_master("foo", broker.Backend.Memory)
    assert ds.name() == "foo"
    x = ep.attach_master("file", broker.Backend.SQLite, {"path": str(tmp_path / "file.sqlite")})
    x.put("a", 1)
    assert x.get("a") == 1
    assert ep.attach_master("bad", broker.Backend.SQLite, {"path": str(tmp_path)}) is None  # a directory
    assert ep.attach_clone("foo") is None


def test_section_2_4_2_modification(endpoint):
    ds = endpoint().attach_master("foo", broker.Backend.Memory)
    ds.put("key", 1)
    ds.put("short", 1, 0.05)
    ds.erase("key")
    ds.erase("key")
    assert not ds.exists("key")
    ds.increment("n", 5)
    ds.decrement("n", 2)
    ds.append("s", "foo")
    ds.append("s", "bar")
    ds.insert_into("set", 3)
    ds.insert_into("table", 3, "D")
    ds.push("vec", 1)
    ds.push("vec", 2)
    ds.pop("vec")
    ds.remove_from("set", 3)
    ds.remove_from("table", 3)
    assert [ds.get(key) for key in ("n", "s", "set", "table", "vec")] == [3, "foobar", set(), {}, (1,)]
    ds.clear()
    assert ds.keys() == set()


def test_section_2_4_2_direct_retrieval(run, endpoint, capsys):
    ds = endpoint().attach_master("foo", broker.Backend.Memory)
    ds.put("foo", 42)
    example = """
        result = ds.get("foo")

        if result is not None:
            print(result) # Print current value of 'foo'.
        else:
            print("could not retrieve value at key 'foo'")
    """
    run(example, ds=ds)
    ds.erase("foo")
    run(example, ds=ds)
    assert capsys.readouterr().out == "42\ncould not retrieve value at key 'foo'\n"
    assert ds.exists("foo") is False
    ds.put("set", {1})
    assert ds.get_index_from_value("set", 1) is True
    assert ds.get_index_from_value("set", 2) is False
    assert ds.get_index_from_value("foo", 1) is None
    assert ds.keys() == {"set"}


def test_section_2_4_2_direct_retrieval_at_a_clone(endpoint):
    ep, other = endpoint(), endpoint()
    assert ep.attach_clone("far").get("foo") is None  # stale_data: it has yet to synchronize
    ds = ep.attach_master("foo", broker.Backend.Memory)
    ds.put("foo", 42)
    assert other.peer("127.0.0.1", ep.listen("127.0.0.1", 0))
    clone = other.attach_clone("foo")
    assert clone.wait_synchronized()
    clone.increment("foo", 1)
    clone.flush()
    assert ds.get("foo") == clone.get("foo") == 43


def test_section_2_4_2_proxy_retrieval(run, endpoint, capsys):
    ds = endpoint().attach_master("foo", broker.Backend.Memory)
    names = run(
        """
        # Add a value to a data store (master or clone).
        ds.put("foo", 42)
        # Create a proxy.
        proxy = broker.Store.Proxy(ds)
        # Perform an asynchyronous request to look up a value.
        id = proxy.get("foo")
        # Get a file descriptor for event loops.
        fd = proxy.mailbox().descriptor()
        # Wait for result.
        assert poll(fd)
        response = proxy.receive() # Retrieve result, won't block now.
        assert response.id == id
        # Check whether we got data or an error.
        if response.answer:
            print(response.answer) # may print 42
        elif response.answer.error() == broker.EC.NoSuchKey:
            print("no such key: 'foo'")
        else:
            print("failed to retrieve value at key 'foo'")
        """,
        ds=ds,
        poll=poll,
    )
    assert capsys.readouterr().out == "42\n"
    assert names["proxy"].get("bar") == names["id"] + 1
    assert names["proxy"].receive().answer.error() == broker.EC.NoSuchKey
