"""The recorded requests and frames, byte for byte: what Zeek's WebSocket server says to right and wrong ones.

What is compared stands in the table of ``test_web_transcripts``.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from broker_core.errors import Cause
from broker_core.limits import Limits
from broker_core.protocol.events import Lost, PongReceived
from broker_core.protocol.web_client import WebPhase
from broker_core.protocol.web_events import Acknowledged, Subscribed
from broker_core.protocol.web_frames import CLOSE, PONG, parse_close
from web_sessions import (
    REQUEST,
    client,
    frames_in,
    recorded_frame,
    scenarios,
    sent,
    server,
    upgraded_answer,
)


def steps(name: str) -> list[Any]:
    return [pytest.param(step, id=step["what"]) for step in scenarios()[f"websocket-{name}"]["steps"]]


@pytest.mark.parametrize("step", steps("upgrade-requests"))
def test_the_client_understands_the_answer(step):
    answer = step["answer"].encode("latin-1")
    conn = client()
    token = upgraded_answer(conn).split(b"Sec-WebSocket-Accept: ")[1].split(b"\r\n")[0]
    status, _, phrase = answer.decode("latin-1").partition("\r\n")[0].removeprefix("HTTP/1.1 ").partition(" ")
    recorded = answer.partition(b"Accept: ")[2].partition(b"\r\n")[0]
    conn.receive_data(answer.replace(recorded or b"\0", token), 0.0)
    if status == "101":
        assert conn.phase is (WebPhase.CLOSED if step["closed_by_server"] else WebPhase.SUBSCRIPTION)
        return
    assert not conn.closed  # there is no blank line at the end, so more could follow
    conn.receive_eof()
    (end,) = conn.events()
    assert str(end.error) == f"the server refused the WebSocket upgrade ({status} {phrase})"
    assert (end.cause, end.refused, end.http_status) == (Cause.REJECTED, True, 400)


@pytest.mark.parametrize("step", steps("upgrade-requests"))
def test_the_server_answers_the_request(step):
    conn = server("zeek")
    conn.receive_data(step["request"].encode("latin-1"), 0.0)
    if not conn.closed:
        conn.accept()
    head, _, rest = b"".join(conn.data_to_send()).partition(b"\r\n\r\n")
    recorded, _, frames = step["answer"].encode("latin-1").partition(b"\r\n\r\n")
    status, *headers = recorded.split(b"\r\nServer: ")[0].split(b"\r\n")
    ours = head.split(b"\r\n")
    assert ours[0] == status
    assert rest == frames
    if step["what"] == "bad key":  # which Zeek pads before it calculates; ours follows the RFC with the text as sent
        ours[1] = headers[0]
    assert ours[1:] == (headers or [b"Connection: close", b"Content-Length: 0"])
    assert conn.closed == bool(step["closed_by_server"])


def acknowledged(step: Any) -> bool:
    """Whether the recorded client was acknowledged, or would be here.

    One that broke a rule right behind its subscription was gone before. One that closed right behind it was, too; here
    a close is taken in its turn, so that messages before it are not lost.
    """
    return b"ack" in bytes.fromhex(step["received_hex"]) or step["what"].startswith("close")


def identity(recorded: bytes) -> tuple[str, str]:
    said = json.loads(recorded[recorded.index(b"{") : recorded.index(b"}") + 1]) if b"{" in recorded else {}
    return said.get("endpoint", ""), said.get("version", "")


@pytest.mark.parametrize("step", steps("raw-frames"))
def test_the_server_answers_the_frames(step):
    data = bytes.fromhex(step["sent_hex"])
    recorded = bytes.fromhex(step["received_hex"])
    for pieces in ([data], [data[at : at + 1] for at in range(len(data))]):
        conn = server("zeek")
        conn.receive_data(REQUEST, 0.0)
        conn.accept()
        conn.data_to_send()
        for piece in pieces:
            conn.receive_data(piece, 0.0)
            if any(isinstance(event, Subscribed) for event in conn.events()) and acknowledged(step):
                conn.acknowledge(*identity(recorded))
        said = b"".join(conn.data_to_send())
        if step["what"].startswith("close"):  # Zeek forgets what came right before it
            ack, *said_frames = frames_in([said])
            assert ack == (1, b'{"type":"ack","endpoint":"","version":""}')
            assert said_frames == frames_in([recorded])
        else:
            assert said == recorded
        assert conn.closed == step["closed_by_server"]


@pytest.mark.parametrize("step", steps("raw-frames"))
def test_the_client_understands_the_frames(step):
    conn = client()
    conn.receive_data(upgraded_answer(conn) + bytes.fromhex(step["received_hex"]), 0.0)
    *front, last = conn.events()
    if step["closed_by_server"]:
        code, reason = parse_close(bytes.fromhex(step["received_hex"])[2:])
        assert isinstance(last, Lost)
        assert last.close_code == code
        assert reason in str(last.error)
    else:
        assert isinstance(last, Acknowledged)
    assert front == [PongReceived(event.payload) for event in front]


def test_the_pings_of_the_server():
    recorded = bytes.fromhex(scenarios()["websocket-server-pings"]["received_hex"])
    ping, ack, close = frames_in([recorded])
    conn = server("zeek", limits=Limits(web_ping_interval=1))
    conn.receive_data(REQUEST, 0.0)
    conn.accept()
    conn.data_to_send()
    conn.receive_data(recorded_frame({"from": "client", "text": '["/rec/out"]'}), 0.0)
    conn.handle_deadline(1.0)
    said = json.loads(ack[1])
    conn.acknowledge(said["endpoint"], said["version"])  # as late as Zeek, which looks for a ping to send first
    conn.handle_deadline(2.0)
    assert b"".join(conn.data_to_send()) == recorded
    assert conn.closed

    one = client()
    one.receive_data(upgraded_answer(one) + recorded, 0.0)
    assert sent(one)[1:] == [(PONG, ping[1]), (CLOSE, close[1][:2])]
    acknowledged, end = one.events()
    assert acknowledged == Acknowledged(said["endpoint"], said["version"])
    assert str(end.error) == "the server got no answer to its ping in time (1011 Ping timeout)"
