"""Why a server did not want this side, and what a server of ours complains about."""

from __future__ import annotations

import pytest

from broker_core.errors import Cause, DecodeError
from broker_core.messages.json_wire import parse_client_text
from broker_core.protocol.web_refusals import context_for, describe_answer, describe_close, one_line
from broker_core.protocol.web_upgrade import Head


@pytest.mark.parametrize(
    ("status", "phrase", "body", "problem", "cause", "refused"),
    [
        (
            "401",
            "Unauthorized",
            "a valid bearer token is required",
            "the server wants a token, or another one (401 Unauthorized: a valid bearer token is required)",
            Cause.REJECTED,
            True,
        ),
        ("403", "Forbidden", "", "the server forbids the connection (403 Forbidden)", Cause.REJECTED, True),
        ("503", "", "\n full \n x", "the server takes no more connections now (503: full)", Cause.TOO_MANY, True),
        ("429", "Slow", "", "the server takes no more connections now (429 Slow)", Cause.TOO_MANY, True),
        (
            "400",
            "Missing Upgrade header",
            "",
            "the server refused the WebSocket upgrade (400 Missing Upgrade header)",
            Cause.REJECTED,
            True,
        ),
        (
            "404",
            "Not Found",
            "<html>",
            "a web server answered, but not with a WebSocket (404 Not Found)",
            Cause.NOT_BROKER,
            False,
        ),
        ("200", "OK", "hello", "a web server answered, but not with a WebSocket (200 OK)", Cause.NOT_BROKER, False),
    ],
)
def test_answers(status, phrase, body, problem, cause, refused):  # noqa: PLR0917  # a row of the table
    refusal = describe_answer(Head("HTTP/1.1", status, phrase, {}), body)
    assert (refusal.problem, refusal.cause, refusal.refused) == (problem, cause, refused)


def test_a_redirection_says_where_to():
    refusal = describe_answer(Head("HTTP/1.1", "301", "Moved", {"location": "https://h/"}), "")
    assert refusal.problem == "a web server answered that sends to https://h/ (301 Moved)"


@pytest.mark.parametrize(
    ("code", "reason", "problem", "cause", "refused"),
    [
        (1001, "Terminating", "the server shuts down (1001 Terminating)", Cause.SHUTTING_DOWN, False),
        (
            1011,
            "Ping timeout",
            "the server got no answer to its ping in time (1011 Ping timeout)",
            Cause.CONNECTION_LOST,
            False,
        ),
        (1011, "", "the server gave the connection up (1011)", Cause.CONNECTION_LOST, False),
        (1008, "go away", "the server refuses this client (1008 go away)", Cause.REJECTED, True),
        (1013, "later", "the server closed the connection (1013 later)", Cause.TOO_MANY, True),
        (1000, "EOF", "the server closed the connection (1000 EOF)", Cause.CONNECTION_LOST, False),
        (None, "", "the server closed the connection without a reason", Cause.CONNECTION_LOST, False),
        (4000, "a\x1b[2J", "the server closed the connection (4000 a?[2J)", Cause.CONNECTION_LOST, False),
    ],
)
def test_closes(code, reason, problem, cause, refused):
    refusal = describe_close(code, reason)
    assert (refusal.problem, refusal.cause, refusal.refused) == (problem, cause, refused)


def test_words_of_others_are_kept_short_and_harmless():
    assert one_line("\r\n  \x1b]0;x\x07 y \n z") == "?]0;x? y"
    assert one_line("é" * 201) == "é" * 200 + "…"
    assert one_line("") == ""


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{'a':1}", "contained malformed JSON -> caf::pec::unexpected_character(1, 2)"),
        ("", "contained malformed JSON -> caf::pec::unexpected_eof(1, 1)"),
        ('{"a":', "contained malformed JSON -> caf::pec::unexpected_eof(1, 6)"),
        ('{"a":1}\nx', "contained malformed JSON -> caf::pec::trailing_character(2, 1)"),
        ("[1]", "expected a JSON object"),
        ("5", "expected a JSON object"),
        ("{}", "contained invalid data"),
        ('{"@data-type":"count"}', "contained invalid data"),
        ('{"@data-type":"count","data":-1}', "contained invalid data"),
        ('{"@data-type":"real","data":7}', "contained invalid data"),
        ('{"@data-type":"address","data":"1.2.3"}', "contained invalid data"),
        (
            '{"@data-type":"set","data":[{"@data-type":"count","data":1},{"@data-type":"count","data":1}]}',
            'caused an internal error -> deserialization_failed("failed to parse data")',
        ),
    ],
)
def test_complaints_about_a_client(text, complaint):
    with pytest.raises(DecodeError) as caught:
        parse_client_text(text)
    assert context_for(caught.value, text, 4, "broker") == f"input #4 {complaint}"
    assert context_for(caught.value, text, 4, "zeek") == "failed to decode JSON object"
