"""Whose subscriptions are heard in a ZeroMQ cluster: recorded ones, our own among others, and a model of it all."""

from __future__ import annotations

from collections import Counter, deque

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from broker_core.limits import DEFAULT_LIMITS
from broker_core.messages.cluster_wire import INTERNAL_PREFIX, ClusterNode, read_subscription, subscription
from broker_core.protocol.cluster_view import ClusterView
from cluster_links import recording

MANAGER = "zeromq_manager_hh_2303_NWWp934b4gaP9kIe89"
WORKER = "zeromq_worker-1_hh_2367_NeDuhx4Nppqdbdij7e"
ALONE = "zeromq__hh_2381_NGqb5k351o2ecqONI"


def begins(*prefixes):
    return [subscription(prefix, begins=True) for prefix in prefixes]


def ends(*prefixes):
    return [subscription(prefix, begins=False) for prefix in prefixes]


def viewing(*parts, most=100):
    view = ClusterView(most)
    for part in parts:
        view.heard(part)
    return view


# -- recorded -----------------------------------------------------------------------------------------------------


def test_a_manager_and_a_worker_come_and_go():
    """As their central broker passes it on: an end only when it is that of the last who holds the prefix."""
    broker, view, seen = Broker(), ClusterView(100), []
    subscriptions = [f["parts"][0] for f in recording("zeromq-manager-and-worker")["frames"] if len(f["parts"]) == 1]
    holders = ["manager"] * 6 + ["worker"] * 14 + ["manager"] * 6
    assert len(subscriptions) == len(holders)
    for holder, part in zip(holders, subscriptions, strict=True):
        for passed in broker.take(holder, part):
            view.heard(passed)
        seen.append((view.filter, [node.name for node in view.nodes]))
    manager = (
        "zeek/supervisor",
        "zeek/table/",
        "/rec/in",
        "zeek.cluster.manager",
        f"zeek.cluster.nodeid.{MANAGER}.",
        "zeek.cluster.node.manager.",
    )
    worker = (
        "zeek.cluster.pool.worker",
        "zeek.cluster.worker",
        f"zeek.cluster.nodeid.{WORKER}.",
        "zeek.cluster.node.worker-1.",
    )
    assert [found for found, _ in seen[:6]] == [manager[:count] for count in range(1, 7)]
    assert [found for found, _ in seen[6:9]] == [manager] * 3, "the worker repeats three of the manager"
    assert [found for found, _ in seen[9:13]] == [manager + worker[:count] for count in range(1, 5)]
    assert [names for _, names in seen[:13]] == [[]] * 4 + [["manager"]] * 7 + [["manager", "worker-1"]] * 2
    assert seen[19] == (manager, ["manager"])
    assert seen[25] == ((), [])
    assert view.ignored == 0


def test_a_client_of_zeeks_own_central_broker():
    """What the client does and what it hears, in the order of the recording."""
    view, seen = ClusterView(100), []
    own: list[str] = []
    for frame in recording("zeromq-client-at-zeeks-proxy-thread")["frames"]:
        if len(frame["parts"]) > 1:
            continue
        (part,) = frame["parts"]
        said = read_subscription(part)
        if frame["from"].startswith("client XSUB"):
            own = [*own, said.prefix] if said.begins else [prefix for prefix in own if prefix != said.prefix]
            assert view.want(own) == [part]
        else:
            view.heard(part)
        seen.append(view.filter)
        assert view.nodes == ()
    zeek = ("/rec/in", "zeek/supervisor", "zeek/table/")
    assert seen[:3] == [zeek[:1], zeek[:2], zeek]
    at = seen.index((*zeek, "/rec/in2"))
    assert seen[2:at] == [zeek] * (at - 2)
    assert seen[at:] == [(*zeek, "/rec/in2")] * (len(seen) - at)


# -- nodes --------------------------------------------------------------------------------------------------------


def test_names_that_nodes_subscribe_to_tell_which_underline_is_the_one():
    node = "zeromq_worker_1_my_host_5_Nx"
    view = viewing(*begins(f"zeek.cluster.nodeid.{node}."))
    assert view.nodes == (ClusterNode(node, "worker_1_my", "host", 5),)
    view.heard(*begins("zeek.cluster.node.worker_1."))
    assert view.nodes == (ClusterNode(node, "worker_1", "my_host", 5),)


