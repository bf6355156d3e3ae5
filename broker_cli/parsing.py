"""Words of the command line become times, counts, addresses and metadata. What is wrong is a usage error."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from .exit_codes import ExitCode, Failure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from broker_core import PeerAddress

__all__ = [
    "DEFAULT_PORT",
    "address_text",
    "central_address",
    "choice",
    "close_match",
    "count",
    "duration",
    "listen_address",
    "literal",
    "metadata_key",
    "optional_duration",
    "peer_address",
    "refuse",
    "store_place",
    "time_zone",
]

DEFAULT_PORT = 9999
"""Zeek's ``Broker::default_port``."""

T = TypeVar("T", bound=str)

_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)([a-z]*)")
_SECONDS = {"": 1, "ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1, "sec": 1, "min": 60, "h": 3600, "hr": 3600, "d": 86400}
_NETWORK_TIMESTAMP = 1
_FIRST_FREE_ID = 200
_MAX_COUNT = 2**64 - 1
_LAST_PORT = 0xFFFF


def refuse(message: str, hint: str = "") -> NoReturn:
    """Raise a usage error."""
    raise Failure(message, ExitCode.USAGE, hint)


def duration(option: str, text: str) -> float:
    """Seconds of ``500ms``, ``5s``, ``2min``, ``1h``, or of a bare number."""
    match = _DURATION.fullmatch(text)
    if match is None or match[2] not in _SECONDS:
        if match is not None and match[2] == "m":
            refuse(f"{option}: '{text}' could be minutes or milliseconds", f"write {match[1]}min or {match[1]}ms")
        refuse(f"{option}: '{text}' is no duration", "such as 500ms, 5s, 2min or 1h; a bare number is seconds")
    return float(match[1]) * _SECONDS[match[2]]


def optional_duration(option: str, text: str | None) -> float | None:
    """As :func:`duration`; None stays None."""
    return None if text is None else duration(option, text)


def count(option: str, text: str, least: int = 1) -> int:
    """A whole number of *least* or more."""
    if not (text.isascii() and text.isdecimal()) or int(text) < least:
        refuse(f"{option}: '{text}' is no whole number of {least} or more")
    return int(text)


def choice(option: str, text: str, known: Iterable[T]) -> T:
    """One of the *known* words."""
    words = tuple(known)
    for word in words:
        if word == text:
            return word
    refuse(f"{option}: '{text}' is none of {', '.join(words)}", close_match(text, words))


def close_match(text: str, known: Iterable[str]) -> str:
    """The question for a hint, whether one of the *known* words was meant; "" when none is similar."""
    from difflib import get_close_matches

    found = get_close_matches(text, list(known), n=1)
    return f"did you mean {found[0]}?" if found else ""


def peer_address(text: str, what: str = "--peer") -> PeerAddress:
    """``h:9999``, ``:9999`` (this machine), ``[::1]:9999``, ``broker://h:9999``, ``ws://h:27759``, or ``h``."""
    from broker_core import InvalidValue, PeerAddress

    try:
        return PeerAddress.parse(text)
    except InvalidValue as error:
        refuse(f"{what}: {error.problem}", error.hint)


def listen_address(text: str, what: str = "listen") -> tuple[str, int]:
    """Host and port of ``9999``, ``:9999`` (both on this machine only), ``ADDR:9999``, or ``*:9999``."""
    if text.isascii() and text.isdecimal():
        text = f":{text}"
    from broker_core import InvalidValue, split_address

    try:
        host, port = split_address(text)
    except InvalidValue as error:
        refuse(f"{what}: {error.problem}", error.hint)
    if port is None:
        refuse(f"{what}: '{text}' has no port", f"such as {text}:{DEFAULT_PORT}; port 0 takes any free one")
    return "" if host == "*" else host or "127.0.0.1", port


def central_address(text: str, what: str) -> tuple[str, int, int]:
    """Host, port of the XPUB, and of the XSUB (0: the next), in ``5555``, ``ADDR:5555`` or ``ADDR:5555:5600``."""
    if text.isascii() and text.isdecimal():
        text = f":{text}"
    from broker_core import InvalidValue, split_ports

    try:
        rest, send_port = split_ports(text, text)
    except InvalidValue as error:
        refuse(f"{what}: {error.problem}", "such as 5555, *:5555 or *:5555:5556, the ports of XPUB and XSUB")
    host, port = listen_address(rest, what)
    if port and send_port == port:
        refuse(f"{what}: '{text}' has the same port twice", "one is that of the XPUB, the other that of the XSUB")
    if not send_port and port == _LAST_PORT:
        refuse(f"{what}: '{text}' leaves no port for the XSUB", "which is the one behind, or such as *:65535:5556")
    return host, port, send_port


def address_text(host: str, port: int) -> str:
    """The usual way to write an address: IPv6 in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host or '*'}:{port}"


def literal(what: str, text: str) -> Any:
    """The value of a literal, as an argument of the command line."""
    from broker_core import DecodeError
    from broker_core.codecs.text import decode_argument

    try:
        return decode_argument(text)
    except DecodeError as error:
        refuse(f"{what}: {error.problem}")


def metadata_key(text: str) -> tuple[int, str]:
    """Id and value of ``--meta KEY=VALUE``; KEY is ``network-timestamp`` or an id from 200."""
    key, equals, value = text.partition("=")
    if not equals or not value:
        refuse(f"--meta: '{text}' is not KEY=VALUE", "such as network-timestamp=now or 200=string:abc")
    if key == "network-timestamp":
        return _NETWORK_TIMESTAMP, value
    if not (key.isascii() and key.isdecimal()) or not _FIRST_FREE_ID <= int(key) <= _MAX_COUNT:
        refuse(f"--meta: '{key}' is no key", "network-timestamp, or an id from 200; smaller ids belong to Zeek")
    return int(key), value


def time_zone(option: str, text: str) -> tzinfo:
    """The zone of ``+02:00``, ``Europe/Berlin``, ``UTC``, or ``local`` for that of this machine."""
    match = re.fullmatch(r"([+-])(\d\d):?([0-5]\d)", text)
    if match:
        minutes = int(match[2]) * 60 + int(match[3])
        if minutes < 24 * 60:
            return timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes))
    elif text == "local":
        return datetime.now().astimezone().tzinfo or UTC
    else:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        try:
            return ZoneInfo(text)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass
    refuse(f"{option}: '{text}' is no time zone", "such as +02:00, Europe/Berlin, UTC or local")


def store_place(text: str) -> tuple[str, str, dict[str, str]]:
    """Name, backend and options of ``NAME=memory``, ``NAME=sqlite:PATH`` or ``NAME=rocksdb:PATH``."""
    name, equals, place = text.partition("=")
    backend, colon, path = place.partition(":")
    if not name or not equals or backend not in {"memory", "sqlite", "rocksdb"}:
        refuse(f"--store: '{text}' is not NAME=BACKEND", "such as db=memory, db=sqlite:PATH or db=rocksdb:PATH")
    if backend == "memory" and colon:
        refuse(f"--store: '{text}': a store in memory has no path")
    if backend != "memory" and not path:
        refuse(f"--store: '{text}' has no path", f"such as {name}={backend}:PATH")
    return name, backend, {"path": path} if path else {}
