"""The answer to a client's WebSocket upgrade: taken piece by piece, judged as soon as it can be.

Whatever answers, the outcome says exactly what it was: a WebSocket, a server that refuses, a web server, another
protocol, nothing. No outcome depends on how the answer was cut. Source: spec websocket-json.md sections 1.1 and 8.1.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from broker_core.errors import EC, Cause, RemoteProtocolError

from .events import Lost
from .sniff import OLD_BROKER, TLS, describe_first_bytes
from .web_refusals import describe_answer
from .web_upgrade import NATIVE, accept_token, foreign_protocol, head_end, parse_head

if TYPE_CHECKING:
    from broker_core.limits import Limits

    from .web_upgrade import Head

__all__ = ["UpgradeAnswer"]

_HTTP = b"HTTP/"
_CAUSES = {NATIVE: Cause.WEBSOCKET, TLS: Cause.TLS_EXPECTED, OLD_BROKER: Cause.OLD_BROKER}
_STATUS = re.compile(r"[1-5][0-9][0-9]")
_PLAUSIBLE_LENGTH = re.compile(r"[0-9]{1,9}")


class UpgradeAnswer:
    """What came in answer to a request with the Sec-WebSocket-Key *key*."""

    def __init__(self, key: str, limits: Limits) -> None:
        self._token = accept_token(key)
        self._limits = limits
        self._held = bytearray()
        self._end = -1  # of the head

    def receive(self, data: bytes) -> Lost | bytes | None:
        """Take *data*. Returns what is behind the answer when it is a WebSocket, None while it may become one."""
        searched = max(0, len(self._held) - 3)
        self._held += data
        foreign = self._foreign(complete=False)
        if foreign:
            return _foreign_lost(foreign)
        if self._end < 0:
            self._end = head_end(self._held, searched)
        most = self._limits.web_request
        if self._end > most or (self._end < 0 and len(self._held) > most):
            return _lost(f"the answer to the upgrade is longer than the allowed {most} (web_request)")
        if self._end < 0:
            return None
        head = parse_head(bytes(self._held[: self._end]))
        if not _STATUS.fullmatch(head.second):
            return _lost("the answer to the WebSocket upgrade is no HTTP", Cause.NOT_BROKER)
        if head.second != "101":
            return self._refusal(head) if self._body_is_complete(head) else None
        if head.get("sec-websocket-accept") != self._token:
            return _lost("the answer to the WebSocket upgrade has a wrong or no Sec-WebSocket-Accept")
        if head.get("sec-websocket-extensions"):
            return _lost("the server uses a WebSocket extension that was not offered")
        return bytes(self._held[self._end :])

    def end(self) -> Lost:
        """The server closed the connection: Zeek's ends an answer this way."""
        code = EC.PEER_DISCONNECT_DURING_HANDSHAKE
        if not self._held:
            problem = "connection closed by the server before it answered the WebSocket upgrade"
            return _lost(problem, Cause.CLOSED_AT_ONCE, code)
        problem = "connection closed by the server in the middle of its answer to the WebSocket upgrade"
        return self._judge(problem, Cause.CONNECTION_LOST, code)

    def time_out(self) -> Lost:
        """There was not enough of an answer in time."""
        what = "complete answer" if self._held else "answer"
        problem = f"no {what} to the WebSocket upgrade within {self._limits.handshake_timeout:g} s"
        return self._judge(problem, Cause.HANDSHAKE_TIMEOUT, EC.PEER_TIMEOUT)

    def _judge(self, problem: str, cause: Cause, code: EC) -> Lost:
        """Judge what there is; *problem* is what to say when that says nothing."""
        foreign = self._foreign(complete=True) if self._held else ""
        if foreign:
            return _foreign_lost(foreign)
        head = parse_head(bytes(self._held if self._end < 0 else self._held[: self._end]))
        if _STATUS.fullmatch(head.second) and head.second != "101":
            return self._refusal(head)
        return _lost(problem, cause, code)

    def _foreign(self, *, complete: bool) -> str:
        """What other protocol the first bytes are of; "" when it may still be HTTP."""
        start = bytes(self._held[: len(_HTTP)])
        if start.startswith(_HTTP) or (not complete and _HTTP.startswith(start)):
            return ""
        return foreign_protocol(self._held, complete=complete)

    def _body_is_complete(self, head: Head) -> bool:
        """Whether there is nothing more to wait for in an answer other than 101."""
        if head.get("transfer-encoding"):
            return True  # status and phrase say enough
        length = head.get("content-length")
        most = self._limits.web_request
        size = min(int(length), most) if _PLAUSIBLE_LENGTH.fullmatch(length) else most
        return len(self._held) - self._end >= size

    def _refusal(self, head: Head) -> Lost:
        """What an answer other than 101 means."""
        body = b""
        if self._end >= 0 and not head.get("transfer-encoding"):
            body = bytes(self._held[self._end : self._end + self._limits.web_request])
        refusal = describe_answer(head, body.decode("utf-8", "replace"))
        looks_like = describe_first_bytes(bytes(self._held)) if refusal.cause is Cause.NOT_BROKER else None
        return Lost(
            RemoteProtocolError(refusal.problem, EC.PEER_INVALID if refusal.refused else EC.PEER_INCOMPATIBLE),
            looks_like=looks_like or "",
            cause=refusal.cause,
            refused=refusal.refused,
            http_status=int(head.second),
        )


def _lost(problem: str, cause: Cause = Cause.BAD_HANDSHAKE, code: EC = EC.PEER_INCOMPATIBLE) -> Lost:
    return Lost(RemoteProtocolError(problem, code), cause=cause)


def _foreign_lost(foreign: str) -> Lost:
    if foreign == NATIVE:
        problem = "the other side speaks Broker's own protocol, not WebSocket"
    else:
        problem = f"the other side is no WebSocket server; it looks like {foreign}"
    cause = _CAUSES.get(foreign, Cause.NOT_BROKER)
    return Lost(RemoteProtocolError(problem, EC.PEER_INCOMPATIBLE), looks_like=foreign, cause=cause)
