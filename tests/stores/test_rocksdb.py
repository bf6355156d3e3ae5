"""The backend in a RocksDB directory: conformance, what a directory may hold, bounds, the log."""

from __future__ import annotations

import pytest
from rocksdict import Options, Rdict

from broker_core.codecs import msgpack
from broker_core.errors import BackendFailure
from broker_core.model import Count, Timestamp
from broker_core.stores.backend import Record
from broker_core.stores.rocksdb import RocksBackend
from conformance import BackendMachine, LastingConformance


def open_at(place, **options):
    return RocksBackend({"path": place, **options})


class TestConformance(LastingConformance):
    @staticmethod
    def open(place):
        return open_at(place, sync=False)


class Machine(BackendMachine):
    @staticmethod
    def open(place):
        return open_at(place, sync=False)


TestMachine = Machine.TestCase


@pytest.fixture
def place(tmp_path):
    return tmp_path / "db"


def contents(place):
    database = Rdict(str(place), Options(raw_mode=True))
    found = dict(database.items())
    database.close()
    return found


def change(place, pairs):
    database = Rdict(str(place), Options(raw_mode=True))
    for key, value in pairs.items():
        database[key] = value
    database.close()


# -- the format -----------------------------------------------------------------------------------------------------


def test_what_is_written(place):
    backend = open_at(place)
    backend.put("k", "v", None)
    backend.put(Count(7), (1, None), 1_700_000_000_000_000_000)
    backend.put("gone", 1, 5)
    backend.commit()
    backend.erase("gone")
    backend.commit()
    backend.close()
    k, seven = msgpack.encode("k"), msgpack.encode(Count(7))
    assert contents(place) == {
        b"\x00": msgpack.encode(("broker store", Count(1), Count(2))),
        b"\x01" + (1_700_000_000_000_000_000 + 2**63).to_bytes(8, "big") + seven: b"",
        b"\x02" + k: msgpack.encode((None, "v")),
        b"\x02" + seven: msgpack.encode((Timestamp(1_700_000_000_000_000_000), (1, None))),
    }


def test_clearing_leaves_nothing_but_the_description(place):
    backend = open_at(place)
    for number in range(10):
        backend.put(number, "v", number)
    backend.commit()
    backend.clear()
    backend.commit()
    backend.close()
    assert contents(place) == {b"\x00": msgpack.encode(("broker store", Count(1), Count(0)))}


@pytest.mark.parametrize(
    ("description", "problem"),
    [
        (("broker store", Count(2), Count(0), "more"), "format 2 of a later version of this program; this one knows 1"),
        (("another", Count(1), Count(0)), "a RocksDB database of something else"),
        ("text", "a RocksDB database of something else"),
    ],
)
def test_a_format_that_is_not_known(place, description, problem):
    change(place, {b"\x00": msgpack.encode(description), b"x": b"y"})
    with pytest.raises(BackendFailure, match=rf"db: {problem}$"):
        open_at(place)
    assert contents(place)[b"x"] == b"y"


def test_a_database_of_something_else(place):
    change(place, {b"any": b"thing"})
    with pytest.raises(BackendFailure, match=r"db: a RocksDB database of something else$"):
        open_at(place)


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        (b"\xc1", "unreadable record at 02a16b: no MessagePack"),
        (b"", "unreadable record at 02a16b: value cut short after 0 bytes"),
        (msgpack.encode("text"), "the record at 02a16b is no pair of expiry and value"),
        (msgpack.encode(("soon", 1)), "the record at 02a16b is no pair of expiry and value"),
    ],
)
def test_an_unreadable_record_is_named_and_kept(place, record, problem):
    backend = open_at(place)
    backend.put("k", 1, None)
    backend.commit()
    backend.close()
    change(place, {b"\x02\xa1k": record})
    backend = open_at(place)
    for operation in (
        lambda: backend.find("k"),
        lambda: backend.put("k", 1, None),
        lambda: backend.erase("k"),
        lambda: list(backend.entries()),
        lambda: backend.page(5),
    ):
        with pytest.raises(BackendFailure, match=rf"db: {problem}"):
            operation()
    assert list(backend.keys()) == ["k"]
    backend.put("other", 1, None)
    backend.commit()
    backend.close()
    assert contents(place)[b"\x02\xa1k"] == record


