"""The file with profiles is changed: read, given another content by a function, and replaced."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from broker_cli.config import ENV_PROFILE
from broker_cli.parsing import refuse

from .files import MOST_BYTES, ConfigFile, config_path, is_profile_name, make_profile, parse_config
from .keys import KEYS, check_preset
from .replacing import replace_file
from .writing import NEW_FILE, with_default, with_profile, without_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from broker_cli.context import Context

    from .keys import Preset

__all__ = ["add_profile", "as_toml", "choose_profile", "make_file", "remove_profile", "writable_path"]

Values = dict[str, Any]


def writable_path(context: Context) -> str:
    """Where the file is, or is to be."""
    path = config_path(context.environ)
    if not path:
        refuse("neither HOME nor XDG_CONFIG_HOME says where profiles are", "set BROKER_CONFIG=FILE")
    return path


def _read(path: str) -> tuple[str, ConfigFile]:
    try:
        with open(path, "rb") as file:  # noqa: PTH123  # as reading does
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        content = b""
    except OSError as error:
        _refuse(path, error)
    if len(content) > MOST_BYTES:
        refuse(f"{path}: more than {MOST_BYTES} bytes")
    config = parse_config(path, content)
    return content.decode(), config


def _write(path: str, text: str) -> None:
    try:
        replace_file(path, text.encode())
    except OSError as error:
        _refuse(path, error)


def _refuse(path: str, error: OSError) -> NoReturn:
    refuse(f"{path}: {(error.strerror or str(error)).lower()}")


def _change(path: str, text: str, function: Callable[[str, str], str]) -> None:
    changed = function(path, text)
    if changed != text:
        _write(path, changed)


def make_file(path: str) -> None:
    """Make the file if it is not there."""
    if not Path(path).exists():
        _write(path, NEW_FILE)


def add_profile(
    context: Context, name: str, values: Mapping[str, Preset | None], *, force: bool, default: bool
) -> None:
    """Keep *values* under *name*, all but those that are None."""
    if not is_profile_name(name):
        refuse(f"'{name}' is no name for a profile", "letters, digits and -_.@+ behind a letter or digit")
    kept: Values = {}
    for word, value in values.items():
        if value is None or (value in {"", ()} and KEYS[word].form != "attempts"):
            continue
        check_preset(KEYS[word], value, f"--{word}")
        kept[word] = as_toml(word, value)
    if not kept:
        refuse("a profile without settings would say nothing", "such as -p HOST:PORT; see broker profile add --help")
    for first, second in (("key-pass-file", "key-pass-command"), ("token-file", "token-command")):
        if first in kept and second in kept:
            refuse(f"--{first} and --{second} exclude each other")
    path = writable_path(context)
    text, config = _read(path)
    if name in config.profiles and not force:
        refuse(f"{path} has a profile '{name}' already", "--force replaces it; broker profile edit changes it")

    def function(path: str, text: str) -> str:
        text = with_profile(path, text or NEW_FILE, name, kept)
        return with_default(path, text, name) if default else text

    _change(path, text, function)
    context.progress(f"{path} has the profile {name} now")
    if default:
        _tell_choice(context, name)


def as_toml(name: str, value: Preset) -> Any:
    """*value*, which an option took, as the file has it. Paths do not depend on the current directory there."""
    key = KEYS[name]
    if key.path:
        absolute = [str(Path(path).absolute()) for path in (value if isinstance(value, tuple) else (str(value),))]
        return absolute if isinstance(value, tuple) else absolute[0]
    if isinstance(value, tuple):
        return list(value)
    if key.form in {"number", "attempts"}:
        return {"": True, "0": False}.get(str(value), int(value or 0)) if key.form == "attempts" else int(value)
    return value


def choose_profile(context: Context, name: str) -> None:
    """Make the profile *name* the one that is used when nobody says which; "" is none."""
    path = writable_path(context)
    text, config = _read(path)
    if name:
        make_profile(config, name)  # a wrong one would stop every command
    _change(path, text, lambda path, text: with_default(path, text, name))
    _tell_choice(context, name)


def _tell_choice(context: Context, name: str) -> None:
    context.progress(f"in use now: {f'profile {name}' if name else 'no profile'}")
    if (other := context.environ.get(ENV_PROFILE)) and other != name:
        context.warn(f"{ENV_PROFILE} is {other}, which comes before the choice in the file")


def remove_profile(context: Context, name: str, agree: Callable[[], None]) -> None:
    """Take the profile *name* out of the file, which may be a wrong one; *agree* is asked before."""
    path = writable_path(context)
    text, config = _read(path)
    if name not in config.profiles:
        make_profile(config, name)  # which says so
    agree()
    _change(path, text, lambda path, text: without_profile(path, text, name))
    context.progress(f"{path} has no profile {name} any more")
    if config.default == name:
        context.warn("it was the default one, so now there is none; broker profile use NAME chooses one")