def test_nodes_that_are_no_zeeks():
    view = viewing(*begins("zeek.cluster.nodeid.my-node-id", "zeek.cluster.nodeid.", "zeek.cluster.nodeid.."))
    assert view.nodes == (ClusterNode("my-node-id"),)


# -- our own among others -------------------------------------------------------------------------------------------


def test_our_own_come_back_and_do_not_count():
    view = ClusterView(100)
    assert view.want(["/b", "/a", "/b"]) == begins("/b", "/a")
    for part in begins("/b", "/a"):
        assert view.heard(part) == part[1:].decode()
    assert view.filter == ()
    view.heard(*begins("/a"))
    assert view.filter == ("/a",)


def test_new_ones_are_told_before_those_that_end():
    view = ClusterView(100)
    view.want(["/a", "/b", "/c"])
    assert view.want(["/b", "/abc"]) == [*begins("/abc"), *ends("/a", "/c")]
    assert view.want(["/abc", "/b"]) == []
    assert view.want([]) == ends("/abc", "/b")


@pytest.mark.parametrize("foreign_first", [True, False])
def test_it_does_not_matter_who_was_first(foreign_first):
    view = viewing(*begins("/x") * foreign_first)
    view.want(["/x"])
    view.heard(*begins("/x"))
    if not foreign_first:
        view.heard(*begins("/x"))
    assert view.filter == ("/x",)
    view.want([])
    view.heard(*ends("/x"))
    assert view.filter == ()


def test_another_that_ended_before_ours_arrived():
    view = ClusterView(100)
    view.want(["/x"])
    for part in (*begins("/x"), *ends("/x"), *begins("/x")):
        view.heard(part)
    assert view.filter == (), "the last one is ours"
    view.heard(*begins("/x"))
    assert view.filter == ("/x",)


def test_ours_that_ended_and_began_again():
    view = ClusterView(100)
    for wanted in (["/x"], [], ["/x"]):
        view.want(wanted)
    for part in (*begins("/x"), *ends("/x"), *begins("/x")):
        view.heard(part)
        assert view.filter == ()


def test_what_another_connection_of_this_side_subscribes_to_is_our_own():
    view = ClusterView(100)
    view.want(["/x"])
    assert view.expect("/x") == begins("/x")[0]
    assert view.expect("/y") == begins("/y")[0]
    for part in begins("/x", "/x", "/y"):
        view.heard(part)
    assert view.filter == ()
    view.heard(*begins("/y"))
    assert view.filter == ("/y",)


def test_a_central_broker_that_does_not_repeat():
    view = viewing(*begins("/zeek"))
    view.want(["/own"])
    view.heard(*begins("/own"))
    view.repeats = False
    assert view.filter == ("/zeek", "/own"), "others may want it, too"
    view.want(["/own", "/zeek", "/new"])
    assert view.filter == ("/zeek", "/new", "/own")
    view.heard(*begins("/new"))
    view.want([])
    assert view.filter == ("/zeek", "/new"), "somebody else may hold it, since no end has come"
    for part in ends("/own", "/new"):
        view.heard(part)
    assert view.filter == ("/zeek",)


# -- the filter -----------------------------------------------------------------------------------------------------


def test_the_filter_is_the_same_object_until_it_changes():
    view = viewing(*begins("/a"))
    before = view.filter
    for part in (*begins("/a", f"{INTERNAL_PREFIX}x.1."), *ends(f"{INTERNAL_PREFIX}x.1.", "/nobody"), b"", b"/what"):
        view.heard(part)
        assert view.filter is before
    view.want(["/own"])
    view.heard(*begins("/own"))
    assert view.filter is before
    view.heard(*begins("/b"))
    assert view.filter == ("/a", "/b")


def test_prefixes_are_in_the_order_in_which_they_came():
    view = viewing(*begins("/c", "/a", ""), *ends("/c"), *begins("/c"))
    assert view.filter == ("/a", "", "/c")


def test_what_is_no_subscription_is_none():
    assert [ClusterView(1).heard(part) for part in (b"", b"\x02/x", b"/x", *ends("/x"))] == [None] * 4


def test_there_are_only_so_many():
    view = viewing(*begins("/1", "/2"), most=2)
    assert (view.filter, view.ignored) == (("/1", "/2"), 0)
    for part in begins("/1", "/2"):
        view.heard(part)
    assert view.ignored == 0, "these are known"
    assert view.heard(*begins("/3")) == "/3"
    assert (view.filter, view.ignored) == (("/1", "/2"), 1)
    view.heard(*ends("/3"))
    view.heard(*ends("/1"))
    view.heard(*begins("/4"))
    assert (view.filter, view.ignored) == (("/2", "/4"), 1)


