"""Puts the program together. Each command is loaded when it is needed, so that ``--help`` is quick."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperGroup

from .commandline import Command, take_as_given

__all__ = ["ALIASES", "COMMANDS", "make_command"]


class CommandEntry(NamedTuple):
    """A command as the list of commands shows it. *summary* is the first sentence of the command's own help."""

    module: str
    summary: str


COMMANDS = {
    "publish": CommandEntry("publish", "Publish an event, a value, or what a file holds."),
    "subscribe": CommandEntry("subscribe", 'Show messages on topics that start with TOPIC ("" is all).'),
    "listen": CommandEntry("listen", "Accept peers, and show what they publish."),
    "peer": CommandEntry("peer", "Connect to an endpoint and show its id, subscriptions and stores."),
    "status": CommandEntry("status", "Tell which endpoints can be reached, and what they are."),
}
ALIASES = {"pub": "publish", "sub": "subscribe"}

_EPILOG = """\b
Examples:
  broker listen --topic /test                 wait for peers, show messages
  broker publish -p :9999 /test ping "hi" 5   send them a typed event
  broker subscribe -p zeek:9999 zeek/         watch a Zeek node
-p can be left out when BROKER_PEER=HOST:PORT is set. Short: pub, sub."""

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 80}


def _load(name: str) -> Any:
    """The command *name*, built from its function."""
    module = import_module(f"broker_cli.commands.{COMMANDS[name].module}")
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command(name, cls=Command, epilog=module.EPILOG)(getattr(module, name))
    command: Any = typer.main.get_command(app)
    command.usage = module.USAGE
    return command


class _Commands(TyperGroup):
    """The group of all commands."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        for param in self.params:
            take_as_given(param)
        self.commands = dict.fromkeys([*COMMANDS, *ALIASES])  # type: ignore[assignment]  # filled when used

    def get_help_option(self, ctx: Any) -> Any:
        """The option --help."""
        return take_as_given(super().get_help_option(ctx))

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  # Typer's signature
        """The names, without the short ones."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002  # Typer's signature
        """The command, loaded now; None when there is none of that name."""
        name = ALIASES.get(cmd_name, cmd_name)
        return _load(name) if name in COMMANDS else None

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002  # Typer's signature
        """The list of commands, without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])


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
    app = typer.Typer(
        cls=_Commands,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        context_settings=_SETTINGS,
        epilog=_EPILOG,
    )
    app.callback()(_main)
    return typer.main.get_command(app)