def test_an_unreadable_key_is_named(place):
    open_at(place).close()
    change(place, {b"\x00": msgpack.encode(("broker store", Count(1), Count(1))), b"\x02\xc1": b"\xc0"})
    backend = open_at(place)
    with pytest.raises(BackendFailure, match=r"db: unreadable key at 02c1"):
        list(backend.keys())
    backend.close()


# -- directories ----------------------------------------------------------------------------------------------------


def test_directories_are_created(tmp_path):
    open_at(tmp_path / "some" / "where").close()
    assert (tmp_path / "some" / "where" / "CURRENT").exists()


def test_a_directory_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(BackendFailure, match=r"a directory with other things in it, such as letter\.txt$"):
        open_at(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["letter.txt"]


def test_a_file_in_place_of_the_directory(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BackendFailure, match=r"file: a file, while RocksDB needs a directory$"):
        open_at(tmp_path / "file")
    with pytest.raises(BackendFailure, match=r"file/db: Not a directory$"):
        open_at(tmp_path / "file" / "db")


def test_a_database_whose_creation_was_cut_short(place):
    place.mkdir()
    (place / "LOCK").touch()
    (place / "LOG").write_text("...")
    backend = open_at(place)
    assert backend.size() == 0
    backend.close()


def test_only_one_may_have_it_open(place):
    backend = open_at(place)
    with pytest.raises(BackendFailure, match=r"db: this program has it open already$"):
        open_at(place)
    backend.put("k", 1, None)
    backend.commit()
    backend.close()
    again = open_at(place)
    assert again.find("k") == Record(1, None)
    again.close()


# -- what it takes ----------------------------------------------------------------------------------------------------


def test_what_is_written_is_compressed(tmp_path):
    sizes = {}
    for compression in ("none", "lz4", "zstd"):
        backend = open_at(tmp_path / compression, compression=compression, sync=False)
        for number in range(2000):
            backend.put(number, "the same text again " * 20, None)
        backend.commit()
        backend.close()  # which writes it to a table
        sizes[compression] = sum(file.stat().st_size for file in (tmp_path / compression).glob("*.sst"))
    assert sizes["zstd"] < sizes["lz4"] < sizes["none"] / 3


def test_erased_and_expired_entries_take_no_room_once_tables_are_merged(place):
    def bytes_in_tables():
        return sum(file.stat().st_size for file in place.glob("*.sst"))

    backend = open_at(place, sync=False, compression="none", write_buffer_size=256 * 1024)
    for number in range(20_000):
        backend.put(number, f"{number} is a value that takes some room" * 4, number)
    backend.commit()
    backend.close()
    full = bytes_in_tables()
    backend = open_at(place, sync=False, compression="none", write_buffer_size=256 * 1024)
    while due := backend.due(20_000, 1000):
        for key in due:
            backend.erase(key)
        backend.commit()
    assert backend.size() == 0
    backend.close()
    backend = open_at(place)
    backend._db.compact_range(None, None)
    backend.close()
    assert bytes_in_tables() < full / 100


def test_the_next_expiry_does_not_walk_over_what_is_gone(place):
    """RocksDB keeps a mark for each erased key; after many expiries, finding the first deadline must stay quick."""
    backend = open_at(place, sync=False)
    for number in range(10_000):
        backend.put(number, "v", number)
    backend.commit()
    while due := backend.due(9_998, 1000):
        for key in due:
            backend.erase(key)
        backend.commit()
        backend.next_expiry()
    assert backend.next_expiry() == 9_999
    skipped = backend._no_deadline_before
    assert skipped[1:9] == (9_999 + 2**63).to_bytes(8, "big")
    backend.put("earlier", 1, 3)
    assert backend.next_expiry() == 3
    backend.rollback()
    assert backend.next_expiry() == 9_999
    backend.close()
