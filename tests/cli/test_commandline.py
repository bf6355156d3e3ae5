"""What Typer lacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.commandline import OPTIONAL_VALUE, Command, normalized, option_panels, with_option_groups
from broker_cli.commandline import _Known as Known

KNOWN = Known(frozenset({"--count", "-n", "--peer", "-p", "--reconnect"}), frozenset({"--reconnect"}))


@pytest.mark.parametrize(
    ("line", "options", "arguments"),
    [
        ("/t e -5 +3 -1ns -.5", "", "/t e -5 +3 -1ns -.5"),
        ("/t e -1ns -n 2", "-n 2", "/t e -1ns"),
        ("-n -5 /t", "-n -5", "/t"),
        ("--count -5 /t", "--count -5", "/t"),
        ("--count=-5 /t -7", "--count=-5", "/t -7"),
        ("-n5 /t", "-n5", "/t"),
        ("-vn 5 /t", "-vn 5", "/t"),
        ("-vn5 7", "-vn5", "7"),
        ("-v 5", "-v", "5"),
        ("/t - -x -p h:1", "-x -p h:1", "/t -"),
        ("/t -- -x -n", "", "/t -x -n"),
        ("--reconnect 5", "--reconnect=", "5"),
        ("--reconnect=3 5", "--reconnect=3", "5"),
        ("--typo 5 -v", "--typo -v", "5"),
        ("", "", ""),
    ],
)
def test_options_come_first_and_numbers_are_arguments(line, options, arguments):
    assert normalized(line.split(), KNOWN) == [*options.split(), "--", *arguments.split()]


def test_an_option_may_look_like_a_number():
    known = Known(frozenset({"-n"}), frozenset(), frozenset({"-n", "-0"}))
    words = ["/t", "-0", "-5", "-00", "-n", "-0", "-0x"]
    assert normalized(words, known) == ["-0", "-n", "-0", "--", "/t", "-5", "-00", "-0x"]


@pytest.mark.parametrize("line", ["-n", "/t -n", "-5 --count", "-vn"])
def test_nothing_takes_the_place_of_a_missing_value(line):
    assert normalized(line.split(), KNOWN) == [line.split()[-1]]


OPTION = st.one_of(
    st.sampled_from([["-v"], ["--loud"], ["--typo"], ["--reconnect=2"], ["-n7"], ["--count=-1"]]),
    st.tuples(st.sampled_from(["-n", "--count", "-p", "--peer", "-vn"]), st.text(max_size=3)).map(list),
)
ARGUMENT = st.one_of(
    st.from_regex(r"\A[+-](\d|\.\d)[a-z0-9]*\Z"),
    st.text(max_size=4).filter(lambda text: not text.startswith("-")),
    st.just("-"),
)


@given(st.lists(OPTION | ARGUMENT), st.none() | st.lists(st.text(max_size=3)))
def test_all_words_stay_in_their_order(pieces, rest):
    words = [word for piece in pieces for word in (piece if isinstance(piece, list) else [piece])]
    options = [word for piece in pieces if isinstance(piece, list) for word in piece]
    arguments = [piece for piece in pieces if isinstance(piece, str)]
    done = normalized(words if rest is None else [*words, "--", *rest], KNOWN)
    assert done == [*options, "--", *arguments, *(rest or [])]
    assert normalized(done, KNOWN) == done


@dataclass(frozen=True)
class Group:
    size: Annotated[str | None, typer.Option("--size", "-s", metavar="N", help="How big.")] = None
    again: Annotated[str | None, typer.Option("--again", metavar=OPTIONAL_VALUE, help="Again.")] = None
    loud: Annotated[bool, typer.Option("--loud/--quiet", "-l", help="Loud.")] = False
    tags: Annotated[list[str] | None, typer.Option("--tag", metavar="T", help="A tag.")] = None


def make_command(calls: list[object], **settings: object):
    @with_option_groups
    def work(
        words: Annotated[list[str] | None, typer.Argument(metavar="WORD", help="A word.")] = None, *, group: Group
    ) -> None:
        """Do the work."""
        calls.append((words, group))

    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command("work", cls=Command, **settings)(work)
    command = typer.main.get_command(app)
    command.usage = ("[OPTIONS] WORD...", "[OPTIONS] --again")
    return command


def call(*args: str) -> object:
    calls: list[object] = []
    make_command(calls).main(list(args), prog_name="work", standalone_mode=False)
    return calls[0]


def test_a_group_of_options_arrives_as_one_object():
    assert call() == (None, Group())
    assert call("a", "-5", "-s", "-3", "--tag", "x", "--tag", "y", "-l") == (
        ["a", "-5"],
        Group(size="-3", tags=["x", "y"], loud=True),
    )


@dataclass(frozen=True)
class Early:
    base: Annotated[str | None, typer.Option("--base", metavar="B", help="A base.")] = None

    def prepare(self, context: list[object]) -> None:
        context.append(self.base)


def test_a_group_can_be_for_special_cases_as_a_whole():
    @with_option_groups
    def work(ctx: typer.Context, *, group: Annotated[Group, "Rare"]) -> None:
        """Do the work."""
        print(group.size)  # noqa: T201  # seen by the test

    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command("work", cls=Command)(work)
    command = typer.main.get_command(app)
    panels = option_panels(command.params)
    assert panels.pop("Options") == []
    assert [[option.name for option in options] for options in panels.values()] == [["size", "again", "loud", "tags"]]


def test_a_group_can_prepare_what_others_depend_on():
    seen: list[object] = []

    @with_option_groups
    def work(ctx: typer.Context, *, group: Group, early: Early) -> None:
        """Do the work."""
        seen.append((*ctx.obj, group.size))

    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command("work", cls=Command)(work)
    typer.main.get_command(app).main(["--base", "b", "-s", "1"], prog_name="work", standalone_mode=False, obj=[])
    assert seen == [("b", "1")]


def test_an_optional_value_may_be_left_out():
    assert call("--again", "5") == (["5"], Group(again=""))
    assert call("--again=7", "5") == (["5"], Group(again="7"))


@pytest.mark.parametrize("args", [["--nope"], ["-s"], ["-z"]])
def test_wrong_options_are_refused(args):
    with pytest.raises(Exception, match=r"(?i)no such option|requires an argument"):
        call(*args)


def test_the_help_lists_ways_to_use_it_arguments_and_options(capsys):
    make_command([]).main(["--help"], prog_name="work", standalone_mode=False)
    assert capsys.readouterr().out == (
        "Usage: work [OPTIONS] WORD...\n"
        "       work [OPTIONS] --again\n"
        "\n"
        "  Do the work.\n"
        "\n"
        "Arguments:\n"
        "  WORD  A word.\n"
        "\n"
        "Options:\n"
        "  -s, --size N          How big.\n"
        "  --again[=N]           Again.\n"
        "  -l, --loud / --quiet  Loud.\n"
        "  --tag T               A tag.\n"
        "  --help                Show this message and exit.\n"
    )


def test_completion_sees_the_words_as_they_are():
    command = make_command([])
    with command.make_context("work", ["-5", "--again"], resilient_parsing=True) as context:
        assert context.params["words"] in (None, (), [])
