"""The settings that commands share, each with all the places where it can be said: the table behind ``resolve``.

Everything has the name of its long option. What a file says becomes the text that the option would take, so the same
functions check it wherever it comes from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, NoReturn, get_args

from broker_cli import config
from broker_cli.config import OUTPUT_WORDS, Tls, When
from broker_cli.parsing import choice, close_match, count, duration, peer_address, refuse, time_zone

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KEYS", "Key", "Preset", "as_preset", "check_preset", "unknown_key"]

Form = Literal["text", "texts", "duration", "number", "switch", "attempts"]

Preset = str | bool | tuple[str, ...]
"""A value as the option would take it; a switch is a bool, and an option that can be repeated has several."""


class Key(NamedTuple):
    """One setting."""

    name: str
    form: Form = "text"
    variable: str = ""
    """The environment variable; "" when there is none."""
    default: str = ""
    """What applies when nobody says anything, in words; "" for nothing."""
    path: Literal["", "file", "dir", "new"] = ""
    """Whether it names a file, a directory, or a file that is written; relative to the file with the profiles."""
    held: tuple[str, ...] = ()
    """Environment variables that hold what is otherwise in the file or directory: secrets, which are not shown."""


_ALL = (
    Key("peer", "texts", config.ENV_PEER),
    Key("timeout", "duration", config.ENV_TIMEOUT),
    Key("connect-timeout", "duration", config.ENV_CONNECT_TIMEOUT, f"{config.DEFAULT_CONNECT_TIMEOUT:g}s"),
    Key("retry", "number", default="0"),
    Key("reconnect", "attempts", default="false"),
    Key("output", "text", config.ENV_OUTPUT, "human or ndjson"),
    Key("color", "text", default="auto"),
    Key("tls", "text", config.ENV_TLS, "auto"),
    Key("ca", "text", config.ENV_TLS_CA, path="file"),
    Key("ca-dir", "text", config.ENV_TLS_CA_DIR, path="dir"),
    Key("cert", "text", config.ENV_TLS_CERT, path="file"),
    Key("cert-key", "text", config.ENV_TLS_KEY, path="file"),
    Key("key-pass-file", "text", config.ENV_TLS_KEY_PASS_FILE, path="file"),
    Key("key-pass-command"),
    Key("tls-check-host", "switch", default="false"),
    Key("tls-key-log", "text", config.ENV_TLS_KEY_LOG, path="new"),
    Key("token-file", "text", config.ENV_TOKEN_FILE, path="file"),
    Key("token-command"),
    Key("curve-dir", path="dir", held=config.ZEEK_CURVE_VARIABLES),
    Key("ws-zone", default="UTC"),
    Key("event-file", "texts", path="file"),
    Key("topics", "texts"),
)
KEYS: Mapping[str, Key] = {key.name: key for key in _ALL}
"""By name. All but ``topics`` are options; that are topics which completion is to offer besides those it knows."""

_EXPECTED: Mapping[Form, str] = {
    "text": "a string",
    "texts": "a string or an array of strings",
    "duration": 'a string such as "5s", or a number of seconds',
    "number": "a whole number, 0 or more",
    "switch": "true or false",
    "attempts": "true, false, or a whole number",
}
_SECRETS = ("pass", "secret", "token")
_NO_SECRETS = "secrets stay out of this file: name a {0}-file, or a {0}-command that prints it"


def as_preset(key: Key, value: Any, what: str) -> Preset:
    """*value*, which TOML has for *key*, as the option would take it; *what* it is for messages."""
    preset = _converted(key.form, value)
    if preset is None:
        refuse(f"{what} is {_shown(value)}, and should be {_EXPECTED[key.form]}")
    return preset


def _converted(form: Form, value: Any) -> Preset | None:
    match form, value:
        case ("switch", bool()):
            return value
        case ("attempts", bool()):
            return "" if value else "0"
        case (_, bool()):
            return None
        case ("number" | "attempts", int()) if value >= 0:
            return str(value)
        case ("duration", int() | float()) if value >= 0:
            return f"{value:.9f}" if isinstance(value, float) else str(value)
        case ("text" | "duration", str()) if value:
            return value
        case ("texts", str()) if value:
            return (value,)
        case ("texts", list()) if all(isinstance(one, str) and one for one in value):
            return tuple(value)
    return None


def _shown(value: Any) -> str:
    kinds = {bool: "true or false", str: "a string", list: "an array", dict: "a table"}
    if value == "":
        return "empty"
    return kinds.get(type(value), f"{value}")


def unknown_key(name: str, what: str) -> NoReturn:
    """Refuse the key *name*, which stands in *what*."""
    kind = next((word for word in _SECRETS if word in name.lower()), None)
    if kind is not None:
        kind = "token" if kind == "token" else "key-pass"
        refuse(f"{what} has the unknown key '{name}'", _NO_SECRETS.format(kind))
    hint = close_match(name, KEYS) or "keys are long options that commands share, see PROFILES in broker(1)"
    refuse(f"{what} has the unknown key '{name}'", hint)


def check_preset(key: Key, preset: Preset, what: str) -> None:
    """Refuse what the option would refuse. Files are not looked at."""
    for text in preset if isinstance(preset, tuple) else (preset,):
        if isinstance(text, bool):
            continue
        match key.name:
            case "peer":
                for part in text.split(","):
                    peer_address(part.strip(), what)
            case "timeout" | "connect-timeout":
                duration(what, text)
            case "retry":
                count(what, text, 0)
            case "reconnect":
                count(what, text or "0", 0)
            case "output":
                choice(what, text, OUTPUT_WORDS)
            case "color":
                choice(what, text, get_args(When))
            case "tls":
                choice(what, text, get_args(Tls))
            case "ws-zone":
                time_zone(what, text)
