"""Refusals both ways: why a server did not want this side, and what a server of ours says to a client.

Source: spec websocket-json.md sections 1.1, 6, 8.1 to 8.3, RFC 6455 section 7.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broker_core.errors import Cause, DecodeError
from broker_core.messages.json_wire import NoObjectError, NotJsonError

if TYPE_CHECKING:
    from .web_upgrade import Head, Style

__all__ = ["NO_TOPIC", "Refusal", "context_for", "describe_answer", "describe_close", "one_line"]

NO_TOPIC = "no topic in top-level JSON object"
"""What Zeek says to a data message without a topic."""

_LONGEST = 200  # characters of a server's own words that an error repeats
_UNWANTED = (400, 401, 403, 426, 429, 431, 503)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What happened; *refused* says that the server did it on purpose."""

    problem: str
    cause: Cause
    refused: bool


def one_line(text: str) -> str:
    """The first line of *text* that says something, short, and nothing that could act on a terminal."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    line = "".join(char if char.isprintable() else "?" for char in line)
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"


def describe_answer(head: Head, body: str) -> Refusal:
    """What an answer to the upgrade means that is not 101."""
    status = int(head.second)
    words = f"{status} {one_line(head.third)}".rstrip()
    if body and status in _UNWANTED and one_line(body):
        words = f"{words}: {one_line(body)}"
    if status == 401:
        return Refusal(f"the server wants a token, or another one ({words})", Cause.REJECTED, refused=True)
    if status == 403:
        return Refusal(f"the server forbids the connection ({words})", Cause.REJECTED, refused=True)
    if status in {429, 503}:
        return Refusal(f"the server takes no more connections now ({words})", Cause.TOO_MANY, refused=True)
    if status in {400, 431}:
        return Refusal(f"the server refused the WebSocket upgrade ({words})", Cause.REJECTED, refused=True)
    where = one_line(head.get("location"))
    if where:
        return Refusal(f"a web server answered that sends to {where} ({words})", Cause.NOT_BROKER, refused=False)
    return Refusal(f"a web server answered, but not with a WebSocket ({words})", Cause.NOT_BROKER, refused=False)


_CLOSES = {
    1000: "the server closed the connection",
    1001: "the server shuts down",
    1002: "the server says that this side broke the WebSocket protocol",
    1007: "the server could not read what was sent",
    1008: "the server refuses this client",
    1009: "the server says that a message was too long",
    1011: "the server gave the connection up",
}
_CLOSE_CAUSES = {1001: Cause.SHUTTING_DOWN, 1008: Cause.REJECTED, 1013: Cause.TOO_MANY}


def describe_close(code: int | None, reason: str) -> Refusal:
    """What a close frame of the server means that this side did not ask for."""
    if code is None:
        return Refusal("the server closed the connection without a reason", Cause.CONNECTION_LOST, refused=False)
    if code == 1011 and reason == "Ping timeout":
        text = "the server got no answer to its ping in time"
    else:
        text = _CLOSES.get(code, "the server closed the connection")
    cause = _CLOSE_CAUSES.get(code, Cause.CONNECTION_LOST)
    words = f"{code} {one_line(reason)}".rstrip()
    return Refusal(f"{text} ({words})", cause, refused=cause in {Cause.REJECTED, Cause.TOO_MANY})


def context_for(error: DecodeError, text: str, number: int, style: Style) -> str:
    """What a server says to a client about its *text*, the message *number* behind the subscription."""
    if style == "zeek":
        return "failed to decode JSON object"
    return f"input #{number} {_complaint(error, text)}"


def _complaint(error: DecodeError, text: str) -> str:
    if isinstance(error, NotJsonError):
        return f"contained malformed JSON -> caf::pec::{_parser_error(error, text)}"
    if isinstance(error, NoObjectError):
        return "expected a JSON object"
    if "given twice" in error.problem:  # the elements of a set, the keys of a table
        return 'caused an internal error -> deserialization_failed("failed to parse data")'
    return "contained invalid data"


def _parser_error(error: NotJsonError, text: str) -> str:
    """Parser code, line and column, the latter two counted from 1."""
    at = error.offset or 0
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    if at >= len(text.rstrip()):
        name = "unexpected_eof"
    else:
        name = "trailing_character" if "Extra data" in error.problem else "unexpected_character"
    return f"{name}({line}, {column})"
