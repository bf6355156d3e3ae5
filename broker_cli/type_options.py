"""The options that say how events are declared: to check what is sent, and to name what is shown."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from typer import Option

from .config import Settings
from .context import Context
from .parsing import refuse
from .profiles.resolving import Setting, resolve

if TYPE_CHECKING:
    from broker_core.declarations import Declarations

__all__ = ["NamingOptions", "TypeOptions"]

_PANEL = "Types"


@dataclass(frozen=True)
class NamingOptions:
    """Declarations of events, for commands that show them."""

    sig: Annotated[
        list[str] | None,
        Option("--sig", metavar="EVENT", help="Its declaration: 'ping(msg: string)'.", rich_help_panel=_PANEL),
    ] = None
    event_file: Annotated[
        list[str] | None,
        Option(
            "--event-file",
            metavar="FILE",
            help="A Zeek script that declares events, records and enums; repeatable.",
            rich_help_panel=_PANEL,
        ),
    ] = None

    def declarations(self, context: Context) -> "Declarations | None":
        """What is declared, by signatures first; None when nothing is. Raises a usage error with the place of it."""
        files = resolve(context, "event-file", self.event_file)
        return _declared(self.sig or [], files, complete=files.given)

    def extend(self, settings: Settings, context: Context) -> Settings:
        """*settings* with what is declared."""
        declarations = self.declarations(context)
        return settings if declarations is None else replace(settings, declarations=declarations)


@dataclass(frozen=True)
class TypeOptions(NamingOptions):
    """The same for commands that send an event."""

    types: Annotated[
        str | None,
        Option("--types", metavar="T,T", help="The types of the arguments, without names.", rich_help_panel=_PANEL),
    ] = None

    def for_event(self, context: Context, event: str | None) -> "Declarations | None":
        """As :meth:`declarations`, with --types for *event*, if there is one."""
        if self.types is None:
            return self.declarations(context)
        if self.sig:
            refuse("--types and --sig exclude each other", "--sig has names and types")
        if event is None:
            refuse("--types goes with an EVENT", "for events of which each has its name, give --sig or --event-file")
        files = resolve(context, "event-file", self.event_file)
        return _declared([], files, types=(event, self.types))


def _declared(
    signatures: list[str], files: Setting, *, types: tuple[str, str] | None = None, complete: bool = True
) -> "Declarations | None":
    if not signatures and not files.texts and types is None:
        return None
    from broker_core.declarations import DeclarationError, Declarations

    known = Declarations(complete=complete or bool(signatures) or types is not None)
    try:
        if types is not None:
            known = known.merge(Declarations.of_types(*types, "--types"))
        for text in signatures:
            known = known.merge(Declarations.signature(text, "--sig"))
        for path in files.texts:
            statements = Declarations.parse(_script(files.what, path), path).statements
            known = known.merge(Declarations(statements, complete=False))
        known.events  # noqa: B018  # finds the types of all, now that all are there
    except DeclarationError as error:
        refuse(str(error), error.hint)
    return known


def _script(what: str, path: str) -> str:
    """The text of the file *path*, which *what* names; of one that is too long, as much as shows it."""
    from broker_core.declarations import MAX_TEXT

    try:
        with open(path, "rb") as file:  # noqa: PTH123  # a pipe of the shell, too
            return file.read(MAX_TEXT + 1).decode("utf-8", "surrogateescape")
    except OSError as error:
        refuse(f"{what}: {path}: {(error.strerror or str(error)).lower()}")
