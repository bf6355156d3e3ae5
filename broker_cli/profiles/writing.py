"""Changes of the file with profiles that leave everything else in it as it is: comments, order, and line ends.

They are made line by line. What comes out is read again, and is refused unless it says exactly what was wanted; so an
unusual file (profiles in one line, dotted keys) is left alone rather than broken.
"""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NoReturn

from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.parsing import refuse

from .files import DEFAULT_KEY, parse_config

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["NEW_FILE", "toml_value", "with_default", "with_profile", "without_profile"]

NEW_FILE = "# Profiles of broker(1): presets for its options, by their long names.\n"
"""What a file starts with."""

_HEADER = re.compile(r"\s*\[")
_DEFAULT_LINE = re.compile(rf"""(\s*["']?{DEFAULT_KEY}["']?\s*=\s*)("(?:[^"\\]|\\.)*"|'[^']*')(.*)""", re.DOTALL)
_BARE = re.compile(r"[A-Za-z0-9_-]+")

Tree = dict[str, Any]


def with_profile(path: str, text: str, name: str, values: Mapping[str, Any]) -> str:
    """*text*, the content of the file at *path*, with the profile *name*, in place of one of that name."""
    if name in _tree(text).get("profile", {}):
        text = _cut(text, name)
    text = text.rstrip()
    end = _line_end(text)
    lines = [f"[profile.{_key(name)}]", *(f"{key} = {toml_value(value)}" for key, value in values.items())]
    after = (text + 2 * end if text else "") + end.join(lines) + end
    expected = _tree(text)
    expected.setdefault("profile", {})[name] = {
        key: list(value) if isinstance(value, tuple) else value for key, value in values.items()
    }
    return _checked(path, after, expected)


def without_profile(path: str, text: str, name: str) -> str:
    """*text* without the profile *name*, and without the line that made it the default one."""
    expected = _tree(text)
    del expected["profile"][name]
    if not expected["profile"]:
        del expected["profile"]
    if expected.get(DEFAULT_KEY) == name:
        text = with_default(path, text, "")
        del expected[DEFAULT_KEY]
    return _checked(path, _cut(text, name), expected)


def with_default(path: str, text: str, name: str) -> str:
    """*text* with the profile *name* as the default one, or with "" without any."""
    expected = _tree(text)
    expected.pop(DEFAULT_KEY, None)
    if name:
        expected[DEFAULT_KEY] = name
    lines = text.splitlines(keepends=True)
    top = next((at for at, line in enumerate(lines) if _HEADER.match(line)), len(lines))
    for at, line in enumerate(lines[:top]):
        if match := _DEFAULT_LINE.match(line):
            lines[at : at + 1] = [match[1] + toml_value(name) + match[3]] if name else []
            if not name and not "".join(lines[at : at + 1]).strip() and (at == 0 or not lines[at - 1].strip()):
                del lines[at : at + 1]  # the empty line that was behind it
            return _checked(path, "".join(lines), expected)
    if not name:
        return _checked(path, text, expected)
    while top and lines[top - 1].lstrip().startswith("#"):  # what is right above the header belongs to it
        top -= 1
    end = _line_end(text)
    if top == 0 and lines and not _HEADER.match(lines[0]):  # the file begins with a comment: that stays where it is
        while top < len(lines) and lines[top].lstrip().startswith("#"):
            top += 1
    before, behind = "".join(lines[:top]), "".join(lines[top:])
    if before and not before.endswith("\n"):
        before += end
    gap = end if behind.strip() and not behind[:1].isspace() else ""
    return _checked(path, f"{before}{DEFAULT_KEY} = {toml_value(name)}{end}{gap}{behind}", expected)


def _cut(text: str, name: str) -> str:
    """*text* without the lines of a profile, and the comment right above them unless the file begins with it."""
    lines = text.splitlines(keepends=True)
    headers = [at for at, line in enumerate(lines) if _HEADER.match(line)]
    for at, following in reversed([*pairwise([*headers, len(lines)])]):
        if _path(lines[at])[:2] != ("profile", name):
            continue
        last = max(line for line in range(at, following) if line == at or _says_something(lines[line]))
        while last + 1 < following and _is_comment(lines[last + 1]):
            last += 1
        if last + 1 == following < len(lines):  # all of these comments stand right above what follows
            while last > at and _is_comment(lines[last]):
                last -= 1
        first = at
        while first and _is_comment(lines[first - 1]):
            first -= 1
        if first == 0:
            first = at
        while last + 1 < following and not lines[last + 1].strip():
            last += 1
        while last + 1 == len(lines) and first and not lines[first - 1].strip():
            first -= 1
        del lines[first : last + 1]
    return "".join(lines)


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not _is_comment(line)


def _path(line: str) -> tuple[str, ...]:
    """The names in a header; none when it only looks like one."""
    import tomllib

    try:
        tree = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return ()
    names: list[str] = []
    while isinstance(tree, dict) and len(tree) == 1:
        ((name, tree),) = tree.items()
        names.append(name)
    return tuple(names)


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _tree(text: str) -> Tree:
    import tomllib

    return tomllib.loads(text)


def _checked(path: str, text: str, expected: Tree) -> str:
    """*text*, if that is what is *expected*."""
    import tomllib

    try:
        if tomllib.loads(text) == expected:
            parse_config(path, text.encode())
            return text
    except tomllib.TOMLDecodeError:
        pass
    message = f"{path}: this file has an unusual form, which cannot be changed line by line"
    raise Failure(message, ExitCode.BAD_INPUT, "broker profile edit opens it in an editor")


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else toml_value(name)


def toml_value(value: str | bool | int | Sequence[str]) -> str:
    """*value* as TOML. Raises a usage error for text that TOML has no form for."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str):
        return f"[{', '.join(map(toml_value, value))}]"
    try:
        value.encode()
    except UnicodeEncodeError:
        _refuse_bytes(value)
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _refuse_bytes(value: str) -> NoReturn:
    refuse(f"{value!a} is not UTF-8, which the file with profiles has to be")
