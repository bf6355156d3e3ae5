"""Counts over time, on a clock that jumps."""

from __future__ import annotations

import json
import tempfile
from types import SimpleNamespace

import pytest
import trio

from broker_cli.context import Context
from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.live.notes import Notes
from broker_cli.live.reports import Reporter
from broker_cli.live.showing import REFRESH, Lines, Screen
from broker_core import Message

TICK, HALF = 1.0, 0.5


@pytest.fixture
def out():
    with tempfile.TemporaryFile() as file:
        yield file


def session_on(file, **changes) -> SimpleNamespace:
    facts = {"stdout": file.fileno(), "stdout_is_terminal": False, "environ": {}, **changes}
    return SimpleNamespace(context=Context(**facts))


def printed(file) -> list[dict]:
    file.seek(0)
    return [json.loads(line) for line in file.read().decode().splitlines()]


async def feed(tally, *pauses: float) -> None:
    for pause in pauses:
        tally.add([Message("/t", "x")], trio.current_time())
        await trio.sleep(pause)


SUBSCRIBER = SimpleNamespace(dropped=7)


async def test_lines_come_once_in_an_interval(out, autojump_clock):
    lines = Lines(session_on(out), SUBSCRIBER, Reporter(), TICK, None)
    await lines.run(lambda: feed(lines.tally, 0.2, 0.2, 2 * TICK))
    found = printed(out)
    rates = [line for line in found if line["type"] == "rates"]
    assert [line["interval"] for line in rates] == pytest.approx([1.0, 1.0, 0.4])
    assert [line["messages"] for line in rates] == [3, 3, 3]
    assert [line["rate"] for line in rates] == pytest.approx([3.0, 0.0, 0.0])
    assert {line["dropped"] for line in rates} == {7}


async def test_a_number_of_intervals_ends_it(out, autojump_clock):
    lines = Lines(session_on(out), SUBSCRIBER, Reporter(), TICK, 2)
    start = trio.current_time()
    await lines.run(trio.sleep_forever)
    assert trio.current_time() - start == 2 * TICK
    assert [line["type"] for line in printed(out)] == ["rates", "rates"]


async def test_nothing_is_printed_twice_at_the_end(out, autojump_clock):
    lines = Lines(session_on(out), SUBSCRIBER, Reporter(), TICK, None)
    await lines.run(lambda: feed(lines.tally, TICK + 0.001))
    assert len([line for line in printed(out) if line["type"] == "rates"]) == 1


async def test_after_a_failure_the_last_state_is_there(out, autojump_clock):
    async def fail() -> None:
        await feed(lines.tally, HALF)
        raise failure

    failure = Failure("too few", ExitCode.TIMEOUT)
    lines = Lines(session_on(out), SUBSCRIBER, Reporter(), TICK, None)
    with pytest.RaisesGroup(Failure) as caught:
        await lines.run(fail)
    assert caught.value.exceptions[0] is failure
    assert printed(out)[-1]["messages"] == 1


async def test_lines_on_a_terminal_are_harmless(out, autojump_clock):
    lines = Lines(session_on(out, stdout_is_terminal=True), SUBSCRIBER, Reporter(), TICK, 1)
    lines.tally.add([Message("/\u202e", "\u202e")], trio.current_time())
    await lines.run(trio.sleep_forever)
    out.seek(0)
    assert "\u202e" not in out.read().decode()


class FakeTerminal:
    """Remembers what was shown; *keys* come one by one."""

    def __init__(self, *keys: tuple[float, str]) -> None:
        self.shown: list[tuple[float, str]] = []
        self.forgotten = 0
        self.size = (80, 24)
        self._keys = list(keys)

    async def show(self, lines) -> None:
        self.shown.append((trio.current_time(), lines[0]))
        await trio.lowlevel.checkpoint()

    def forget(self) -> None:
        self.forgotten += 1

    async def keys(self) -> list[str]:
        if not self._keys:
            await trio.sleep_forever()
        pause, key = self._keys.pop(0)
        await trio.sleep(pause)
        return [key]

    async def watch_signals(self, changed) -> None:
        await trio.lowlevel.checkpoint()


