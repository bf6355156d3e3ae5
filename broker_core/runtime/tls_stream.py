"""A TLS stream over a stream of trio: both directions at once, many records with one call.

trio's own reads one record (16 KiB) for each call and, when a handshake fails, keeps the alert that would tell the
other side why. This one reads all that the socket gave and sends the alert. Source: spec native-protocol.md
section 11, RFC 8446 section 6.
"""

from __future__ import annotations

import ssl
from contextlib import suppress
from typing import TYPE_CHECKING

import trio

from .tls import describe_tls

if TYPE_CHECKING:
    from .streams import ByteStream

__all__ = ["FIRST_BYTES", "TlsStream"]

FIRST_BYTES = 1024
"""How much of what the other side sent first is kept, to tell what speaks there."""

_READ_SIZE = 256 * 1024
_RECORD = 16 * 1024
_FAREWELL = 0.2  # seconds that the last record may take to get into the socket


class TlsStream:
    """TLS over *transport*. One task may send while another one receives; trio.BrokenResourceError ends both."""

    def __init__(
        self, transport: ByteStream, context: ssl.SSLContext, *, server: bool, host: str | None = None
    ) -> None:
        """*host* is the name that the client asks for, and checks if the context says so."""
        self._transport = transport
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=server, server_hostname=host)
        self._sending = trio.Lock()
        self._broken = False
        """Whether something that the other side needs was not sent."""
        self._ended = False
        self._fault: ssl.SSLError | None = None
        """What to raise when all that came before it was taken; OpenSSL says it once."""
        self._ready = False
        self.first = b""
        """The first bytes that the other side sent, as they came over the transport."""

    def describe(self, certificates: str) -> str:
        """Version and cipher, with what is known about *certificates* (see :func:`~.tls.describe_tls`)."""
        return describe_tls(self._tls.version(), self._tls.cipher(), certificates)

    async def do_handshake(self) -> None:
        """Shake hands. Raises :class:`ssl.SSLError`, after it told the other side, or trio.BrokenResourceError."""
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._flush()
                await self._fill()
            except ssl.SSLError:
                await self._send_alert()
                raise
            else:
                break
        await self._flush()
        self._ready = True

    async def send_all(self, data: bytes) -> None:
        """Send all of *data*, in records of its own."""
        if self._broken:
            raise trio.BrokenResourceError
        view = memoryview(data)
        try:
            while view:
                view = view[self._tls.write(view) :]
        except ssl.SSLError as error:
            self._broken = True
            raise trio.BrokenResourceError from error
        await self._flush()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        """What is there, at least one byte; b"" at the end, whether it was announced (close_notify) or not.

        A fault of TLS, such as an alert, is the cause of the trio.BrokenResourceError.
        """
        most = max_bytes or _READ_SIZE
        read, incoming = self._tls.read, self._incoming
        parts: list[bytes] = []
        size = 0
        while not self._ended:
            try:
                while size < most:
                    part = read(min(most - size, _RECORD))
                    if not part:
                        self._ended = True
                        break
                    parts.append(part)
                    size += len(part)
                    if not incoming.pending and not self._tls.pending():
                        break
            except ssl.SSLWantReadError:
                pass
            except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
                self._ended = True
            except ssl.SSLError as error:
                self._fault = error
                self._ended = True
                await self._send_alert()
                self._broken = True
            if self._outgoing.pending:  # an answer that TLS itself gives, such as to a change of keys
                await self._flush_unless_busy()
            if parts:
                return parts[0] if len(parts) == 1 else b"".join(parts)
            if not self._ended:
                await self._fill()
        await trio.lowlevel.checkpoint()
        if self._fault is not None:
            raise trio.BrokenResourceError from self._fault
        return b""

    async def aclose(self) -> None:
        """Say that this is the end, if that does not take long, and close without waiting for an answer."""
        try:
            if self._ready and not self._broken and not self._sending.locked():
                with suppress(ssl.SSLError):
                    self._tls.unwrap()
                with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
                    await self._say_farewell()
        finally:
            self._broken = self._ended = True
            await trio.aclose_forcefully(self._transport)  # type: ignore[arg-type]  # it has what that needs

    async def _fill(self) -> None:
        data = await self._transport.receive_some(_READ_SIZE)
        if len(self.first) < FIRST_BYTES:
            self.first = (self.first + data)[:FIRST_BYTES]
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    async def _flush(self) -> None:
        """Send what TLS has made, behind what another task is sending."""
        lock = self._sending
        try:
            lock.acquire_nowait()
        except trio.WouldBlock:
            await lock.acquire()
        try:
            while self._outgoing.pending:
                await self._transport.send_all(self._outgoing.read())
        except BaseException:
            self._broken = True  # a record may be cut
            raise
        finally:
            lock.release()

    async def _flush_unless_busy(self) -> None:
        if not self._sending.locked():  # otherwise who holds it takes this along
            with suppress(trio.BrokenResourceError):  # there may still be something to read
                await self._flush()

    async def _send_alert(self) -> None:
        with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
            await self._say_farewell()

    async def _say_farewell(self) -> None:
        with trio.CancelScope(deadline=trio.current_time() + _FAREWELL, shield=True):
            await self._flush()
