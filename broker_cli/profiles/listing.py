"""What ``broker profile list`` and ``show`` print: profiles, and settings with where they come from.

A line of ndjson has for a profile ``name``, ``peers``, ``tls`` (or null), ``default`` and ``in_use`` (true or false),
``file``, and ``error`` for one that is wrong; for a setting ``name``, ``value`` (text, an array of texts, true or
false, or null when nobody says any, or the environment holds a secret), ``default`` (what applies when nobody says
any), ``origin`` (flag, environment, profile or default), ``source`` (the option, variable or profile, or null), and
``file`` (of the profile, or null).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from broker_cli.context import escape
from broker_cli.exit_codes import Failure

from .files import make_profile
from .keys import KEYS
from .resolving import Origin, Setting, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from broker_cli.config import Profile
    from broker_cli.context import Context

    from .files import ConfigFile
    from .keys import Preset

__all__ = ["ProfileRow", "profile_lines", "profile_rows", "setting_lines", "settings_in", "settings_of"]

_GAP = "  "


class ProfileRow(NamedTuple):
    """A profile in a list."""

    name: str
    peers: tuple[str, ...]
    tls: str
    default: bool
    in_use: bool
    error: str = ""
    """Why it cannot be used; "" when it can."""


def profile_rows(config: ConfigFile, used: str) -> list[ProfileRow]:
    """The profiles of the file; *used* is the one that a command would use now."""
    rows = []
    for name in config.profiles:
        place = (name == config.default, name == used)
        try:
            values = make_profile(config, name).values
        except Failure as failure:
            rows.append(ProfileRow(name, (), "", *place, failure.message.removeprefix(f"{config.path}: ")))
            continue
        peers, tls = values.get("peer", ()), values.get("tls", "")
        rows.append(ProfileRow(name, peers if isinstance(peers, tuple) else (), str(tls), *place))
    return rows


def profile_lines(rows: Sequence[ProfileRow], config: ConfigFile, *, human: bool) -> list[str]:
    """One line each, with a star for the one in use."""
    if human:
        cells = [
            ("*" if row.in_use else " ", row.name, row.error or ", ".join(row.peers) or "-", row.tls) for row in rows
        ]
        return _columns(cells)
    from broker_cli.output.json_lines import json_line

    return [
        json_line(
            "profile",
            name=row.name,
            peers=list(row.peers),
            tls=row.tls or None,
            default=row.default,
            in_use=row.in_use,
            file=config.path,
            **({"error": row.error} if row.error else {}),
        )
        for row in rows
    ]


def settings_in(profile: Profile | None) -> list[Setting]:
    """What *profile* says, whatever else is said."""
    if profile is None:
        return []
    origin = Origin("profile", profile.name, profile.file)
    return [Setting(name, value, origin) for name, value in profile.values.items()]


def settings_of(context: Context, flags: Mapping[str, Preset | list[str] | None]) -> list[Setting]:
    """Every setting, as a command with these *flags* would find it."""
    return [resolve(context, name, flags.get(name)) for name in KEYS]


def setting_lines(settings: Iterable[Setting], *, human: bool, origins: bool) -> list[str]:
    """One line each, for people with *origins* if they want."""
    if human:
        return _columns([(one.name, _text(one), *([_origin(one)] if origins else [])) for one in settings])
    from broker_cli.output.json_lines import json_line

    return [json_line("setting", **_facts(one)) for one in settings]


def _text(setting: Setting) -> str:
    value = setting.value
    if value is None:
        return KEYS[setting.name].default or "-"
    if value == "" and KEYS[setting.name].held:
        return "(not shown)"
    if KEYS[setting.name].form == "attempts":
        return {"": "true", "0": "false"}.get(str(value), str(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(value) if isinstance(value, tuple) else value


def _origin(setting: Setting) -> str:
    kind = setting.origin.kind
    return {"flag": "flag ", "environment": "environment "}.get(kind, "") + str(setting.origin)


def _facts(setting: Setting) -> dict[str, Any]:
    value, origin = setting.value, setting.origin
    if KEYS[setting.name].form == "attempts" and value in {"", "0"}:
        value = value == ""
    if value == "" and KEYS[setting.name].held:
        value = None
    return {
        "name": setting.name,
        "value": list(value) if isinstance(value, tuple) else value,
        "default": KEYS[setting.name].default or None,
        "origin": origin.kind,
        "source": origin.name or None,
        "file": origin.file or None,
    }


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    safe = [[escape(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*safe, strict=True)]
    return [_GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in safe]
