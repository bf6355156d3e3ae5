"""Where an endpoint can be reached: a host, a port, and the protocol that is spoken there."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, get_args

from broker_core.errors import InvalidValue

__all__ = ["DEFAULT_PORTS", "WEB_PATH", "PeerAddress", "Transport", "split_address", "split_ports"]

Transport = Literal["broker", "ws", "wss", "zmq"]
"""``broker``: Broker's own protocol. ``ws`` and ``wss``: WebSocket with JSON, plain and over TLS.
``zmq``: a Zeek cluster on ZeroMQ, by its central broker."""

DEFAULT_PORTS: dict[Transport, int] = {"broker": 9999, "ws": 27759, "wss": 27759, "zmq": 5555}
"""``Broker::default_port``, the port of Zeek's own WebSocket server, and that of the XPUB of a central broker."""

WEB_PATH = "/v1/messages/json"
"""The path of the WebSocket interface (spec websocket-json.md section 1)."""

_PORT = re.compile(r"[0-9]{1,10}")  # Python refuses to make numbers of thousands of digits


class PeerAddress(NamedTuple):
    """Where a peer listens."""

    host: str
    port: int
    """For ``zmq`` that of the central XPUB, where messages come from."""
    transport: Transport = "broker"
    send_port: int = 0
    """For ``zmq``: that of the central XSUB, where messages go to; 0 is the one behind *port*, as Zeek has it."""

    @classmethod
    def parse(cls, text: str) -> PeerAddress:
        """``host``, ``host:port``, ``:port`` (this machine), ``[::1]:port``; behind ``broker://``, ``ws://`` or ``wss://``.

        ``zmq://host:xpub:xsub`` is a Zeek cluster on ZeroMQ; without a second port it is the one behind the first.
        Raises :class:`InvalidValue` for anything else.
        """
        scheme, separator, rest = text.partition("://")
        if not separator:
            scheme, rest = "broker", text
        transport = next((one for one in get_args(Transport) if one == scheme), None)
        if transport is None:
            problem = f"{scheme}:// is not supported"
            raise InvalidValue(problem, hint="broker://HOST:PORT, ws://HOST:PORT, wss://HOST:PORT or zmq://HOST:PORT")
        rest = rest.removesuffix("/")
        send_port = 0
        if transport == "zmq":
            rest, send_port = split_ports(rest, text)
        elif transport != "broker":
            rest = rest.removesuffix(WEB_PATH)
        host, port = split_address(rest, text)
        if port == 0:
            msg = f"'{text}' has port 0, which nobody can listen on"
            raise InvalidValue(msg)
        port = DEFAULT_PORTS[transport] if port is None else port
        if transport == "zmq":
            send_port = _second_port(port, send_port, text)
        return cls(host or "127.0.0.1", port, transport, send_port)

    @property
    def host_and_port(self) -> str:
        """``host:port``, with an IPv6 address in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def sending(self) -> PeerAddress:
        """The address of the central XSUB of a ZeroMQ cluster, for TCP."""
        return self._replace(port=self.send_port or self.port + 1)

    def __str__(self) -> str:
        if self.transport == "broker":
            return self.host_and_port
        second = f":{self.send_port}" if self.send_port not in {0, self.port + 1} else ""
        return f"{self.transport}://{self.host_and_port}{second}"


def split_ports(rest: str, text: str) -> tuple[str, int]:
    """``[HOST]:PORT:PORT`` without the last port, and that one; 0 when there is none. Raises :class:`InvalidValue`."""
    tail = rest.rpartition("]")[2]
    if tail.count(":") != 2:
        return rest, 0
    rest, _, second = rest.rpartition(":")
    if not _PORT.fullmatch(second) or not 0 < int(second) <= 0xFFFF or rest.endswith(":"):
        problem = f"'{text}' is no address"
        raise InvalidValue(problem, hint="such as zmq://192.0.2.1:5555:5556: the ports of XPUB and XSUB")
    return rest, int(second)


def _second_port(first: int, second: int, text: str) -> int:
    if second == first:
        problem = f"'{text}' has the same port twice"
        raise InvalidValue(problem, hint="one is that of the central XPUB, the other that of its XSUB")
    if not second and first == 0xFFFF:
        problem = f"'{text}' leaves no port for the XSUB, which is the one behind the first"
        raise InvalidValue(problem, hint="such as zmq://192.0.2.1:5555:5556: the ports of XPUB and XSUB")
    return 0 if second == first + 1 else second


def split_address(rest: str, text: str = "") -> tuple[str, int | None]:
    """Host ("" when there is none) and port (None when there is none) of ``[HOST][:PORT]``.

    *text* is what errors quote, if it is more than *rest*. Raises :class:`InvalidValue`.
    """
    text = text or rest
    if "@" in rest:  # not quoted: there may be a password in it
        problem = "an address has no user name and no password"
        raise InvalidValue(problem, hint="WebSocket servers ask for a token, which is an option of its own")
    if rest.startswith("["):
        host, bracket, tail = rest[1:].partition("]")
        port = tail.removeprefix(":")
        good = bool(bracket) and bool(host) and (not tail or tail.startswith(":")) and tail != ":"
    else:
        host, colon, port = rest.partition(":")
        good = bool(rest) and not set(host) & set("/[]@ ") and bool(port) == bool(colon)
        if ":" in port and "/" not in rest:
            problem = f"'{text}' is ambiguous"
            raise InvalidValue(problem, hint="put an IPv6 address in brackets: [::1]:9999")
    if not good or (port and not _PORT.fullmatch(port)) or int(port or 0) > 0xFFFF:
        problem = f"'{text}' is no address"
        raise InvalidValue(problem, hint="such as 192.0.2.1:9999, :9999 (this machine) or [::1]:9999")
    return host, int(port) if port else None
