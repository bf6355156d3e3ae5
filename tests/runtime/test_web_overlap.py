"""What comes twice while one connection takes the place of another is delivered once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from broker_core import Message
from broker_core.runtime.web_overlap import Overlap


def messages(numbers: list[int], topic: str = "/x") -> list[Message]:
    return [Message(topic, number) for number in numbers]


def run(old: list[Message], new: list[Message], *, old_topics: tuple[str, ...] = ("/x",)) -> list[object]:
    overlap = Overlap(old_topics, ("/x", "/y"))
    overlap.note(old)
    return [message.value for one in new for message in overlap.fresh([one])]


def test_nothing_is_repeated() -> None:
    assert run(messages([1, 2]), messages([3, 4])) == [3, 4]


def test_the_end_of_the_old_one_is_the_start_of_the_new_one() -> None:
    assert run(messages([1, 2, 3]), messages([2, 3, 4])) == [4]


def test_the_same_again_later_is_new() -> None:
    assert run(messages([1]), messages([1, 1, 1])) == [1, 1]


def test_what_the_old_one_did_not_ask_for_is_new() -> None:
    new = [*messages([2], "/y"), *messages([1])]
    assert run(messages([1]), new) == [2]


def test_what_the_new_one_does_not_ask_for_is_no_overlap() -> None:
    overlap = Overlap(("/x", "/old"), ("/x",))
    overlap.note(messages([1], "/old"))
    assert overlap.over


def test_without_old_topics_there_is_no_overlap() -> None:
    assert run([], messages([1]), old_topics=()) == [1]


@given(st.lists(st.integers(0, 1_000_000), unique=True, max_size=12), st.data())
def test_whatever_the_moment_each_message_comes_once(sent: list[int], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(sent)))  # the new connection gets what is sent from here on
    end = data.draw(st.integers(start, len(sent)))  # and the old one what is sent before this
    assert sent[:end] + run(messages(sent[:end]), messages(sent[start:])) == sent
