"""Reads what expressions are made of from a text: blanks, words, names, and values as literals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NoReturn

from broker_core import DecodeError
from broker_core.codecs import text as literals

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ExpressionError", "Scanner"]

_BLANKS = re.compile(r"\s*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORD = re.compile(r"""[^\s,()\[\]{}"'=<>!&|~$]+""")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_UNIT = re.compile(r"[ \t]+(?:[num]?s|[num]?secs?|msecs?|usecs?|mins?|hrs?|h|days?|d)(?![A-Za-z0-9_:.])")
_PREFIX_LENGTH = re.compile(r"/[0-9]+")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SINGLE_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'", re.DOTALL)
_ANY_QUOTED = re.compile(f"{_QUOTED.pattern}|{_SINGLE_QUOTED.pattern}", re.DOTALL)
_UP_TO_BRACKET = re.compile(r"""[^\[\](){}"']*""")
_CLOSING = {"[": "]", "(": ")", "{": "}"}
_LONGEST_SHOWN = 20


def _requoted(string: re.Match[str]) -> str:
    """A string in single quotes as one in double quotes."""
    if string[0][0] == '"':
        return string[0]
    inner = re.sub(r"\\.|\"", lambda part: {"\\'": "'", '"': '\\"'}.get(part[0], part[0]), string[0][1:-1])
    return f'"{inner}"'


class ExpressionError(ValueError):
    """What is wrong with an expression or a template. *position* counts characters from 1."""

    def __init__(self, problem: str, position: int) -> None:
        super().__init__(f"at character {position}: {problem}")
        self.problem = problem
        self.position = position


class Scanner:
    """Reads *text* from its start on. All raise :class:`ExpressionError`.

    *values*: whether a value can stand where a name can, so that ``int:5`` does not start with a name.
    """

    def __init__(self, text: str, *, values: bool = True) -> None:
        self.text = text
        self.at = 0
        self._no_name = frozenset(":/-+") if values else frozenset()

    def fail(self, problem: str, at: int | None = None) -> NoReturn:
        """Say what is wrong at offset *at*, or here."""
        raise ExpressionError(problem, (self.at if at is None else at) + 1)

    def expect(self, what: str) -> NoReturn:
        """Say that *what* should be here."""
        self.fail(f"expected {what}, found {self.found()}")

    def found(self) -> str:
        """What is here, for messages."""
        rest = self.text[self.at :]
        if not rest:
            return "the end"
        word = _WORD.match(rest) or _NAME.match(rest)
        shown = word[0] if word else rest[:2] if rest[:2] in {"==", "!=", "<=", ">=", "&&", "||", "!~"} else rest[0]
        return f"'{shown[:_LONGEST_SHOWN]}{'...' * (len(shown) > _LONGEST_SHOWN)}'"

    def skip(self) -> None:
        """Go behind blanks."""
        self.at = _BLANKS.match(self.text, self.at).end()  # type: ignore[union-attr]  # no blanks match, too

    def take(self, *wanted: str) -> str:
        """Skip blanks and the first of *wanted* that is next; "" when it is none of them."""
        self.skip()
        for word in wanted:
            if self.text.startswith(word, self.at) and not (word[-1].isalpha() and self._word_goes_on(word)):
                self.at += len(word)
                return word
        return ""

    def _word_goes_on(self, word: str) -> bool:
        behind = self.text[self.at + len(word) : self.at + len(word) + 1]
        return bool(behind) and (behind.isalnum() or behind in "_:.$")

    def name(self) -> str:
        """The name that is next, "" when there is none. A word that is a value, such as ``a::b``, is none."""
        match = _NAME.match(self.text, self.at)
        if match is None or self.text[match.end() : match.end() + 1] in self._no_name:
            return ""
        return match[0]

    def known_name(self, names: Iterable[str], what: str) -> str:
        """The name that is next, one of *names*."""
        name = self.name()
        if name not in names:
            self.expect(f"{what} ({', '.join(names)})")
        self.at += len(name)
        return name

    # -- values -------------------------------------------------------------------------------------------------

    def value(self) -> Any:
        """The literal that is next. Strings may stand in single quotes, too."""
        start = self.at
        self._go_behind_literal(self.text[start : start + 1])
        chunk = self.text[start : self.at]
        if not chunk:
            self.expect("a value")
        return self._decoded(chunk, start)

    def _go_behind_literal(self, char: str) -> None:
        if char == '"' or char == "'":
            self._go_behind_string()
            return
        if not char or char not in "[{":
            word = _WORD.match(self.text, self.at)
            if word is None:
                return
            self.at = word.end()
            if _NUMBER.fullmatch(word[0]) and (unit := _UNIT.match(self.text, self.at)):
                self.at = unit.end()  # 5 min
            char = self.text[self.at : self.at + 1]
            if word[0].endswith(":") and char == '"':  # string:"..."
                self._go_behind_string()
                return
            if not char or char not in "[({" or not (word[0].endswith(":") or char == "("):
                return
        self._go_behind_brackets()
        if mask := _PREFIX_LENGTH.match(self.text, self.at):  # [2001:db8::]/32
            self.at = mask.end()

    def _go_behind_string(self) -> None:
        quote = self.text[self.at]
        string = (_QUOTED if quote == '"' else _SINGLE_QUOTED).match(self.text, self.at)
        if string is None:
            self.fail(f"the string has no closing {quote}")
        self.at = string.end()

    def _go_behind_brackets(self) -> None:
        start = self.at
        waiting: list[str] = []
        while self.at < len(self.text):
            char = self.text[self.at]
            if char in "\"'":
                self._go_behind_string()
                continue
            if char in _CLOSING:
                waiting.append(_CLOSING[char])
            elif char in "])}":
                if char != waiting[-1]:
                    self.expect(f"'{waiting[-1]}'")
                waiting.pop()
            self.at += 1
            if not waiting:
                return
            self.at = _UP_TO_BRACKET.match(self.text, self.at).end()  # type: ignore[union-attr]  # may be empty
        self.fail(f"nothing closes this '{self.text[start]}'", start)

    def _decoded(self, chunk: str, start: int) -> Any:
        try:
            return literals.decode(_ANY_QUOTED.sub(_requoted, chunk) if "'" in chunk else chunk)
        except DecodeError as error:
            self.fail(error.problem, start + min(error.offset or 0, len(chunk) - 1))

    def key(self) -> Any:
        """What stands between ``[`` and ``]``, behind the ``[``: a value, or several as one vector."""
        start = self.at - 1
        self.at = start
        self._go_behind_brackets()
        items = self._decoded(f"({self.text[start + 1 : self.at - 1]})", start)
        if not items:
            self.fail("expected an index or a key between the brackets", start)
        return items[0] if len(items) == 1 else items
