"""The options that say which messages are shown, how each of them is, and what is run for it instead."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from typer import Option

from .config import STAMPS, Settings
from .parsing import choice, count, duration, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .executing import Execution
    from .options import DisplayOptions
    from .selecting.selection import Selection

__all__ = ["ExecOptions", "SelectionOptions", "ShowOptions"]

_SELECTION = "Selection"
_APPEARANCE = "Appearance"
_COMMANDS = "Commands"


@dataclass(frozen=True)
class SelectionOptions:
    """Which messages are shown."""

    event: Annotated[
        list[str] | None, Option("--event", metavar="GLOB", help="Only these events: 'Intel::*'; repeatable.")
    ] = None
    where: Annotated[
        str | None, Option("--where", metavar="EXPR", help="Only if: 'args[0] in 10.0.0.0/8 and args[1] > 5'.")
    ] = None
    exclude: Annotated[
        list[str] | None,
        Option(
            "--exclude",
            metavar="PREFIX",
            help="Not topics that start with PREFIX; repeatable.",
            rich_help_panel=_SELECTION,
        ),
    ] = None
    exact: Annotated[
        bool, Option("--exact", help="Only the topics TOPIC, not those that start so.", rich_help_panel=_SELECTION)
    ] = False
    sample: Annotated[
        str | None,
        Option(
            "--sample", metavar="P", help="Only a part: 10%, 0.1, or each hundredth: 1/100.", rich_help_panel=_SELECTION
        ),
    ] = None
    until_event: Annotated[
        list[str] | None,
        Option(
            "--until-event",
            metavar="GLOB",
            help="Stop after the first such event, which is shown; repeatable.",
            rich_help_panel=_SELECTION,
        ),
    ] = None

    @property
    def given(self) -> list[str]:
        """The options for events that were given, which records of logs are not."""
        options = {"--event": self.event, "--where": self.where, "--sample": self.sample}
        return [name for name, value in (options | {"--until-event": self.until_event}).items() if value]

    def selection(self, topics: "Sequence[str]", settings: Settings) -> "Selection | None":
        """What the options say; None when everything is shown. *settings* know the names of arguments."""
        texts = (self.where, self.sample)
        if texts == (None, None) and not (self.exact or self.exclude or self.event or self.until_event):
            return None
        if "" in (self.exclude or ()):
            refuse('--exclude: "" is the beginning of every topic')
        from random import Random

        from broker_core import InvalidValue

        from .selecting.expressions import condition
        from .selecting.globs import NameGlobs
        from .selecting.naming import naming_of
        from .selecting.sampling import sampler
        from .selecting.scanning import ExpressionError
        from .selecting.selection import Selection

        what = "--where"
        try:
            where = None if self.where is None else condition(self.where, naming_of(settings.declarations))
            what = "--event"
            events = NameGlobs(self.event) if self.event else None
            what = "--until-event"
            until = NameGlobs(self.until_event) if self.until_event else None
            what = "--sample"
            sample = None if self.sample is None else sampler(self.sample, Random())  # noqa: S311  # no secret
        except (ExpressionError, InvalidValue) as error:
            hint = "all of the language: broker help expressions" if what == "--where" else ""
            refuse(f"{what}: {error}", hint)
        return Selection(
            topics=frozenset(topics) if self.exact else None,
            exclude=tuple(self.exclude or ()),
            events=events,
            where=where,
            sample=sample,
            until=until,
        )


@dataclass(frozen=True)
class ShowOptions:
    """How messages are shown."""

    format_: Annotated[
        str | None, Option("--format", metavar="TEMPLATE", help="As this says: '{ts} {event} {args[0]}'.")
    ] = None
    ts: Annotated[
        str | None,
        Option(
            "--ts",
            metavar="WHICH",
            help="Time in front (-o human) or for {ts}: wall, delta, net or none.",
            rich_help_panel=_APPEARANCE,
        ),
    ] = None
    null: Annotated[
        bool, Option("--null", "-0", help="End each with NUL, for xargs -0.", rich_help_panel=_APPEARANCE)
    ] = False
    topics_only: Annotated[bool, Option("--topics-only", help="Only the topics.", rich_help_panel=_APPEARANCE)] = False
    big_ints: Annotated[
        str | None,
        Option(
            "--big-ints",
            metavar="AS",
            help="With -o plain, whole numbers beyond 2^53 as string or number (default).",
            rich_help_panel=_APPEARANCE,
        ),
    ] = None
    rate: Annotated[
        bool, Option("--rate", help="Tell messages per second, each second on stderr.", rich_help_panel=_APPEARANCE)
    ] = False

    @property
    def given(self) -> list[str]:
        """The options that were given and that records of logs have no use for."""
        return ["--ts"] * (self.ts is not None) + ["--null"] * self.null

    def extend(self, settings: Settings, display: "DisplayOptions") -> Settings:
        """*settings* with what this group says, which has to go with *display*."""
        template = self._template(display)
        stamps = None if self.ts is None else choice("--ts", self.ts, STAMPS)
        quoted = choice("--big-ints", self.big_ints or "number", ("number", "string")) == "string"
        if stamps not in {None, "none"} and template is None and settings.output != "human":
            refuse(f"--ts: -o {settings.output} has no place for it", "--ts goes with -o human and with --format")
        if self.null and template is None and settings.output == "human":
            refuse("--null: -o human is for people", "-0 goes with --format and every other -o")
        if quoted and (template is not None or settings.output != "plain"):
            refuse("--big-ints: only -o plain has numbers without types")
        made = replace(settings, template=template, stamps=stamps, nul=self.null, big_ints_as_strings=quoted)
        if template is not None:
            from .output.templates import Template
            from .selecting.naming import naming_of
            from .selecting.scanning import ExpressionError

            try:
                Template(template, naming_of(settings.declarations))
            except ExpressionError as error:
                refuse(f"--format: {error}", "all fields: broker help templates")
        return made

    def _template(self, display: "DisplayOptions") -> str | None:
        if self.topics_only and self.format_ is not None:
            refuse("--topics-only and --format exclude each other")
        template = "{topic}" if self.topics_only else self.format_
        if template is not None and display.output:
            refuse(f"{'--topics-only' if self.topics_only else '--format'} and --output exclude each other")
        return template


@dataclass(frozen=True)
class ExecOptions:
    """What is run for each message, instead of showing it."""

    exec_: Annotated[
        str | None,
        Option(
            "--exec",
            metavar="CMD",
            help="Run CMD for each, with BROKER_EVENT, BROKER_ARG_0... and the ndjson line as input.",
            rich_help_panel=_COMMANDS,
        ),
    ] = None
    exec_jobs: Annotated[
        str | None,
        Option("--exec-jobs", metavar="N", help="Run at most N (4) at a time.", rich_help_panel=_COMMANDS),
    ] = None
    exec_timeout: Annotated[
        str | None,
        Option("--exec-timeout", metavar="DUR", help="End each after this time (60s).", rich_help_panel=_COMMANDS),
    ] = None

    @property
    def given(self) -> list[str]:
        """The option that says that something is run, if it was given."""
        return ["--exec"] if self.exec_ is not None else []

    def execution(self, settings: Settings) -> "Execution | None":
        """What the options say; None when nothing is run."""
        if self.exec_ is None:
            if self.exec_jobs is not None or self.exec_timeout is not None:
                refuse("--exec-jobs and --exec-timeout go with --exec")
            return None
        if settings.template is not None or settings.nul:
            refuse("--exec runs a command instead of printing", "leave out --format, --topics-only and --null")
        jobs = None if self.exec_jobs is None else count("--exec-jobs", self.exec_jobs)
        limit = None if self.exec_timeout is None else duration("--exec-timeout", self.exec_timeout)
        from .executing import Execution
        from .selecting.naming import naming_of

        return Execution.parse(self.exec_, naming_of(settings.declarations), jobs=jobs, limit=limit)
