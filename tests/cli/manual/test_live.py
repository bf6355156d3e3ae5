"""What the manual says about live views holds."""

from __future__ import annotations

from broker_cli.live.tally import KINDS, LARGEST_LAST, LONGEST_NAME, MAX_ROWS
from broker_cli.live.viewing import KEYS
from broker_cli.manual.live import TOP, WATCH


def text_of(section) -> str:
    return " ".join(part if isinstance(part, str) else str(part) for part in section.paragraphs)


def test_every_key_is_explained():
    explained = {name.strip() for term, _ in TOP[0].paragraphs[0] for name in term.split(",")}
    assert {name.strip() for term, _ in KEYS for name in term.split(",")} <= explained


def test_the_bounds_are_those_of_the_code():
    text = text_of(TOP[1])
    for bound in (f"{MAX_ROWS:,} topics", f"{LONGEST_NAME:,} characters", f"{LARGEST_LAST // 1024} KiB"):
        assert bound in text


def test_the_kinds_are_those_of_the_code():
    assert all(kind in text_of(TOP[2]) for kind in KINDS.values())


def test_watching_is_explained():
    assert "--watch" in text_of(WATCH)
