"""What Typer lacks: negative numbers as arguments, options with an optional value, groups of shared options.

Commands read their options as text and check them themselves. So Typer's own conversion, which takes a library
that needs longer to load than all the rest, is left out.
"""

import inspect
import re
import textwrap
import typing
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, fields, is_dataclass
from functools import wraps
from typing import Any, TypeVar

from typer.core import TyperCommand

__all__ = [
    "OPTIONAL_VALUE",
    "Command",
    "normalized",
    "option_help",
    "option_panels",
    "take_as_given",
    "with_option_groups",
]

OPTIONAL_VALUE = "[=N]"
"""The metavar of an option whose value may be left out; it is "" then."""

_NUMBER = re.compile(r"[+-](\d|\.\d)")

F = TypeVar("F", bound=Callable[..., None])


@dataclass(frozen=True, slots=True)
class _Known:
    """The options of a command, as far as telling options from arguments needs them."""

    with_value: frozenset[str]
    with_optional_value: frozenset[str]
    names: frozenset[str] = frozenset()


def normalized(args: list[str], known: _Known) -> list[str]:
    """*args* with the options in front and all arguments behind ``--``.

    So a word that starts like a signed number (``-5``, ``+3``, ``-1ns``, ``-.5``) is an argument wherever it
    stands, except as the value of an option, and where it is an option itself (``-0``). Nothing is dropped or
    changed; unknown options stay options.
    """
    options: list[str] = []
    arguments: list[str] = []
    at = 0
    while at < len(args):
        word = args[at]
        at += 1
        if word == "--":
            arguments += args[at:]
            break
        if len(word) < 2 or not word.startswith("-") or (_NUMBER.match(word) and word not in known.names):
            arguments.append(word)
        elif word in known.with_optional_value:
            options.append(f"{word}=")
        else:
            options.append(word)
            if _wants_next(word, known):
                if at == len(args):
                    return options  # Typer says what is missing; nothing may take its place
                options.append(args[at])
                at += 1
    return [*options, "--", *arguments]


def _wants_next(word: str, known: _Known) -> bool:
    if word.startswith("--"):
        return word in known.with_value  # not so with "=" in it
    for place, letter in enumerate(word[1:], 2):
        if f"-{letter}" in known.with_value:
            return place == len(word)  # otherwise the rest of the word is the value
    return False


def take_as_given(param: Any) -> Any:
    """*param*, which may be None, without Typer's conversion."""
    if hasattr(param, "_runtime_param"):  # Typer has it since it converts with pydantic
        param._runtime_param = _AsGiven()  # noqa: SLF001  # there is no public way
    return param


class _AsGiven:
    """Takes the place of Typer's converter for one parameter: text stays text."""

    def coerce(self, value: Any, param: Any, ctx: object) -> Any:  # noqa: ARG002  # Typer's signature
        """*value*, with nothing given turned into what Typer gives for it."""
        if value is None and (param.multiple or param.nargs == -1):
            return ()
        return value


def _is_explained_argument(param: Any) -> bool:
    return param.param_type_name == "argument" and bool(param.help)


def option_panels(params: Iterable[Any]) -> dict[str, list[Any]]:
    """The options among *params*, the general ones first, then under their heading those for special cases."""
    panels: dict[str, list[Any]] = {"Options": []}
    for param in params:
        if param.param_type_name == "option":
            panels.setdefault(getattr(param, "rich_help_panel", None) or "Options", []).append(param)
    return panels


def option_help(option: Any) -> tuple[str, str]:
    """How to write *option*, short name first, and what it does."""
    names = ", ".join(sorted(option.opts, key=len))
    if option.secondary_opts:
        names += f" / {', '.join(option.secondary_opts)}"
    metavar = option.metavar or ""
    return names + ("" if metavar.startswith("[=") else " ") * bool(metavar) + metavar, option.help or ""


class Command(TyperCommand):
    """A command with :func:`normalized` arguments."""

    usage: tuple[str, ...] = ("[OPTIONS]",)
    """What follows the name of the command, one for each way to use it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = [param for param in self.params if param.param_type_name == "option"]
        self._known = _Known(
            frozenset(
                name
                for option in options
                if not (getattr(option, "is_flag", False) or getattr(option, "count", False))
                for name in option.opts
            ),
            frozenset(name for option in options if option.metavar == OPTIONAL_VALUE for name in option.opts),
            frozenset(name for option in options for name in option.opts),
        )
        for param in self.params:
            take_as_given(param)

    def get_help_option(self, ctx: Any) -> Any:
        """The option --help."""
        return take_as_given(super().get_help_option(ctx))

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """One line for each way to use the command."""
        for at, words in enumerate(self.usage):
            formatter.write_usage(ctx.command_path, words, "Usage: " if at == 0 else "       ")

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Arguments and options, each with its help."""
        shown: list[Any] = [param for param in self.get_params(ctx) if not getattr(param, "hidden", False)]
        rows = [(str(param.metavar), str(param.help)) for param in shown if _is_explained_argument(param)]
        if rows:
            with formatter.section("Arguments"):
                formatter.write_dl(rows)
        panels = option_panels(shown)
        with formatter.section("Options"):
            formatter.write_dl([option_help(option) for option in panels.pop("Options")])
        special = " ".join(option.opts[0] for options in panels.values() for option in options)
        if special:
            first = "More options, see the manual page: "
            for line in textwrap.wrap(first + special, formatter.width, break_on_hyphens=False, subsequent_indent="  "):
                formatter.write(f"{line}\n")

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse *args*; completion sees them as they are."""
        try:
            return super().parse_args(ctx, args if ctx.resilient_parsing else normalized(args, self._known))
        except Exception as error:
            if getattr(error, "ctx", ctx) is None:
                vars(error)["ctx"] = ctx  # so that the message can name the command
            raise


def _in_panel(hint: Any, panel: str) -> Any:
    """The type of an option, with the option below the heading *panel*."""
    option = copy(hint.__metadata__[0])
    option.rich_help_panel = panel
    return typing.Annotated[hint.__origin__, option]


def with_option_groups(function: F) -> F:
    """Let *function* take dataclasses of options: each field of such a parameter becomes an option of its own.

    All options of ``Annotated[Group, "Heading"]`` are for special cases, below that heading.
    """
    groups: dict[str, type[Any]] = {}
    parameters: list[inspect.Parameter] = []
    for parameter in inspect.signature(function, eval_str=True).parameters.values():
        kind, *details = typing.get_args(parameter.annotation) or (parameter.annotation,)
        if not is_dataclass(kind):
            parameters.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY))
            continue
        group = groups[parameter.name] = typing.cast("type[Any]", kind)
        hints = typing.get_type_hints(group, include_extras=True)
        if details:
            hints = {name: _in_panel(hint, details[0]) for name, hint in hints.items()}
        parameters += [
            inspect.Parameter(
                field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default, annotation=hints[field.name]
            )
            for field in fields(group)
        ]

    @wraps(function)
    def wrapper(**values: Any) -> None:
        for name, group in groups.items():
            values[name] = group(**{field.name: values.pop(field.name) for field in fields(group)})
        for name in groups:
            if prepare := getattr(values[name], "prepare", None):  # such as to find the profile that others look into
                prepare(values["ctx"].obj)
        function(**values)

    vars(wrapper)["__signature__"] = inspect.Signature(parameters)
    wrapper.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return typing.cast("F", wrapper)
