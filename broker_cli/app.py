"""Puts the program together. Each command is loaded when it is needed, so that ``--help`` is quick."""

from __future__ import annotations

import builtins
from importlib import import_module
from keyword import iskeyword
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from .commandline import Command, take_as_given
from .tree import ALIASES, COMMANDS, HEADINGS, with_options_behind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .tree import CommandEntry

__all__ = ["load_all", "make_command"]


_EPILOG = """\b
Examples:
  broker listen --topic /test                 wait for peers, show messages
  broker publish -p :9999 /test ping "hi" 5   send them a typed event
  broker subscribe -p zeek:9999 zeek/         watch a Zeek node
BROKER_PEER=HOST:PORT or a profile stands in for -p. Short: pub, sub, req."""

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 80}


def _load(name: str, entry: CommandEntry) -> Any:
    """The command *name*, built from its function."""
    module = import_module(f"broker_cli.commands.{entry.module}")
    function = getattr(module, name + "_" * (iskeyword(name) or hasattr(builtins, name)))
    if entry.commands:
        return _make_group(name, function, module.EPILOG, entry.commands, {})
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    # A module with several commands has a text for each.
    usage, epilog = (text[name] if isinstance(text, dict) else text for text in (module.USAGE, module.EPILOG))
    app.command(name, cls=Command, epilog=epilog)(function)
    command: Any = typer.main.get_command(app)
    command.usage = usage
    return command


class _Commands(TyperGroup):
    """A group of commands."""

    usage = ("[OPTIONS] COMMAND [ARGS]...",)

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        self._entries: Mapping[str, CommandEntry] = {}
        self._aliases: Mapping[str, str] = {}
        for param in self.params:
            take_as_given(param)

    def offer(self, entries: Mapping[str, CommandEntry], aliases: Mapping[str, str]) -> None:
        """Have these commands, and shorter names for some of them."""
        self._entries, self._aliases = entries, aliases
        self.commands = dict.fromkeys([*entries, *aliases])  # type: ignore[assignment]  # filled when used

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse *args*; options that stand in front of the command belong to it."""
        return super().parse_args(ctx, with_options_behind(args) if ctx.parent is None else args)

    def get_help_option(self, ctx: Any) -> Any:
        """The option --help."""
        return take_as_given(super().get_help_option(ctx))

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  # Typer's signature
        """The names, without the short ones."""
        return list(self._entries)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002  # Typer's signature
        """The command, loaded now; None when there is none of that name."""
        name = self._aliases.get(cmd_name, cmd_name)
        return _load(name, self._entries[name]) if name in self._entries else None

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of commands, without loading them."""
        panels: dict[str, list[tuple[str, str]]] = {}
        heading = "Commands"
        for name, entry in self._entries.items():
            heading = HEADINGS.get(name, heading) if ctx.parent is None else heading
            panels.setdefault(heading, []).append((name, entry.summary))
        for title, rows in panels.items():
            with formatter.section(title):
                formatter.write_dl(rows)


def _make_group(
    name: str, function: Any, epilog: str, entries: Mapping[str, CommandEntry], aliases: Mapping[str, str]
) -> _Commands:
    app = typer.Typer(
        cls=_Commands,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        context_settings=_SETTINGS,
        epilog=epilog,
    )
    app.callback()(function)
    group: Any = typer.main.get_command(app)
    group.name = name
    group.offer(entries, aliases)
    return group  # type: ignore[no-any-return]  # Typer made it of this class


def _show_version(wanted: bool) -> None:  # called by Typer
    if wanted:
        from broker_core import __version__

        typer.echo(f"broker {__version__}")
        raise typer.Exit


def _main(
    version: Annotated[  # its callback does the work
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    """Publish, watch and inspect Zeek's Broker from a shell."""


def make_command() -> Any:
    """The whole command line, as Typer's command object."""
    return _make_group("broker", _main, _EPILOG, COMMANDS, ALIASES)


def _paths(entries: Mapping[str, CommandEntry], above: str = "") -> Iterator[tuple[str, str, CommandEntry]]:
    for name, entry in entries.items():
        yield above + name, name, entry
        yield from _paths(entry.commands, f"{above}{name} ")


def load_all() -> dict[str, Any]:
    """Every command, those of groups as ``GROUP COMMAND``, and the program itself as ""."""
    return {"": make_command()} | {path: _load(name, entry) for path, name, entry in _paths(COMMANDS)}
