"""Records: cells, values, and names."""

from __future__ import annotations

import pytest

from broker_core.errors import EncodeError
from broker_core.logs import LogRecord
from broker_core.logs.records import column_writers, unwritable
from broker_core.model import Count, Set, Timespan, Timestamp
from log_samples import schema_of


def test_values_and_items():
    record = LogRecord(schema_of("time", "interval", "set[string]", "count"), [1.5, Timespan(7), ("b", "a"), None])
    assert record.values == [Timestamp(1_500_000_000), Timespan(7), Set(["a", "b"]), None]
    assert record.cells[2] == ("b", "a")
    assert list(record.items()) == [("a", Timestamp(1_500_000_000)), ("b", Timespan(7)), ("c", Set(["a", "b"]))]
    assert record["a"] == record.time == Timestamp(1_500_000_000)
    assert record["d"] is None
    assert record.path == "rec"
    with pytest.raises(KeyError):
        record["x"]


def test_a_record_without_a_time():
    assert LogRecord(schema_of("count"), [Count(1)]).time is None
    assert LogRecord(schema_of("time"), [None]).time is None
    assert LogRecord(schema_of("time"), [Timestamp(5)]).time == Timestamp(5)


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ([], "0 cells in a log of 1 columns"),
        ([5], "column a holds a int, and the log says count"),
        ([Count(5)], "a cell that cannot be written"),
    ],
)
def test_what_is_wrong_with_a_record(cells, problem):
    assert str(unwritable(LogRecord(schema_of("count"), cells))) == problem


def test_a_writer_for_each_column():
    schema = schema_of("count", "string")
    makers = {column.type: str for column in schema.columns}
    assert column_writers(schema, lambda column: makers[column.type]) == [str, str]
    makers.pop(schema.columns[1].type)
    with pytest.raises(EncodeError, match="a log cannot have a column of type "):
        column_writers(schema, lambda column: makers[column.type])
