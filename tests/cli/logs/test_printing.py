"""``--logs``: what becomes of messages."""

from __future__ import annotations

import io

import pytest

from broker_cli.complaints import MOST_TOLD
from broker_cli.config import Settings
from broker_cli.context import Context
from broker_cli.logs.printing import LogPrinter
from broker_cli.selecting.selection import Selection
from broker_core import Event, LogCreate, LogPush, LogWrite, Message, NodeId
from broker_core.messages.zeek_logs import LogField
from log_samples import log_batches, log_messages


@pytest.fixture
def out(tmp_path):
    with (tmp_path / "out").open("w+b") as file:
        yield file


def make(out, form: str = "ndjson", selection: Selection | None = None, **changes) -> tuple[Context, LogPrinter]:
    context = Context(
        stdout=out.fileno(),
        stderr=io.StringIO(),
        environ={},
        stdout_is_terminal=False,
        stderr_is_terminal=False,
    )
    return context, LogPrinter(context, Settings(output=form, logs=True, **changes), selection)


def messages() -> list[Message]:
    return [Message(topic, value) for topic, value in log_messages()]


def written(out) -> list[str]:
    out.seek(0)
    return out.read().decode().splitlines()


async def test_records_are_printed_and_counted(out):
    context, printer = make(out)
    await printer.ready()
    await printer.show(messages())
    await printer.show([])
    lines = written(out)
    assert [line[:16] for line in lines] == ['{"_path":"broker', *['{"_path":"rec","'] * 3]
    assert '"s":"a\\tb\\\\xff\\"z\\"","e":"Rec::GREEN","po":443' in lines[1]
    assert (printer.taken, printer.shown, printer.others, printer.lost) == (5, 4, 0, 0)
    assert printer.summary(0) == "received 4 records"
    assert context.stderr.getvalue() == ""
    printer.finish()


async def test_only_so_many_records_as_are_wanted(out):
    _, printer = make(out)
    await printer.show(messages(), 2)
    assert len(written(out)) == printer.shown == 2


async def test_other_messages_are_counted(out):
    _, printer = make(out)
    await printer.show([Message("/t", Event("ping").value), Message("/t", "x"), *messages()])
    assert printer.others == 2
    assert printer.summary(3) == (
        "received 4 records, 2 other messages left out, 3 messages dropped because the output was too slow"
    )
    assert len(written(out)) == 4


async def test_a_selection_of_topics(out):
    _, printer = make(out, selection=Selection(exclude=("zeek/logs/Rec",)))
    await printer.show(messages())
    assert [line[:16] for line in written(out)] == ['{"_path":"broker']


async def test_what_cannot_be_read_is_told_and_counted(out):
    context, printer = make(out)
    without_columns = [message for message in messages() if b"inner.a" not in message.payload]
    await printer.show([Message("/b", payload=b"\x63"), *without_columns])
    assert context.stderr.getvalue().splitlines() == [
        "broker: a message on /b cannot be read: unknown type tag 99 at offset 0",
        "broker: log writes of Rec::LOG (rec) came without the columns, which Zeek sends when a peer connects",
    ]
    assert printer.summary(0) == "received 1 record, 4 lost"


def push(payload: bytes) -> LogPush:
    return LogPush(NodeId("worker 1"), payload)


async def test_batches_of_a_cluster(out):
    context, printer = make(out)
    await printer.show([push(payload) for payload in log_batches()])
    assert [line[:18] for line in written(out)] == ['{"_path":"rec","b"'] * 2 + ['{"_path":"cluster"'] * 3
    assert (printer.batches, printer.shown, printer.lost) == (4, 5, 0)
    assert printer.summary(0) == "received 5 records in 4 batches"
    assert context.stderr.getvalue() == ""
    await printer.show(messages())
    assert printer.summary(0) == "received 9 records in 4 batches and 5 messages"


async def test_a_batch_that_cannot_be_read(out):
    context, printer = make(out)
    good = log_batches()[0]
    await printer.show([push(good[:-1]), push(good + b"more"), push(b"")])
    assert len(written(out)) == 2
    assert [line.partition(": log")[0] for line in context.stderr.getvalue().splitlines()] == [
        "broker: a batch of worker%201 cannot be read"
    ] * 2
    assert printer.summary(0) == "received 2 records in 3 batches, 2 batches unreadable"


async def test_a_selection_of_topics_is_not_for_batches(out):
    _, printer = make(out, selection=Selection(exclude=("zeek/logs/Rec", "log-write")))
    await printer.show([push(log_batches()[0]), *messages()])
    assert [line[:16] for line in written(out)] == ['{"_path":"rec","'] * 2 + ['{"_path":"broker']


async def test_many_problems_are_only_counted(out):
    context, printer = make(out)
    create = LogCreate("X::LOG", "W", "x", [LogField("a", 3)])
    bad = LogWrite("X::LOG", "W", "x", b"")
    await printer.show([Message("/t", create.value), *[Message("/t", bad.value)] * (MOST_TOLD + 5)])
    lines = context.stderr.getvalue().splitlines()
    assert len(lines) == MOST_TOLD + 1
    assert lines[-1] == "broker: further problems are only counted"
    assert printer.lost == MOST_TOLD + 5


async def test_records_may_end_with_nul(out):
    _, printer = make(out, nul=True)
    await printer.show(messages())
    out.seek(0)
    assert out.read().count(b"\0") == 4


async def test_other_lines_have_no_place_in_a_log(out):
    _, printer = make(out)
    await printer.line('{"type":"gap"}')
    assert written(out) == []


async def test_files(out, tmp_path):
    _, printer = make(out, "tsv", log_dir=str(tmp_path / "logs"))
    await printer.show(messages())
    printer.finish()
    assert written(out) == []
    assert sorted(path.name for path in (tmp_path / "logs").iterdir()) == ["broker.log", "rec.log"]
    lines = (tmp_path / "logs" / "rec.log").read_text().splitlines()
    assert [line[:8] for line in lines if not line.startswith("#")] == ["T\t-42\t1\t", "T\t-42\t2\t", "T\t-42\t3\t"]
    assert printer.summary(0) == f"received 4 records, which are in {tmp_path}/logs"


async def test_a_log_without_a_file(out, tmp_path):
    context, printer = make(out, "tsv", log_dir=str(tmp_path / "logs"))
    create = LogCreate("X::LOG", "W", "../x", [LogField("a", 3)])
    line = LogWrite("X::LOG", "W", "../x", bytes.fromhex("00000001 00000003 00000000 00"))
    await printer.show([Message("/t", create.value), Message("/t", line.value), *messages()])
    assert "a log called '../x' has no file" in context.stderr.getvalue()
    assert (printer.lost, printer.shown) == (1, 4)
    printer.finish()
    assert not (tmp_path / "x.log").exists()
