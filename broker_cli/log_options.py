"""The options for Zeek's logs: log writes as records in the output, and log files as input."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from .config import FORMATS, LOG_FORMATS, OutputFormat, Settings
from .parsing import choice, listen_address, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_core.declarations import Declarations, Signature
    from broker_core.logs import Part, UnsetWay

    from .logs.sources import SinkPlan
    from .reading import LineReader, MessageReader, Recorded

__all__ = ["UNSET", "LogInputOptions", "LogOutputOptions", "LogSourceOptions"]

UNSET: "tuple[UnsetWay, ...]" = ("refuse", "nil", "empty")
"""What --unset may say."""

_PANEL = "Zeek logs"
_FILE_FORMATS: tuple[OutputFormat, ...] = ("ndjson", "tsv")


@dataclass(frozen=True)
class LogOutputOptions:
    """What becomes of log writes."""

    logs: Annotated[bool, Option("--logs", help="Only log writes, as Zeek's log records; also -o tsv.")] = False
    log_dir: Annotated[
        str | None,
        Option(
            "--log-dir",
            metavar="DIR",
            help="Write them to DIR/PATH.log (tsv, or with -o ndjson JSON) instead of printing them.",
            rich_help_panel=_PANEL,
        ),
    ] = None

    @property
    def formats(self) -> tuple[OutputFormat, ...]:
        """What -o may say."""
        if self.log_dir is not None:
            return _FILE_FORMATS
        return LOG_FORMATS if self.logs else FORMATS

    def extend(self, settings: Settings, *, chosen: str | None, others: "Sequence[str]" = ()) -> Settings:
        """*settings* with what this group says. *chosen* is what -o says; *others* are options that do not fit."""
        if not self.logs and self.log_dir is None:
            return settings
        if settings.template is not None:
            refuse("--logs prints records in a form of its own", "leave out --format and --topics-only")
        if others:
            refuse(f"{others[0]} is for messages, and --logs shows records", "jq can choose among them: -o ndjson | jq")
        if self.log_dir is not None and chosen is None:
            settings = replace(settings, output="tsv")
        return replace(settings, logs=True, log_dir=self.log_dir)


@dataclass(frozen=True)
class LogSourceOptions(LogOutputOptions):
    """What becomes of log writes, and where else logs come from."""

    log_sink: Annotated[
        str | None,
        Option(
            "--log-sink",
            metavar="[ADDR:]PORT",
            help="As --logs, for what nodes of a ZeroMQ cluster push here: a share of it if there are other loggers.",
            rich_help_panel=_PANEL,
        ),
    ] = None

    @property
    def _output(self) -> LogOutputOptions:
        return LogOutputOptions(logs=self.logs or self.log_sink is not None, log_dir=self.log_dir)

    @property
    def formats(self) -> tuple[OutputFormat, ...]:
        """What -o may say."""
        return self._output.formats

    def extend(self, settings: Settings, *, chosen: str | None, others: "Sequence[str]" = ()) -> Settings:
        """As the base class; peers that have no logs to show are refused."""
        settings = self._output.extend(settings, chosen=chosen, others=others)
        if settings.logs and self.log_sink is None and all(peer.transport == "zmq" for peer in settings.peers):
            refuse("nodes of a ZeroMQ cluster do not publish their logs: they push them to loggers", _SINK_HINT)
        return settings

    def sink(self, capacity: int | None, overflow: str) -> "SinkPlan | None":
        """Where logs are to come to, if anywhere; *capacity* and *overflow* are about batches that wait."""
        if self.log_sink is None:
            return None
        host, port = listen_address(self.log_sink, "--log-sink")
        from .logs.sources import SinkPlan

        return SinkPlan(host=host, port=port, capacity=capacity, overflow=overflow)


_SINK_HINT = (
    "--log-sink PORT is one, if they have redef Cluster::Backend::ZeroMQ::connect_log_endpoints += "
    '{ "tcp://HOST:PORT" }; each batch goes to one logger, so it gets a share and no copies'
)


@dataclass(frozen=True)
class LogInputOptions:
    """How lines of logs become events."""

    fields: Annotated[
        str | None,
        Option(
            "--fields",
            metavar="A,B",
            help="With --in zeek: these columns are the arguments, such as uid,id.orig_h.",
            rich_help_panel=_PANEL,
        ),
    ] = None
    unset: Annotated[
        str | None,
        Option(
            "--unset",
            metavar="HOW",
            help="An argument whose column is not set: refuse (default), nil, or empty (0, no text).",
            rich_help_panel=_PANEL,
        ),
    ] = None

    def refuse_with(self, form: str) -> None:
        """Refuse these options for input of another *form*."""
        if self.fields is not None or self.unset is not None:
            refuse(f"--fields and --unset go with --in zeek, not with --in {form}")

    def reader(
        self,
        topic: str | None,
        event: str | None,
        *,
        file: str,
        known: "Declarations | None",
        timed: bool = False,
        stamped: bool = False,
    ) -> "LineReader[tuple[str, Any]] | LineReader[Recorded]":
        """What reads the lines of *file*, and sees that the events are as declared, as far as they are *known*.

        *timed*: with the times of the records, for --pace recorded. *stamped*: these are in the events, too.
        """
        if topic is None or event is None:
            refuse(f"--in zeek needs {'a TOPIC and an EVENT' if topic is None else 'an EVENT'}", _HINT)
        from broker_core import InvalidValue

        from .logs.reading import LogEvents

        signature = None if known is None else known.event(event)
        parts = self._parts(signature)
        unset = choice("--unset", self.unset or "refuse", UNSET)
        try:
            events = LogEvents(topic, event, parts, unset=unset, name=file, stamped=stamped)
        except InvalidValue as error:
            refuse(str(error))
        reader: MessageReader = events
        from .typed_reading import CheckedReader, TimedReader

        if known is not None:
            reader = CheckedReader(events, known)
        return TimedReader(reader, events.time) if timed else reader

    def _parts(self, signature: "Signature | None") -> "Sequence[Part | str] | None":
        """What the arguments are: the columns of --fields, or else those that the parameters name."""
        if self.fields is not None:
            names = [name.strip() for name in self.fields.split(",")]
            if not all(names):
                refuse(f"--fields: '{self.fields}' has an empty name in it", "such as uid,id.orig_h,id.resp_p")
            return names
        if signature is None:
            return None
        from .logs.reading import parts_of_signature

        parts = parts_of_signature(signature)
        if parts is None:
            refuse(f"the parameters of {signature} have no names, so they name no columns", "--fields names them")
        return parts


_HINT = "such as broker publish zeek/conn conn_seen --from conn.log --in zeek"
