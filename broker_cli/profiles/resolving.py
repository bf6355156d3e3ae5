"""Where the value of a setting comes from: a flag, else the environment, else the profile, else nobody says it."""

from __future__ import annotations

from os.path import commonprefix
from typing import TYPE_CHECKING, Literal, NamedTuple

from broker_cli.config import ENV_PROFILE, OUTPUT_WORDS
from broker_cli.context import wants_colour
from broker_cli.parsing import choice, optional_duration, refuse

from .files import config_path, make_profile, read_config
from .keys import KEYS

if TYPE_CHECKING:
    from broker_cli.config import OutputFormat, When
    from broker_cli.context import Context

    from .keys import Preset

__all__ = ["Origin", "Setting", "either", "output_format", "resolve", "stdout_colour", "time_limit", "use_profile"]


class Origin(NamedTuple):
    """Who says a value."""

    kind: Literal["flag", "environment", "profile", "default"]
    name: str = ""
    """The option, the variable, or the profile."""
    file: str = ""
    """Where the profile is."""

    def __str__(self) -> str:
        return {"profile": f"profile {self.name}"}.get(self.kind, self.name or self.kind)


_DEFAULT = Origin("default")
_RANKS = ("flag", "environment", "profile", "default")
_COLOUR_VARIABLES = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE")


class Setting(NamedTuple):
    """A value, and who says it."""

    name: str
    value: Preset | None
    """None when nobody says anything; never "" unless that is a value, or the value is in variables that hold it."""
    origin: Origin = _DEFAULT

    @property
    def what(self) -> str:
        """What to call it in a message."""
        if self.origin.kind == "profile":
            return f"{self.origin.file}: profile {self.origin.name}: {self.name}"
        return self.origin.name or f"--{self.name}"

    @property
    def text(self) -> str | None:
        """The value of a setting that is one text."""
        return self.value if isinstance(self.value, str) else None

    @property
    def texts(self) -> tuple[str, ...]:
        """The values of a setting that can be repeated."""
        return self.value if isinstance(self.value, tuple) else ()

    @property
    def on(self) -> bool:
        """The value of a switch."""
        return self.value is True

    @property
    def given(self) -> bool:
        """Whether there is a flag for it."""
        return self.origin.kind == "flag"


def resolve(context: Context, name: str, flag: Preset | list[str] | None = None) -> Setting:
    """The setting *name*, for which the command line has *flag*. An empty flag or variable says nothing."""
    key = KEYS[name]
    if isinstance(flag, list):
        flag = tuple(flag)
    if flag or (flag is not None and key.form in {"attempts", "switch"}):
        return Setting(name, flag, Origin("flag", f"--{name}"))
    if key.variable and (text := context.environ.get(key.variable)):
        parts: Preset = tuple(part for part in text.split(",") if part.strip()) if key.form == "texts" else text
        if parts:
            return Setting(name, parts, Origin("environment", key.variable))
    if any(map(context.environ.get, key.held)):
        return Setting(name, "", Origin("environment", commonprefix(key.held) + "*"))  # noqa: RUF071  # no path
    profile = context.profile
    if profile is not None and name in profile.values:
        return Setting(name, profile.values[name], Origin("profile", profile.name, profile.file))
    return Setting(name, None)


def either(first: Setting, second: Setting) -> Setting:
    """The one of two settings that exclude each other which is said first."""
    ranks = [_RANKS.index(setting.origin.kind) for setting in (first, second)]
    if ranks[0] == ranks[1] and first.value is not None:
        refuse(f"{first.what} and {second.what} exclude each other")
    return first if ranks[0] <= ranks[1] else second


def use_profile(context: Context, name: str | None, *, none: bool = False) -> None:
    """Let *context* have the profile *name*, or that of the environment, or the default one of the file.

    With *none* it gets none, and nothing is read. Raises a usage error for a profile that is not there, or is wrong.
    """
    if none and name:
        refuse("--profile and --no-profile exclude each other")
    context.profile = None
    if none:
        return
    wanted, what = (name, "--profile") if name else (context.environ.get(ENV_PROFILE, ""), ENV_PROFILE)
    config = read_config(context.environ)
    if config is None:
        if wanted:
            path = config_path(context.environ)
            reason = f"{path}: no such file" if path else "neither HOME nor XDG_CONFIG_HOME says where profiles are"
            refuse(f"{what}: there is no profile '{wanted}'; {reason}", f"broker profile add {wanted} would make it")
        return
    if not wanted:
        wanted, what = config.default, ""
    if not wanted:
        return
    if config.danger:
        context.warn(f"{config.path} {config.danger}, and decides whom to connect to; chmod go-w would help")
    context.profile = make_profile(config, wanted, what)


# -- settings that every command has ----------------------------------------------------------------------------------


def output_format(context: Context, flag: str | None, known: tuple[OutputFormat, ...]) -> OutputFormat:
    """The format for stdout, one of the *known* ones. A preset is not meant for every command, a flag is."""
    chosen = resolve(context, "output", flag)
    if chosen.text == "json" and "ndjson" in known:  # the same lines, as elements of one array
        from broker_cli.json_array import JsonArray

        context.array = JsonArray()
        return "ndjson"
    if chosen.text:
        word = choice(chosen.what, chosen.text, OUTPUT_WORDS)
        for form in known:
            if form == word:
                return form
        if chosen.given:
            refuse(f"--output: this command prints {' or '.join(known)}, not {word}")
    return "human" if context.stdout_is_terminal else "ndjson"


def stdout_colour(context: Context, flag: str | None) -> bool:
    """Whether stdout gets colours. What other programs take from the environment, too, comes before the profile."""
    chosen = resolve(context, "color", flag)
    words: tuple[When, ...] = ("auto", "always", "never")
    when: When = choice(chosen.what, chosen.text or "auto", words)
    if chosen.origin.kind == "profile" and any(map(context.environ.get, _COLOUR_VARIABLES)):
        when = "auto"
    return wants_colour(when, context.environ, is_terminal=context.stdout_is_terminal)


def time_limit(context: Context, flag: str | None) -> float | None:
    """The seconds of ``--timeout``; None when nobody says any."""
    chosen = resolve(context, "timeout", flag)
    return optional_duration(chosen.what, chosen.text)