def test_no_prefix_is_longer_than_topics():
    longest = "x" * DEFAULT_LIMITS.max_topic
    view = viewing(*begins(longest))
    assert (view.filter, view.ignored) == ((longest,), 0)
    view.heard(*begins(longest + "x"))
    assert (view.filter, view.ignored) == ((longest,), 1)


# -- against a model ------------------------------------------------------------------------------------------------


class Broker:
    """libzmq's proxy between XPUB and XSUB, as far as it passes subscriptions on.

    The XPUB knows who holds a prefix. The XSUB behind it counts what it is told, and tells nodes of every beginning,
    and of the end that makes its count zero.
    """

    def __init__(self, *, verboser=True):
        self.holders: dict[str, set[str]] = {}
        self._verboser = verboser
        self._counts: Counter[str] = Counter()

    def take(self, who, part):
        """What all nodes are told when *who* says *part*."""
        said = read_subscription(part)
        held = self.holders.setdefault(said.prefix, set())
        before = len(held)
        (held.add if said.begins else held.discard)(who)
        if not self._verboser and bool(before) == bool(held):
            return []
        if said.begins:
            self._counts[said.prefix] += 1
            return [part]
        self._counts[said.prefix] -= 1
        if self._counts[said.prefix] < 0:
            self._counts[said.prefix] = 0
            return []
        return [part] if self._counts[said.prefix] == 0 else []


PREFIXES = ["/a", "/b", "/c"]
MINE = "/mine"
OTHERS = ["one", "two"]
US = "this side"


class Cluster(RuleBasedStateMachine):
    """This side, its central broker, and other nodes; what is on its way arrives whenever it arrives."""

    repeats = True

    def __init__(self):
        super().__init__()
        self.broker = Broker(verboser=self.repeats)
        self.view = ClusterView(100)
        self.view.repeats = self.repeats
        self.own: frozenset[str] = frozenset()
        self.shared: set[str] = set()
        """What this side holds, and another has held meanwhile."""
        self.sent: deque[bytes] = deque()
        self.passed: deque[bytes] = deque()

    @rule(prefixes=st.frozensets(st.sampled_from([*PREFIXES, MINE])))
    def this_side_wants(self, prefixes):
        self.own = prefixes
        self.sent += self.view.want(sorted(prefixes))

    @rule(node=st.sampled_from(OTHERS), prefix=st.sampled_from(PREFIXES))
    def another_begins_or_ends(self, node, prefix):
        holds = node in self.broker.holders.get(prefix, ())
        self.broker_takes(node, subscription(prefix, begins=not holds))

    @precondition(lambda self: self.sent)
    @rule()
    def the_broker_takes_ours(self):
        self.broker_takes(US, self.sent.popleft())

    def broker_takes(self, who, part):
        self.passed += self.broker.take(who, part)
        prefix = read_subscription(part).prefix
        holders = self.broker.holders[prefix]
        if US not in holders:
            self.shared.discard(prefix)
        elif holders != {US}:
            self.shared.add(prefix)

    @precondition(lambda self: self.passed)
    @rule()
    def this_side_hears(self):
        self.view.heard(self.passed.popleft())

    @rule()
    def all_arrives(self):
        while self.sent:
            self.the_broker_takes_ours()
        while self.passed:
            self.this_side_hears()

    @invariant()
    def what_nobody_else_ever_wanted_is_not_there(self):
        assert not self.repeats or MINE not in self.view.filter

    @invariant()
    def when_all_has_arrived_it_is_right(self):
        if self.sent or self.passed:
            return
        found = set(self.view.filter)
        others = {prefix for prefix, holders in self.broker.holders.items() if holders - {US}}
        if self.repeats:
            assert found >= others
            assert found - others <= self.shared, "only for what is held here, an end of others cannot be seen"
        else:
            assert found == others | self.own


class ClusterOf71(Cluster):
    """With a central broker that does not repeat."""

    repeats = False


TestCluster = Cluster.TestCase
TestClusterOf71 = ClusterOf71.TestCase
TestCluster.settings = TestClusterOf71.settings = settings(stateful_step_count=60)
