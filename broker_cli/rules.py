"""The file that says who may do what at a WebSocket server: TOML, one ``[[user]]`` for each token."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .parsing import refuse
from .tls_options import read_secret

if TYPE_CHECKING:
    from broker_core import WebAccess, WebUser

__all__ = ["read_rules"]

_LONGEST = 1024 * 1024  # bytes
_HINT = "see RULES in broker-listen(1)"


def read_rules(path: str) -> WebAccess:
    """The rules in the file at *path*. Tokens are in files of their own, named relative to it."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123  # a pipe of the shell, too
            text = file.read(_LONGEST + 1)
        if len(text) > _LONGEST:
            refuse(f"--ws-rules: {path}: more than {_LONGEST} bytes")
        rules = tomllib.loads(text.decode())
    except OSError as error:
        refuse(f"--ws-rules: {path}: {(error.strerror or str(error)).lower()}")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        refuse(f"--ws-rules: {path}: no TOML: {error}", _HINT)
    _check_keys(path, "the file", rules, {"user", "origins"})
    users = rules.get("user", [])
    if not isinstance(users, list) or not all(isinstance(user, dict) for user in users) or not users:
        refuse(f"--ws-rules: {path}: expected one [[user]] or more", _HINT)
    from broker_core import ConfigurationError, WebAccess

    try:
        return WebAccess(
            users=tuple(_user(path, number, user) for number, user in enumerate(users, 1)),
            origins=_texts(path, "origins", rules.get("origins", [])),
        )
    except ConfigurationError as error:
        refuse(f"--ws-rules: {path}: {error}", _HINT)


def _user(path: str, number: int, rules: dict[str, Any]) -> WebUser:
    where = f"user {number}"
    _check_keys(path, where, rules, {"name", "token-file", "publish", "subscribe"})
    name, token = rules.get("name", where), rules.get("token-file")
    if not isinstance(name, str) or not name.isprintable() or not (token is None or isinstance(token, str)):
        refuse(f"--ws-rules: {path}: {where}: name and token-file are strings", _HINT)
    from broker_core import WebUser

    return WebUser(
        name=name,
        token=None if token is None else read_secret(f"--ws-rules: {path}: {where}", str(Path(path).parent / token)),
        publish=_texts(path, f"{where}: publish", rules.get("publish", [""])),
        subscribe=_texts(path, f"{where}: subscribe", rules.get("subscribe", [""])),
    )


def _texts(path: str, where: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        refuse(f"--ws-rules: {path}: {where} is an array of strings", _HINT)
    return tuple(value)


def _check_keys(path: str, where: str, rules: dict[str, Any], known: set[str]) -> None:
    unknown = sorted(set(rules) - known)
    if unknown:  # a misspelt rule that is overlooked opens a door
        refuse(
            f"--ws-rules: {path}: {where} has the unknown key '{unknown[0]}'", f"known are {', '.join(sorted(known))}"
        )
