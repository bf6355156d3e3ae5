"""What every backend must do, as ``broker_core.stores.backend.Backend`` has it. Subclasses say how to open one."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from broker_core.codecs.binary import decode, encode
from broker_core.errors import BackendFailure
from broker_core.model import Count, EnumValue, Port, Set, Table, Timespan, Timestamp, sort_key
from broker_core.model.scalars import I64_MAX, I64_MIN
from broker_core.stores.backend import Backend, Record
from strategies import assert_same, is_same, values

VECTORS = Path(__file__).parent / "vectors"
NOW = 1_700_000_000_000_000_000

# Those that Python, or a lax encoding, would merge.
KEYS = [
    None,
    True,
    1,
    Count(1),
    1.0,
    Timespan(1),
    Timestamp(1),
    "1",
    "",
    b"\xff",
    EnumValue("1"),
    Port(1, "tcp"),
    Port(1, "udp"),
    (),
    (1,),
    (Count(1),),
    Set(),
    Set([1, True]),
    Table(),
    Table({1: 1}),
    Table({Count(1): 1}),
    "a",
    "a\0",
    "aa",
    "k" * 300,
    "é",
]


def index(key):
    return encode(key)


def assert_records(found, expected):
    """Whether both are the same record, or none."""
    assert_same(found and tuple(found), expected and tuple(expected))


class Conformance:
    """The suite for all backends."""

    @staticmethod
    def open(place: Path) -> Backend:
        raise NotImplementedError

    @pytest.fixture
    def backend(self, tmp_path):
        backend = self.open(tmp_path / "db")
        yield backend
        backend.close()

    # -- entries --------------------------------------------------------------------------------------------------

    def test_it_starts_empty(self, backend):
        assert backend.find("k") is None
        assert backend.erase("k") is None
        assert backend.size() == 0
        assert list(backend.keys()) == list(backend.entries()) == backend.page(5) == backend.due(I64_MAX, 5) == []
        assert backend.next_expiry() is None
        assert not backend.waits or backend.kind != "memory"

    def test_put_returns_what_was_there(self, backend):
        assert backend.put("k", 1, None) is None
        assert backend.find("k") == Record(1, None)
        assert backend.put("k", "other", NOW) == Record(1, None)
        assert backend.find("k") == Record("other", NOW)
        assert backend.put("k", None, None) == Record("other", NOW)
        assert backend.find("k") == Record(None, None)
        assert backend.size() == 1

    def test_erase_returns_what_was_there(self, backend):
        backend.put("k", 1, NOW)
        backend.commit()
        assert backend.erase("k") == Record(1, NOW)
        assert backend.find("k") is None
        assert backend.erase("k") is None
        assert backend.size() == 0
        assert backend.put("k", 2, None) is None
        assert backend.size() == 1

    def test_clear_removes_everything(self, backend):
        backend.put("a", 1, NOW)
        backend.commit()
        backend.put("b", 2, NOW)
        backend.clear()
        assert backend.size() == 0
        assert backend.find("a") is backend.find("b") is None
        assert list(backend.keys()) == backend.page(5) == backend.due(NOW, 5) == []
        backend.put("c", 3, NOW)
        backend.commit()
        assert list(backend.entries()) == [("c", Record(3, NOW))]
        assert backend.due(NOW, 5) == ["c"]

    def test_keys_are_told_apart_as_broker_does_it(self, backend):
        for number, key in enumerate(KEYS):
            assert backend.put(key, number, None) is None
        backend.commit()
        assert backend.size() == len(KEYS)
        for number, key in enumerate(KEYS):
            assert backend.find(key) == Record(number, None)
        found = list(backend.keys())
        assert len(found) == len(KEYS)
        for key in KEYS:
            assert sum(is_same(key, other) for other in found) == 1

    @pytest.mark.parametrize("committed", [False, True])
    def test_every_kind_of_value_comes_back_as_it_was(self, backend, committed):
        rows = [decode(bytes.fromhex(row["binary"])) for row in json.loads((VECTORS / "values.json").read_text())]
        samples = {sort_key(value): value for value in rows}
        for value in samples.values():
            backend.put(value, (value,), None)
        if committed:
            backend.commit()
        for value in samples.values():
            assert_same(backend.find(value).value, (value,))
        assert backend.size() == len(samples) > 100

    # -- listings -------------------------------------------------------------------------------------------------

    def test_listings_see_changes_before_the_commit(self, backend):
        for number in range(10):
            backend.put(f"k{number}", number, None)
        backend.commit()
        backend.put("k3", "new", None)
        backend.put("k35", "more", None)
        backend.erase("k5")
        expected = {f"k{number}": Record(number, None) for number in range(10)}
        expected |= {"k3": Record("new", None), "k35": Record("more", None)}
        del expected["k5"]
        for listed in (list(backend.entries()), backend.page(100)):
            assert len(listed) == len(expected)
            assert dict(listed) == expected
        assert sorted(backend.keys()) == sorted(expected)
        assert backend.size() == len(expected)

    @pytest.mark.parametrize("most", [1, 2, 7, 26, 100])
    def test_pages_hold_each_key_once(self, backend, most):
        for key in KEYS:
            backend.put(key, "v", None)
        backend.commit()
        seen, page = [], backend.page(most)
        while page:
            assert len(page) <= most
            seen += page
            page = backend.page(most, page[-1][0])
        assert sorted(index(key) for key, _ in seen) == sorted(index(key) for key in KEYS)
        assert all(record == Record("v", None) for _, record in seen)

    def test_pages_go_on_when_keys_come_and_go_between_them(self, backend):
        stay = [f"stay-{number:02}" for number in range(20)]
        for key in [*stay, "a", "m", "z"]:
            backend.put(key, 1, None)
        backend.commit()
        seen = []
        page = backend.page(3)
        while page:
            seen += [key for key, _ in page]
            last = page[-1][0]
            if last not in stay:
                backend.erase(last)
            if len(seen) < 15:
                backend.put(f"new-{len(seen)}", 1, None)
                backend.put(("other", Count(len(seen))), 1, None)
            backend.commit()
            page = backend.page(3, last)
        assert sorted(key for key in seen if type(key) is str and key.startswith("stay")) == stay
        assert len({index(key) for key in seen}) == len(seen)

    def test_a_page_behind_a_key_that_is_gone(self, backend):
        for number in range(6):
            backend.put(f"k{number}", number, None)
        order = [key for key, _ in backend.page(6)]
        backend.erase(order[2])
        assert [key for key, _ in backend.page(2, order[2])] == order[3:5]
        assert [key for key, _ in backend.page(9, order[1])] == order[3:]
        backend.put("k", 7, None)
        assert backend.page(9, backend.page(9)[-1][0]) == []

    # -- expiry ---------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("committed", [False, True])
    def test_due_keys_come_earliest_first(self, backend, committed):
        moments = [("a", 3), ("b", 1), (Count(7), 2), (("x",), 4), ("never", None), (7, 1000)]
        for key, moment in moments:
            backend.put(key, "v", moment and NOW + moment)
        if committed:
            backend.commit()
        assert backend.due(NOW, 10) == []
        assert backend.due(NOW + 1, 10) == ["b"]
        assert backend.due(NOW + 4, 10) == ["b", Count(7), "a", ("x",)]
        assert backend.due(NOW + 4, 2) == ["b", Count(7)]
        assert backend.next_expiry() <= NOW + 1
        for key in backend.due(NOW + 4, 3):
            backend.erase(key)
        assert backend.due(NOW + 4, 10) == [("x",)]
        assert backend.due(I64_MAX, 10) == [("x",), 7]

    def test_the_next_expiry_is_never_too_late(self, backend):
        for moment in (NOW + 50, NOW + 20, NOW + 70):
            backend.put(f"k{moment}", 1, moment)
            backend.commit()
            assert backend.next_expiry() == backend.find(backend.due(I64_MAX, 1)[0]).expiry
        backend.erase(f"k{NOW + 20}")
        backend.commit()
        assert backend.next_expiry() <= NOW + 50
        assert backend.due(NOW + 49, 5) == []  # after which it may know better
        assert backend.next_expiry() == NOW + 50
        for moment in (NOW + 50, NOW + 70):
            backend.erase(f"k{moment}")
        assert backend.due(I64_MAX, 5) == []
        assert backend.next_expiry() is None

    def test_put_changes_the_expiry(self, backend):
        backend.put("k", 1, NOW + 10)
        backend.commit()
        backend.put("k", 1, NOW + 20)
        assert backend.due(NOW + 15, 5) == []
        assert backend.due(NOW + 20, 5) == ["k"]
        backend.put("k", 1, NOW + 5)
        backend.commit()
        assert backend.due(NOW + 5, 5) == ["k"]
        backend.put("k", 1, None)
        backend.commit()
        assert backend.due(I64_MAX, 5) == []
        backend.put("k", 1, NOW + 10)
        backend.erase("k")
        backend.put("k", 1, NOW + 10)
        assert backend.due(NOW + 10, 5) == ["k"]

    def test_many_expire_at_the_same_moment(self, backend):
        for key in KEYS:
            backend.put(key, 1, NOW)
        backend.commit()
        assert sorted(map(index, backend.due(NOW, 100))) == sorted(map(index, KEYS))
        assert len(backend.due(NOW, 7)) == 7

    @pytest.mark.parametrize("moment", [I64_MIN, -1, 0, 1, I64_MAX])
    def test_any_moment_will_do(self, backend, moment):
        backend.put("k", 1, moment)
        backend.commit()
        assert backend.find("k") == Record(1, moment)
        assert backend.due(moment, 5) == ["k"]
        assert moment == I64_MIN or backend.due(moment - 1, 5) == []
        assert backend.next_expiry() == moment

    def test_an_expiry_that_moves_all_the_time_takes_no_room(self, backend):
        for number in range(5000):
            backend.put("k", number, NOW + number)
        backend.commit()
        assert backend.due(I64_MAX, 5) == ["k"]
        assert backend.find("k") == Record(4999, NOW + 4999)

    # -- transactions ---------------------------------------------------------------------------------------------

    def test_commit_and_rollback_without_changes(self, backend):
        backend.commit()
        backend.rollback()
        backend.put("k", 1, None)
        backend.commit()
        backend.commit()
        backend.rollback()
        assert backend.find("k") == Record(1, None)

    def test_it_may_be_used_by_one_thread_after_the_other(self, backend):
        def work():
            backend.put("k", 1, NOW)
            backend.commit()
            found.append(backend.find("k"))

        found = []
        for _ in range(2):
            thread = Thread(target=work)
            thread.start()
            thread.join()
        assert found == [Record(1, NOW)] * 2
        assert backend.find("k") == Record(1, NOW)


class LastingConformance(Conformance):
    """The suite for backends with transactions, whose committed entries are there when they are opened again."""

    def test_rollback_undoes_everything_since_the_commit(self, backend):
        backend.put("stays", 1, NOW)
        backend.put("changes", 1, NOW + 1)
        backend.put("goes", 1, NOW + 2)
        backend.commit()
        before = dict(backend.entries())
        for undone in range(2):
            backend.put("changes", 2, NOW + 5)
            backend.erase("goes")
            if undone:
                backend.clear()
            backend.put("new", 1, NOW + 3)
            assert backend.due(NOW + 3, 5)[-1] == "new"
            backend.rollback()
            assert dict(backend.entries()) == before
            assert backend.size() == 3
            assert backend.next_expiry() == NOW
            assert backend.due(I64_MAX, 5) == ["stays", "changes", "goes"]
        backend.put("new", 1, None)
        backend.commit()
        assert backend.size() == 4

    def test_what_is_committed_lasts_and_nothing_else(self, backend, tmp_path):
        for key in KEYS:
            backend.put(key, (key,), NOW)
        backend.put("gone", 1, None)
        backend.commit()
        backend.erase("gone")
        backend.commit()
        backend.put("lost", 1, None)
        backend.erase("a")
        backend.close()
        backend.close()
        again = self.open(tmp_path / "db")
        assert again.size() == len(KEYS)
        assert again.find("lost") is again.find("gone") is None
        for key in KEYS:
            assert_records(again.find(key), Record((key,), NOW))
        assert len(again.due(NOW, 100)) == len(KEYS)
        again.close()

    def test_nothing_works_once_it_is_closed(self, backend):
        backend.put("k", 1, NOW)
        backend.commit()
        backend.close()
        for operation in (
            lambda: backend.find("k"),
            lambda: backend.put("k", 1, None),
            lambda: backend.erase("k"),
            lambda: list(backend.keys()),
            lambda: list(backend.entries()),
            lambda: backend.page(5),
            lambda: backend.due(NOW, 5),
        ):
            with pytest.raises(BackendFailure, match=r"db: .*closed"):
                operation()
        backend.rollback()


# Whether 0.0 and -0.0 are one key depends on the backend, as it does in C++.
KEY = st.one_of(st.sampled_from(KEYS), values(3, subnormal=False).filter(lambda key: "-0.0" not in repr(key)))
MOMENT = st.one_of(st.none(), st.integers(NOW, NOW + 20))


class BackendMachine(RuleBasedStateMachine):
    """Any sequence of calls, next to a dict that does the same. Subclasses say how to open a backend.

    ``lasts``: there are transactions, and what is committed is there when the database is opened again.
    """

    lasts = True

    @staticmethod
    def open(place: Path) -> Backend:
        raise NotImplementedError

    @initialize()
    def begin(self):
        self.folder = tempfile.TemporaryDirectory()
        self.backend = self.open(Path(self.folder.name, "db"))
        self.entries = {}
        self.committed = {}

    def teardown(self):
        if hasattr(self, "backend"):
            self.backend.close()
            self.folder.cleanup()

    @rule(key=KEY, value=values(3, subnormal=False), expiry=MOMENT)
    def put(self, key, value, expiry):
        old = self.entries.get(index(key))
        assert_records(self.backend.put(key, value, expiry), old and old[1])
        self.entries[index(key)] = (key, Record(value, expiry))

    @rule(key=KEY)
    def erase(self, key):
        old = self.entries.pop(index(key), None)
        assert_records(self.backend.erase(key), old and old[1])

    @rule()
    def clear(self):
        self.backend.clear()
        self.entries = {}

    @rule()
    def commit(self):
        self.backend.commit()
        self.committed = dict(self.entries)

    @precondition(lambda self: self.lasts)
    @rule()
    def rollback(self):
        self.backend.rollback()
        self.entries = dict(self.committed)

    @precondition(lambda self: self.lasts)
    @rule()
    def open_again(self):
        self.backend.close()
        self.backend = self.open(Path(self.folder.name, "db"))
        self.entries = dict(self.committed)

    @rule(now=st.integers(NOW - 1, NOW + 21), limit=st.integers(1, 4), erase=st.booleans())
    def due(self, now, limit, erase):
        moments = sorted(record.expiry for _, record in self.entries.values() if record.expiry is not None)
        found = self.backend.due(now, limit)
        assert [self.entries[index(key)][1].expiry for key in found] == [x for x in moments if x <= now][:limit]
        assert len({index(key) for key in found}) == len(found)
        first = self.backend.next_expiry()
        assert (first is not None and first <= moments[0]) if moments else True
        for key in found if erase else ():
            self.erase(key)

    @rule(most=st.integers(1, 30))
    def pages(self, most):
        seen, page = [], self.backend.page(most)
        while page:
            seen += page
            page = self.backend.page(most, page[-1][0])
        assert sorted(index(key) for key, _ in seen) == sorted(self.entries)

    @invariant()
    def both_hold_the_same(self):
        if not hasattr(self, "backend"):
            return
        assert self.backend.size() == len(self.entries)
        listed = {index(key): (key, record) for key, record in self.backend.entries()}
        assert listed.keys() == self.entries.keys()
        for key, record in self.entries.values():
            assert_same(listed[index(key)][0], key)
            assert_records(listed[index(key)][1], record)
            assert_records(self.backend.find(key), record)