class Counts(Screen):
    """Shows the messages, the rate and the last note; q ends it."""

    def press(self, key: str) -> bool:
        if key == "c":
            self.restart(trio.current_time())
        return key == "q"

    def draw(self, now: float, size: tuple[int, int]) -> list[str]:
        return [f"{self.tally.total.messages} {self.tally.total.rate:g} {self.note(now)}".strip()]


def screen_of(out, terminal: FakeTerminal, refreshes: int | None = None) -> Counts:
    notes = Notes(Context(stderr=None).stderr)
    notes.hold()
    return Counts(session_on(out), notes, terminal, TICK, refreshes)


async def test_the_screen_is_drawn_four_times_a_second(out, autojump_clock):
    terminal = FakeTerminal((2.1 * TICK, "q"))
    screen = screen_of(out, terminal)
    start = trio.current_time()
    await screen.run(trio.sleep_forever)
    times = [moment - start for moment, _ in terminal.shown]
    assert times[:9] == pytest.approx([at * REFRESH for at in range(9)])
    assert len(times) <= 11


async def test_a_key_is_seen_at_once(out, autojump_clock):
    terminal = FakeTerminal((0.1, "x"), (TICK, "q"))
    await screen_of(out, terminal).run(trio.sleep_forever)
    start = terminal.shown[0][0]
    assert terminal.shown[1][0] - start == pytest.approx(0.1)


async def test_rates_change_once_in_an_interval(out, autojump_clock):
    terminal = FakeTerminal((2.1 * TICK, "q"))
    screen = screen_of(out, terminal)

    async def take() -> None:
        await feed(screen.tally, 0.1, 0.1, 0.1, 0.1, 1.3)
        await trio.sleep_forever()

    await screen.run(take)
    start = terminal.shown[0][0]
    at = {round(moment - start, 2): text for moment, text in terminal.shown}
    assert at[0.25] == "3 12"  # an estimate: three in a quarter of a second
    assert at[1.0] == at[1.75] == "5 5"
    assert at[2.0] == "5 0"


async def test_counting_anew(out, autojump_clock):
    terminal = FakeTerminal((HALF, "c"), (2 * TICK, "q"))
    screen = screen_of(out, terminal)

    async def take() -> None:
        await feed(screen.tally, 0.1, HALF)
        await trio.sleep_forever()

    await screen.run(take)
    start = terminal.shown[0][0]
    assert next(text for moment, text in terminal.shown if moment - start > HALF + 0.01) == "0 0"


async def test_a_number_of_refreshes_ends_the_screen(out, autojump_clock):
    terminal = FakeTerminal()
    start = trio.current_time()
    await screen_of(out, terminal, 3).run(trio.sleep_forever)
    assert trio.current_time() - start == 3 * TICK


async def test_the_last_state_is_drawn(out, autojump_clock):
    terminal = FakeTerminal()
    screen = screen_of(out, terminal)
    await screen.run(lambda: feed(screen.tally, 0.3, 0.05))
    assert terminal.shown[-1][1].startswith("2 ")


async def test_notes_are_shown_for_a_while(out, autojump_clock):
    terminal = FakeTerminal((30 * TICK, "q"))
    screen = screen_of(out, terminal)

    async def take() -> None:
        await trio.sleep(TICK)
        screen._notes.write("broker: lost\n")
        await trio.sleep_forever()

    await screen.run(take)
    start = terminal.shown[0][0]
    with_note = [moment - start for moment, text in terminal.shown if text.endswith("lost")]
    assert 1.0 <= with_note[0] <= 1.25
    assert 10.5 <= with_note[-1] <= 11.25


async def test_another_size_is_painted_anew(out, autojump_clock):
    terminal = FakeTerminal((TICK, "x"), (TICK, "q"))
    screen = screen_of(out, terminal)

    async def take() -> None:
        await trio.sleep(HALF)
        terminal.size = (60, 10)
        await trio.sleep_forever()

    await screen.run(take)
    assert terminal.forgotten == 2  # the first size is a new one, too
