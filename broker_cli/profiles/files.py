"""The file that holds profiles: where it is, what is in it, and who can write it. TOML, one ``[profile.NAME]`` each."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from broker_cli.config import ENV_CONFIG, Profile
from broker_cli.parsing import close_match, refuse

from .keys import KEYS, as_preset, unknown_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .keys import Preset

__all__ = [
    "DEFAULT_KEY",
    "MOST_BYTES",
    "ConfigFile",
    "config_path",
    "danger",
    "is_profile_name",
    "make_profile",
    "parse_config",
    "read_config",
]

DEFAULT_KEY = "default-profile"
"""Names the profile that is used when nobody says which."""
MOST_BYTES = 1024 * 1024
"""A file that is longer is none."""

_TOP_KEYS = (DEFAULT_KEY, "profile", "state")


class ConfigFile(NamedTuple):
    """What the file at *path* says, as far as that is the same for all profiles."""

    path: str
    default: str = ""
    """The profile to use; "" when the file does not say."""
    state: bool = True
    """Whether the program may remember what completion is to offer."""
    profiles: Mapping[str, Mapping[str, Any]] = {}
    """By name, each as TOML has it."""
    danger: str = ""
    """Who else can write the file; "" when nobody can."""


def config_path(environ: Mapping[str, str]) -> str:
    """Where the file is, or would be; "" when the environment does not even say where people's files are."""
    if path := environ.get(ENV_CONFIG):
        return path
    folder, home = environ.get("XDG_CONFIG_HOME", ""), environ.get("HOME", "")
    if not folder.startswith("/"):  # its specification says that others are no folders
        folder = f"{home}/.config" if home else ""
    return f"{folder}/broker/config.toml" if folder else ""


def read_config(environ: Mapping[str, str]) -> ConfigFile | None:
    """What the file says; None when there is none at the usual place. Raises a usage error for what is no such file."""
    path = config_path(environ)
    if not path:
        return None
    try:
        with open(path, "rb") as file:  # noqa: PTH123  # a pipe of the shell, too
            facts = os.fstat(file.fileno())
            text = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        if environ.get(ENV_CONFIG):
            refuse(f"{ENV_CONFIG}: {path}: no such file or directory", "broker profile add NAME would make it")
        return None
    except OSError as error:
        refuse(f"{path}: {(error.strerror or str(error)).lower()}")
    if len(text) > MOST_BYTES:
        refuse(f"{path}: more than {MOST_BYTES} bytes")
    return parse_config(path, text)._replace(danger=danger(facts))


def parse_config(path: str, text: bytes) -> ConfigFile:
    """What *text* says, which is or will be in the file at *path*."""
    if not text:
        return ConfigFile(path)
    import tomllib

    try:
        found = tomllib.loads(text.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        _refuse_syntax(path, str(error))
    for name in found:
        if name not in _TOP_KEYS:
            refuse(
                f"{path} has the unknown key '{name}'", close_match(name, _TOP_KEYS) or "profiles are [profile.NAME]"
            )
    default, state, profiles = found.get(DEFAULT_KEY, ""), found.get("state", True), found.get("profile", {})
    if not isinstance(default, str):
        refuse(f"{path}: {DEFAULT_KEY} should be a string")
    if not isinstance(state, bool):
        refuse(f"{path}: state should be true or false")
    if not isinstance(profiles, dict):
        refuse(f"{path}: profile should be a table", f'{DEFAULT_KEY} = "NAME" says which one to use')
    for name, values in profiles.items():
        if not isinstance(values, dict):
            refuse(f"{path}: profile.{name} should be a table", f"[profile.NAME] and below it {name} = ...")
    return ConfigFile(path, default, state, profiles)


def _refuse_syntax(path: str, problem: str) -> NoReturn:
    refuse(f"{path}: no TOML: {problem}", "broker profile edit opens it in an editor")


def is_profile_name(name: str) -> bool:
    """Whether a profile may be called *name*: a word that no shell and no option parser takes for something else."""
    return bool(name) and name[0] not in "-.~" and all(char.isalnum() or char in "-_.@+" for char in name)


def make_profile(config: ConfigFile, name: str, source: str = "") -> Profile:
    """The profile *name* of the file, for which *source* asks.

    Raises a usage error when there is none, or it says what no profile can say.
    """
    if name not in config.profiles:
        message = f"{source or config.path}: there is no profile '{name}'" + f" in {config.path}" * bool(source)
        known = ", ".join(config.profiles)
        there = f"there are: {known}" if known else "there are none; broker profile add NAME -p HOST:PORT makes one"
        refuse(message, close_match(name, config.profiles) or there)
    what = f"{config.path}: profile {name}"
    values: dict[str, Preset] = {}
    for word, value in config.profiles[name].items():
        key = KEYS.get(word)
        if key is None:
            unknown_key(word, what)
        preset = as_preset(key, value, f"{what}: {word}")
        if key.path:
            paths = preset if isinstance(preset, tuple) else (str(preset),)
            found = tuple(_below(config.path, path) for path in paths)
            preset = found if isinstance(preset, tuple) else found[0]
        values[word] = preset
    for first, second in (("key-pass-file", "key-pass-command"), ("token-file", "token-command")):
        if first in values and second in values:
            refuse(f"{what} has {first} and {second}, which exclude each other")
    return Profile(name=name, file=config.path, values=values, private=not config.danger)


def _below(config: str, path: str) -> str:
    """*path* as the file *config* means it: relative to the folder that it is in."""
    return str(Path(config).absolute().parent / Path(path).expanduser())


def danger(facts: os.stat_result) -> str:
    """Who besides the user and root can write a file with these *facts*, in words; "" when nobody can."""
    if not stat.S_ISREG(facts.st_mode):  # nothing that could be rewritten
        return ""
    if facts.st_uid not in {os.getuid(), 0}:
        return "belongs to somebody else"
    if facts.st_mode & stat.S_IWOTH:
        return "can be written by everybody"
    if facts.st_mode & stat.S_IWGRP and facts.st_gid not in {os.getgid(), 0}:
        return "can be written by its group"
    return ""
