"""The options and arguments that ``broker store`` commands share."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from broker_cli.config import FORMATS, OutputFormat, Settings
from broker_cli.context import Context
from broker_cli.options import ConnectOptions, DisplayOptions, PeerOptions
from broker_cli.parsing import literal, refuse
from broker_cli.profiles.resolving import time_limit
from broker_cli.stores.target import Job, Target, arguments, split_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_cli.stores.missing import NamedKey

__all__ = ["ENTRY_FORMATS", "LiveOptions", "Match", "StoreOptions", "Ttl", "Words", "WriteOptions", "Yes", "named_keys"]

ENTRY_FORMATS: tuple[OutputFormat, ...] = ("human", "ndjson", "text")
"""For lines that nothing else in Broker prints."""

Words = Annotated[list[str] | None, Argument(metavar="ARG", show_default=False)]
"""All arguments of a command; whether the first one is a NAME depends on the options."""

Match = Annotated[str | None, Option("--match", metavar="GLOB", help="All keys like this, such as 'scan*'.")]
Ttl = Annotated[str | None, Option("--ttl", metavar="DUR", help="It expires after this time.")]
Yes = Annotated[bool, Option("--yes", "-y", help="Do not ask.")]


@dataclass(frozen=True)
class _WaitOptions:
    timeout: Annotated[
        str | None, Option("--timeout", metavar="DUR", help="Wait for the master and its answers (10s).")
    ] = None


@dataclass(frozen=True)
class _FileOptions:
    file: Annotated[
        str | None, Option("--file", "-f", metavar="FILE", help="Use this SQLite file or RocksDB directory.")
    ] = None


@dataclass(frozen=True)
class _ChangeOptions(_FileOptions):
    write: Annotated[bool, Option("--write", help="Change FILE; nobody else may use it then.")] = False


@dataclass(frozen=True)
class LiveOptions(DisplayOptions, ConnectOptions, _WaitOptions, PeerOptions):
    """For stores at a peer."""

    def checked(self, context: Context, known: tuple[OutputFormat, ...] = FORMATS, *, online: bool = True) -> Settings:
        """The checked settings; with peers if the command is to be *online*."""
        return self.extend(self.settings(context, known), self.required(context) if online else (), context)

    def patience(self, context: Context) -> float | None:
        """Seconds to wait for the master; None when the user does not say."""
        return time_limit(context, self.timeout)


@dataclass(frozen=True)
class StoreOptions(LiveOptions, _FileOptions):
    """For stores at a peer or in a file."""

    def job(
        self,
        context: Context,
        words: list[str] | None,
        shape: str,
        known: tuple[OutputFormat, ...] = FORMATS,
        *,
        writable: bool = False,
    ) -> tuple[Job, list[str]]:
        """What is to be done, and the arguments behind the name of the store: as many as *shape* says."""
        name, others = split_name(words or (), self.file)
        if self.file is not None and self.peer:
            refuse("--file and --peer exclude each other")
        target = Target(name=name, path=self.file or "", timeout=self.patience(context), writable=writable)
        settings = self.checked(context, known, online=self.file is None)
        return Job(context=context, settings=settings, target=target), arguments(others, shape, self.file)


@dataclass(frozen=True)
class WriteOptions(StoreOptions, _ChangeOptions):
    """For stores that are to be changed."""

    def change(
        self, context: Context, words: list[str] | None, shape: str, *, dry_run: bool = False
    ) -> tuple[Job, list[str]]:
        """As :meth:`job`, and a file is opened for writing, which the user has to allow."""
        if self.file is not None and not self.write and not dry_run:
            refuse("--file is only read", "with --write it is changed; stop what uses it before")
        return self.job(context, words, shape, writable=not dry_run)


def named_keys(words: "Sequence[str]") -> "list[NamedKey]":
    """The keys in *words*."""
    from broker_cli.stores.missing import NamedKey

    return [NamedKey(word, literal("KEY", word)) for word in words]
