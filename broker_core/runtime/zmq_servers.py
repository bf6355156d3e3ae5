"""Sockets of ZeroMQ that others connect to, and who may: with CURVE keys only clients that have the client key.

Source: spec zeromq.md sections 1 and 9.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import trio
import zmq
from zmq.auth.thread import ThreadAuthenticator

from broker_core.errors import Cause, PeerUnavailable

from .zmq_sockets import ZAP_DOMAIN, server_options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from broker_core.limits import Limits

    from .curve import CurveKeys

__all__ = ["ServerContext"]


class _OnlyClient:
    """Lets in who has the one client key, and counts the others."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        self.refused = 0

    def callback(self, domain: str, key: bytes) -> bool:  # noqa: ARG002  # the signature is pyzmq's
        """Whether the client with the Z85 text *key* may come in."""
        known = key == self._key
        self.refused += not known
        return known


class ServerContext:
    """A context of libzmq for sockets that listen, with the one who answers its questions about clients.

    Raises :class:`ConfigurationError` when *keys* are there, but not those that servers need.
    """

    def __init__(self, limits: Limits, keys: CurveKeys | None) -> None:
        self._options = server_options(limits, keys)
        self.raw: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.secured = "off" if keys is None else "CURVE"
        self._door: ThreadAuthenticator | None = None
        self._only: _OnlyClient | None = None
        if keys is not None and keys.client_public is not None:
            self._only = _OnlyClient(keys.client_public)
            self._door = ThreadAuthenticator(self.raw)
            self._door.start()
            self._door.configure_curve_callback(ZAP_DOMAIN.decode(), self._only)

    @property
    def refused(self) -> int:
        """How many clients had another key."""
        return 0 if self._only is None else self._only.refused

    async def bind(self, kind: int, host: str, port: int, options: Mapping[int, int]) -> tuple[zmq.Socket[bytes], int]:
        """A socket that listens on *host* ("" is every interface) and *port* (0: any), and its port.

        Raises :class:`PeerUnavailable`.
        """
        where = f"{host or '*'}:{port}"
        number = await _number_of(host, where) if host else "*"
        raw = self.raw.socket(kind)
        try:
            for option, value in {**self._options, **options}.items():
                raw.setsockopt(option, value)
            raw.bind(f"tcp://{number}:{port or '*'}")
        except zmq.ZMQError as error:
            raw.close(linger=0)
            reason = zmq.strerror(error.errno or 0).lower()
            raise PeerUnavailable(where, f"cannot listen: {reason}", cause=Cause.CANNOT_LISTEN) from error
        endpoint = raw.get_string(zmq.LAST_ENDPOINT)
        return raw, int(endpoint.rpartition(":")[2])

    async def aclose(self) -> None:
        """End all; sockets that other threads hold are told so, and waited for."""
        if self._door is not None:
            self._door.stop()
            self._door = None
        with trio.CancelScope(shield=True):
            await trio.to_thread.run_sync(self.raw.term)


async def _number_of(host: str, where: str) -> str:
    """*host* as libzmq takes it: it knows interfaces and numbers only."""
    try:
        found = await trio.socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        reason = f"cannot listen: the name cannot be resolved ({getattr(error, 'strerror', None) or error})"
        raise PeerUnavailable(where, reason, cause=Cause.CANNOT_LISTEN) from error
    number = str(found[0][4][0])
    return f"[{number}]" if ":" in number else number
