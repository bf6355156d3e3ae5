"""Whole screens of ``top``."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from broker_cli.live.board import Board, State, clock
from broker_cli.live.cells import ASCII, UNICODE
from broker_cli.live.tally import Tally
from broker_cli.live.viewing import View
from broker_core import Count, Event, Message

STATE = State(peers="127.0.0.1:9999", waiting_for="zeek/")


def traffic() -> Tally:
    """Three intervals of made-up traffic."""
    tally = Tally(0.0)
    for second, (pings, notices) in enumerate([(100, 2), (50, 4), (200, 1)]):
        messages = [
            Message("zeek/events/worker-1", Event("ping", "hi", Count(number)).value) for number in range(pings)
        ]
        messages += [Message("zeek/notices", Event("Notice::漢", "\x1b[2J", 1.5).value)] * notices
        messages += [Message("/\u202eevil", "text")]
        tally.add(messages, second + 0.5)
        tally.tick(second + 1.0)
    return tally


def screen(width: int, height: int, view: View | None = None, tally: Tally | None = None, **facts) -> list[str]:
    charset = facts.pop("charset", UNICODE)
    state = State(**{"peers": "127.0.0.1:9999", "waiting_for": "zeek/", **facts})
    return Board(charset, colour=False).lines(view or View(), tally or traffic(), state, 3.0, (width, height))


def test_a_screen_of_60_columns():
    assert [line.rstrip() for line in screen(60, 9)] == [
        "broker top  127.0.0.1:9999                        up 0:00:03",
        "202 msg/s  8.7kB/s  0 dropped  360 messages  15.4kB",
        "3 events, by rate",
        "TOPIC              MSG/S↓  BYTES/S TREND  LAST MESSAGE",
        'zeek/…nts/worker-1    200     8.6k    ▅▃█ ping("hi", 199)',
        'zeek/notices          1.0       52    ▅█▃ Notice::漢("\\x1b[…',
        '/\\u202eevil           1.0      6.0    ███ "text"',
        "",
        "q quit  ? help  p pause  s sort  / filter  e topics",
    ]


def test_a_screen_of_80_columns():
    assert [line.rstrip() for line in screen(80, 8)] == [
        "broker top  127.0.0.1:9999                                            up 0:00:03",
        "202 msg/s  8.7kB/s  0 dropped  360 messages  15.4kB                   ▅▃█",
        "3 events, by rate",
        "TOPIC                MSG/S↓  BYTES/S   TOTAL TREND    LAST MESSAGE",
        'zeek/events/worker-1    200     8.6k     350      ▅▃█ ping("hi", 199)',
        'zeek/notices            1.0       52       7      ▅█▃ Notice::漢("\\x1b[2J", 1.5)',
        '/\\u202eevil             1.0      6.0       3      ███ "text"',
        "q quit  ? help  p pause  s sort  / filter  e topics  r reverse  c count anew",
    ]


def test_a_screen_of_200_columns():
    assert [line.rstrip() for line in screen(200, 8)] == [
        "broker top  127.0.0.1:9999".ljust(190) + "up 0:00:03",
        "202 msg/s  8.7kB/s  0 dropped  360 messages  15.4kB                   ▅▃█",
        "3 events, by rate",
        (
            "TOPIC                 EVENT       MSG/S↓     AVG    PEAK   BYTES/S    TOTAL   BYTES   AGE  "
            "TREND                     LAST VALUE"
        ),
        (
            "zeek/events/worker-1  ping           200     120     200      8.6k      350   15.1k    0s  "
            '                     ▅▃█  ("hi", 199)'
        ),
        (
            "zeek/notices          Notice::漢     1.0     2.1     4.0        52        7     364    0s  "
            '                     ▅█▃  ("\\x1b[2J", 1.5)'
        ),
        (
            "/\\u202eevil           data           1.0     1.0     1.0       6.0        3      18    0s  "
            '                     ███  "text"'
        ),
        "q quit  ? help  p pause  s sort  / filter  e topics  r reverse  c count anew  arrows scroll",
    ]


def test_by_topic():
    lines = screen(80, 8, View(by_event=False))
    assert lines[2].startswith("3 topics, by rate")
    assert lines[3].rstrip().endswith("LAST VALUE")
    assert "ping(" in lines[4]
    assert "e events" in lines[-1]


def test_ascii():
    lines = screen(80, 8, charset=ASCII)
    assert "".join(lines).isascii()
    assert "MSG/Sv" in lines[3]
    assert "Notice::\\u6f22(" in lines[5]
    assert "=-#" in lines[4]


def test_what_is_dropped_and_lost_is_in_red():
    state = State(peers="h:1", connected=False, dropped=1234, waiting_for="")
    lines = Board(UNICODE, colour=True).lines(View(), traffic(), state, 3.0, (80, 8))
    assert "\x1b[1;31mnot connected  up 0:00:03\x1b[0m" in lines[0]
    assert "\x1b[1;31m1,234 dropped\x1b[0m" in lines[1]
    calm = Board(UNICODE, colour=True).lines(View(), traffic(), STATE, 3.0, (80, 8))
    assert "\x1b[1;31m" not in "".join(calm)


def test_colours_are_those_of_every_theme():
    """No absolute colours, and neither black nor white: light and dark themes define the sixteen."""
    lines = Board(UNICODE, colour=True).lines(View(), traffic(), STATE, 3.0, (200, 8))
    used = set(re.findall(r"\x1b\[([0-9;]*)m", "".join(lines)))
    assert used <= {"0", "1", "2", "7", "32", "34", "36", "1;31"}
    plain = screen(200, 8)
    assert [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines] == plain


def test_a_note_takes_the_place_of_the_keys():
    assert screen(60, 8, note="the connection to \x1b[2J has ended")[-1].startswith(
        "the connection to \\x1b[2J has ended"
    )


def test_pause():
    tally, view = traffic(), View()
    view.press("p", tally, 3.0)
    before = Board(UNICODE, colour=False).lines(view, tally, STATE, 3.0, (80, 8))
    tally.add([Message("/late", None)] * 1000, 9.0)
    tally.tick(9.5)
    after = Board(UNICODE, colour=False).lines(view, tally, STATE, 10.0, (80, 8))
    assert after == before
    assert after[0].endswith("PAUSED  up 0:00:03")
    assert "p go on" in after[-1]
    view.press("p", tally, 10.0)
    assert "/late" in "".join(Board(UNICODE, colour=False).lines(view, tally, STATE, 10.0, (80, 9)))


def test_the_filter_is_shown_while_it_is_typed():
    view, tally = View(), traffic()
    for key in ("/", "p", "i"):
        view.press(key, tally, 3.0)
    lines = screen(80, 8, view, tally)
    assert lines[2].startswith("1 of 3 events, by rate, filter: pi")
    assert lines[-1].startswith("filter: pi_")
    for key in "zzz":
        view.press(key, tally, 3.0)
    assert "nothing matches the filter: pizzz" in "".join(screen(80, 8, view, tally))


def test_scrolled():
    view = View(sort="name")
    tally = Tally(0.0)
    tally.add([Message(f"/{number:02}", None) for number in range(40)], 0.1)
    lines = screen(80, 10, view, tally)
    assert (view.page, lines[4][:3], lines[8][:3]) == (5, "/00", "/04")
    view.press("pgdn", tally, 1.0)
    lines = screen(80, 10, view, tally)
    assert lines[2].startswith("40 events, by name, from 6")
    assert lines[4][:3] == "/05"
    view.press("end", tally, 1.0)
    assert screen(80, 10, view, tally)[8][:3] == "/39"


def test_help():
    view, tally = View(), traffic()
    view.press("?", tally, 3.0)
    text = "\n".join(screen(80, 24, view, tally))
    assert "  q         quit" in text
    assert "any key goes back" in text
    assert "zeek/notices" not in text
    assert "…" not in text  # all of it fits


def test_nothing_yet():
    lines = screen(80, 8, tally=Tally(0.0))
    assert "no messages yet on zeek/" in lines[4]


def test_others():
    tally = Tally(0.0, max_rows=1)
    tally.add([Message("/a", None), Message("/b", None)], 0.1)
    assert "(others)" in screen(80, 8, tally=tally)[5]


@settings(max_examples=30)
@given(
    width=st.integers(1, 220),
    height=st.integers(1, 40),
    keys=st.lists(st.sampled_from(["s", "r", "e", "/", "p", "?", "down", "end", "enter", "esc", "漢"]), max_size=4),
    note=st.sampled_from(["", "something long " * 20]),
)
def test_a_screen_has_exactly_its_size(width, height, keys, note):
    tally, view = traffic(), View()
    for key in keys:
        view.press(key, tally, 3.0)
    lines = screen(width, height, view, tally, note=note)
    assert len(lines) == height
    for line in lines:
        assert line.isprintable()
        if width >= 24:
            assert cell_len(line) <= width


@pytest.mark.parametrize(
    ("seconds", "text"), [(-1, "0:00:00"), (59.9, "0:00:59"), (3661, "1:01:01"), (360_000, "100:00:00")]
)
def test_clock(seconds, text):
    assert clock(seconds) == text
