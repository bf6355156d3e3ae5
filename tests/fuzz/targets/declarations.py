"""Zeek scripts with declarations of events and types."""

from __future__ import annotations

from broker_core.declarations import DeclarationError, Declarations
from zeek_types import RECORDED, SCRIPTS


def target(data: bytes) -> bool:
    """Any text declares something or is refused with DeclarationError, whose place is inside of it.

    So it is for scripts, signatures and lists of types; what was declared can be told.
    """
    text = data.decode("utf-8", "surrogateescape")
    for make in (Declarations.signature, lambda text: Declarations.of_types("e", text)):
        _declared(make, text)
    return _declared(Declarations.parse, text)


def seeds() -> list[bytes]:
    """Scripts whole and in pieces, signatures, and lists of types."""
    short = ["ping(msg: string, n: count)", "global e: event(a: set[addr, port]) &redef;", "string,set[addr]"]
    lines = [line for script in SCRIPTS.values() for line in script.split("\n\n")]
    return [text.encode() for text in (*short, *lines, *SCRIPTS.values(), RECORDED)]


def _check(error: DeclarationError, text: str) -> None:
    assert "\n" not in str(error)
    assert 1 <= error.line <= text.count("\n") + 1


def _declared(make: object, text: str) -> bool:
    try:
        known = make(text)
        signatures = known.events.values()
    except DeclarationError as error:
        _check(error, text)
        return False
    for signature in signatures:
        assert str(signature).isprintable()
        signature.unknown()
    return True
