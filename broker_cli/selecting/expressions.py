"""The language of ``--where``: conditions on a message, compiled once and then asked of each.

::

    condition = condition "or" condition | condition "and" condition | "not" condition     ; also || && !
              | operand compare operand | operand | "(" condition ")"
    compare   = "==" "!=" "<" "<=" ">" ">=" "in" "not in" "!in" "~" "!~"
    operand   = literal | path | function "(" operand ")" | "|" operand "|"

It has no loops and no assignments, and reaches nothing but the message. What cannot be compared makes a comparison
false, its negation (``!=``, ``!in``, ``!~``) too, and so does a part that the message has not.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from broker_core import EnumValue, InvalidValue

from .comparing import (
    KIND_NAMES,
    contains,
    equals,
    holds_things,
    kind_name,
    lowered,
    ordered,
    plain_text,
    size_of,
    text_of,
)
from .facts import MISSING
from .globs import glob_matcher
from .paths import compile_path, read_path
from .scanning import Scanner

if TYPE_CHECKING:
    from collections.abc import Callable

    from .facts import Facts
    from .naming import Naming

    Getter = Callable[[Facts], Any]
    Test = Callable[[Facts], bool]

__all__ = ["MAX_DEPTH", "MAX_EXPRESSION", "condition"]

MAX_EXPRESSION = 10_000
"""Characters of an expression."""
MAX_DEPTH = 50
"""How deep parentheses, functions and negations may be nested."""

_FUNCTIONS: dict[str, Callable[[Any], Any]] = {"len": size_of, "type": kind_name, "str": plain_text, "lower": lowered}
_CALLS_THAT_ARE_VALUES = frozenset({"set", "table", "vector", "enum", "string"})
_WORDS_THAT_ARE_VALUES = frozenset({"T", "F", "nil", "inf", "nan"})
_KEYWORDS = frozenset({"and", "or", "not", "in"})

_Comparison = Literal["==", "!=", "<", "<=", ">", ">=", "in", "!in", "~", "!~"]
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class _Operand(NamedTuple):
    """Part of an expression. *fixed* is its value if that is the same for all messages, MISSING otherwise."""

    get: Getter
    fixed: Any = MISSING
    kind: Literal["condition", "any", "value", "type"] = "value"
    """Whether it can only be true or false, may be, or is something else; ``type`` is the name of a type."""


def condition(text: str, naming: Naming | None = None) -> Test:
    """Whether a message meets the condition *text*. Raises :class:`ExpressionError`, and nothing else.

    *naming* knows the names of arguments and fields. What comes back raises DecodeError for a message without a value.
    """
    scanner = Scanner(text)
    if len(text) > MAX_EXPRESSION:
        scanner.fail(f"the expression is longer than {MAX_EXPRESSION} characters", MAX_EXPRESSION)
    return _Parser(scanner, naming).whole()


class _Parser:
    def __init__(self, scanner: Scanner, naming: Naming | None) -> None:
        self._scanner = scanner
        self._naming = naming
        self._room = MAX_DEPTH

    def whole(self) -> Test:
        scanner = self._scanner
        test = self._test(self._either)
        scanner.skip()
        if scanner.at != len(scanner.text):
            scanner.expect("a comparison, 'and', 'or' or the end")
        return test

    # -- conditions -----------------------------------------------------------------------------------------

    def _test(self, read: Callable[[], _Operand]) -> Test:
        """What *read* reads, which has to be true or false."""
        scanner = self._scanner
        scanner.skip()
        start = scanner.at
        operand = read()
        if operand.kind == "condition":
            return operand.get
        if operand.kind != "any":
            scanner.skip()
            scanner.fail("expected a comparison, such as == 5, behind this value", start)
        get = operand.get
        return lambda facts: get(facts) is True

    def _either(self) -> _Operand:
        return self._joined(self._both, ("or", "||"), _any_of)

    def _both(self) -> _Operand:
        return self._joined(self._negated, ("and", "&&"), _all_of)

    def _joined(
        self, part: Callable[[], _Operand], words: tuple[str, ...], join: Callable[[list[Test]], Test]
    ) -> _Operand:
        scanner = self._scanner
        scanner.skip()
        start = scanner.at
        first = part()
        if not scanner.take(*words):
            return first
        behind, scanner.at = scanner.at, start
        tests = [self._test(lambda: first)]
        scanner.at = behind
        tests.append(self._test(part))
        while scanner.take(*words):
            tests.append(self._test(part))
        return _Operand(join(tests), kind="condition")

    def _negated(self) -> _Operand:
        if not self._scanner.take("not", "!"):
            return self._comparison()
        self._enter()
        test = self._test(self._negated)
        self._room += 1
        return _Operand(lambda facts: not test(facts), kind="condition")

    def _enter(self) -> None:
        if self._room == 0:
            self._scanner.fail(f"nested deeper than {MAX_DEPTH} levels")
        self._room -= 1

    # -- comparisons ----------------------------------------------------------------------------------------

    def _comparison(self) -> _Operand:
        left = self._operand()
        word = self._operator()
        if word is None:
            return left
        scanner = self._scanner
        scanner.skip()
        start = scanner.at
        right = self._operand()
        for side in (left, right):
            if side.kind == "condition":
                scanner.fail("a condition cannot be compared; join conditions with 'and' or 'or'", start)
        test = self._compared(word, left, right, start)
        behind = scanner.at
        if self._operator() is not None:
            scanner.fail("comparisons do not follow each other; join them with 'and'", behind)
        return _Operand(test, kind="condition")

    def _operator(self) -> _Comparison | None:
        scanner = self._scanner
        found = scanner.take("==", "!=", "<=", ">=", "<", ">", "in", "!in", "!~", "~")
        if found:
            return found  # type: ignore[return-value]  # one of these
        start = scanner.at
        if scanner.take("not"):
            if scanner.take("in"):
                return "!in"
            scanner.expect("'in' behind 'not'")
        if scanner.take("="):
            scanner.fail("'=' is no comparison; write ==", start)
        return None

    def _compared(self, word: _Comparison, left: _Operand, right: _Operand, start: int) -> Test:
        if word in {"~", "!~"}:
            return self._glob(left, right, start, wanted=word == "~")
        if "type" in {left.kind, right.kind}:
            left, right = self._typed(left, start), self._typed(right, start)
        if word in {"==", "!="}:
            return _equality(left, right, wanted=word == "==")
        if word in {"in", "!in"}:
            if right.fixed is not MISSING and not holds_things(right.fixed):
                self._scanner.fail("expected a subnet, set, table, vector or string behind 'in'", start)
            return _membership(left, right, wanted=word == "in")
        compare = ordered(_ORDERS[word])
        one, other = left.get, right.get
        return lambda facts: compare(one(facts), other(facts)) is True

    def _glob(self, left: _Operand, right: _Operand, start: int, *, wanted: bool) -> Test:
        if type(right.fixed) not in {str, bytes}:
            self._scanner.fail("expected a pattern in quotes, such as \"*.org\", behind '~'", start)
        try:
            matches = glob_matcher(text_of(right.fixed))
        except InvalidValue as error:
            self._scanner.fail(str(error), start)
        get = left.get

        def test(facts: Facts) -> bool:
            value = get(facts)
            if type(value) is EnumValue:
                value = value.name
            if type(value) is not str and type(value) is not bytes:
                return False
            return matches(text_of(value)) is wanted

        return test

    def _typed(self, operand: _Operand, start: int) -> _Operand:
        """*operand*, a name of a type in it as ``type(x)`` calls it."""
        value = operand.fixed
        if value is MISSING or (type(value) not in {str, tuple} and type(value).__name__ != "Set"):
            return operand
        names = [value] if type(value) is str else list(value)
        for name in names:
            if name not in KIND_NAMES:
                self._scanner.fail(f"'{name}' is no type; there are {', '.join(dict.fromkeys(KIND_NAMES))}", start)
        known = tuple(KIND_NAMES[name] for name in names)
        return _constant(known[0] if type(value) is str else known)

    # -- operands -------------------------------------------------------------------------------------------

    def _operand(self) -> _Operand:
        scanner = self._scanner
        scanner.skip()
        char = scanner.text[scanner.at : scanner.at + 1]
        if char == "(":
            scanner.at += 1
            return self._closed(self._either, ")")
        if char == "|":
            scanner.at += 1
            return self._applied(size_of, self._closed(self._operand, "|"))
        name = scanner.name()
        if not name or name in _WORDS_THAT_ARE_VALUES:
            return _constant(scanner.value())
        behind = scanner.at + len(name)
        if scanner.text.startswith("(", behind) and name not in _KEYWORDS:
            return self._call(name, behind)
        if name in _KEYWORDS:
            scanner.expect("a value")
        get = compile_path(read_path(scanner, self._naming), self._naming)
        whole = scanner.text[behind - len(name) : scanner.at]
        return _Operand(get, kind="value" if whole in {"topic", "event", "args", "from", "size"} else "any")

    def _call(self, name: str, behind: int) -> _Operand:
        scanner = self._scanner
        if name in _CALLS_THAT_ARE_VALUES:
            return _constant(scanner.value())
        if name not in _FUNCTIONS:
            scanner.fail(f"'{name}' is no function; there are {', '.join(_FUNCTIONS)}")
        scanner.at = behind + 1
        inner = self._closed(self._operand, ")")
        return self._applied(_FUNCTIONS[name], inner)

    def _closed(self, read: Callable[[], _Operand], closing: str) -> _Operand:
        self._enter()
        operand = read()
        if not self._scanner.take(closing):
            self._scanner.expect(f"'{closing}'")
        self._room += 1
        return operand

    def _applied(self, function: Callable[[Any], Any], inner: _Operand) -> _Operand:
        if inner.kind == "condition":
            self._scanner.fail("expected a value, not a condition", self._scanner.at - 1)
        get = inner.get
        return _Operand(lambda facts: function(get(facts)), kind="type" if function is kind_name else "value")


def _constant(value: Any) -> _Operand:
    return _Operand(lambda _: value, value, "any" if type(value) is bool else "value")


# -- what is asked of each message ------------------------------------------------------------------------------


def _any_of(tests: list[Test]) -> Test:
    if len(tests) == 2:
        one, other = tests
        return lambda facts: one(facts) or other(facts)
    return lambda facts: any(test(facts) for test in tests)


def _all_of(tests: list[Test]) -> Test:
    if len(tests) == 2:
        one, other = tests
        return lambda facts: one(facts) and other(facts)
    return lambda facts: all(test(facts) for test in tests)


def _equality(left: _Operand, right: _Operand, *, wanted: bool) -> Test:
    if left.fixed is not MISSING:
        left, right = right, left
    get, fixed = left.get, right.fixed
    if type(fixed) is str and wanted:
        # The usual case. What is no string is not equal; bytes that are not UTF-8 are not, either, except in topics.
        def same_text(facts: Facts) -> bool:
            found = get(facts)
            return found == fixed if type(found) is str else False

        return same_text
    other = right.get
    return lambda facts: equals(get(facts), other(facts)) is wanted


def _membership(left: _Operand, right: _Operand, *, wanted: bool) -> Test:
    get, whole = left.get, right.get
    return lambda facts: contains(get(facts), whole(facts)) is wanted
