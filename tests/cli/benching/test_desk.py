"""What a role has around it."""

from __future__ import annotations

import json
import os

import pytest
import trio
import trio.testing

from broker_cli.benching.desk import Desk
from broker_cli.benching.work import Work
from broker_cli.config import Settings


class Commands:
    """What a parent says, in portions."""

    def __init__(self, *portions):
        self.portions = list(portions)

    async def next(self):
        await trio.lowlevel.checkpoint()
        if not self.portions:
            await trio.sleep_forever()
        return self.portions.pop(0)


@pytest.fixture
def desk():
    return Desk(Work(role="sink", settings=Settings(), client=3))


def test_it_begins_with_nothing(desk):
    assert (desk.done, desk.part.client, desk.go.is_set()) == (0, 3, False)


async def test_the_words_of_the_parent(desk):
    async with trio.open_nursery() as nursery:
        nursery.start_soon(desk.listen, Commands([b"other"], [b"more", b"go"]), [])
        await desk.go.wait()
        assert not desk.scope.cancel_called
        nursery.cancel_scope.cancel()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(desk.listen, Commands(), [b"stop"])
        with desk.scope:
            await trio.sleep_forever()
        assert desk.scope.cancelled_caught
        nursery.cancel_scope.cancel()


async def test_without_a_parent_the_process_ends(desk, monkeypatch):
    class Ended(Exception):
        pass

    def end(code):
        raise Ended(code)

    monkeypatch.setattr(os, "_exit", end)
    with pytest.raises(Ended):
        await desk.listen(Commands([]), [b"go"])


async def test_progress_is_told_when_there_is_any(desk, monkeypatch, autojump_clock):
    told: list = []
    monkeypatch.setattr(os, "write", lambda fd, data: told.append(json.loads(data)))
    with trio.move_on_after(3):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(desk.tell_progress)
            await trio.testing.wait_all_tasks_blocked()
            desk.done = 5
    assert told == [{"progress": 5}]


async def test_it_is_ready_until_it_is_time(desk, monkeypatch):
    told: list = []
    monkeypatch.setattr(os, "write", lambda fd, data: told.append(json.loads(data)))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(desk.ready)
        await trio.testing.wait_all_tasks_blocked()
        assert told == [{"ready": True}]
        desk.go.set()
