"""Certificates, and counterparts that are plain OpenSSL: blocking sockets of Python's ssl module in threads."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import warnings
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest
import trio
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from broker_core import TlsCredentials

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

DAY = dt.timedelta(days=1)
SOON = 10
"""Seconds that nothing here takes."""


class Authority:
    """Two CAs with files; nodes of the first one trust each other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ca, self.other = trustme.CA(), trustme.CA()
        self.ca_file, self.other_file = str(folder / "ca.pem"), str(folder / "other.pem")
        self.ca.cert_pem.write_to_path(self.ca_file)
        self.other.cert_pem.write_to_path(self.other_file)
        self._count = 0

    def node(
        self, *hosts: str, ca: trustme.CA | None = None, passphrase: str | None = None, **changes: Any
    ) -> TlsCredentials:
        """Credentials of a node; *changes* are for the credentials, except for the dates of the certificate."""
        self._count += 1
        dates = {name: changes.pop(name) for name in ("not_before", "not_after") if name in changes}
        made = (ca or self.ca).issue_cert(*(hosts or ("node.example",)), **dates)
        certificate, key = self.folder / f"{self._count}.pem", self.folder / f"{self._count}.key"
        certificate.write_bytes(b"".join(blob.bytes() for blob in made.cert_chain_pems))
        pem = made.private_key_pem.bytes()
        if passphrase is not None:
            private = load_pem_private_key(pem, None)
            how = BestAvailableEncryption(passphrase.encode())
            pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)
        key.write_bytes(pem)
        given = {"certificate": str(certificate), "key": str(key), "ca_file": self.ca_file, "passphrase": passphrase}
        return TlsCredentials(**{**given, **changes})

    def expired(self, *hosts: str) -> TlsCredentials:
        now = dt.datetime.now(dt.UTC)
        return self.node(*hosts, not_before=now - 9 * DAY, not_after=now - DAY)

    def early(self, *hosts: str) -> TlsCredentials:
        now = dt.datetime.now(dt.UTC)
        return self.node(*hosts, not_before=now + DAY, not_after=now + 9 * DAY)


@pytest.fixture(scope="session")
def authority(tmp_path_factory) -> Authority:
    """Makes credentials."""
    return Authority(tmp_path_factory.mktemp("tls"))


def cpp_context(credentials: TlsCredentials | None, *, server: bool, outdated: bool = False) -> ssl.SSLContext:
    """What C++ Broker uses (spec native-protocol.md section 11), made without our code.

    *outdated* is for the versions that nobody should use any more.
    """
    context = _cpp_context(credentials, server=server)
    if outdated:
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings(action="ignore"):
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def _cpp_context(credentials: TlsCredentials | None, *, server: bool) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    if credentials is None:
        context.verify_mode = ssl.CERT_NONE
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("AECDH-AES256-SHA@SECLEVEL=0")
        return context
    context.verify_mode = ssl.CERT_REQUIRED if credentials.ca_file else ssl.CERT_NONE
    context.set_ciphers("HIGH:!aNULL:!MD5")
    if credentials.ca_file:
        context.load_verify_locations(credentials.ca_file)
    if credentials.certificate:
        context.load_cert_chain(credentials.certificate, credentials.key, credentials.passphrase)
    return context


class Counterpart:
    """A server that shakes hands, says something and reads until the end; what it found wrong is in *errors*."""

    def __init__(self, context: ssl.SSLContext | None, greeting: bytes) -> None:
        self._context = context
        self._greeting = greeting
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.errors: list[str | None] = []
        self.received = b""

    def serve(self) -> None:
        while True:
            try:
                plain, _ = self._socket.accept()
            except OSError:
                return
            plain.settimeout(SOON)
            try:
                stream = self._context.wrap_socket(plain, server_side=True) if self._context else plain
                with stream:
                    stream.sendall(self._greeting)
                    while data := stream.recv(65536):
                        self.received += data
                self.errors.append(None)
            except ssl.SSLError as error:
                self.errors.append(error.reason)
            except OSError as error:
                self.errors.append(type(error).__name__)
            finally:
                plain.close()

    def stop(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@asynccontextmanager
async def start_counterpart(
    context: ssl.SSLContext | None, greeting: bytes = b"\0\0\0\5\7ZEEK"
) -> AsyncIterator[Counterpart]:
    server = Counterpart(context, greeting)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.to_thread.run_sync, server.serve)
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture
def counterpart() -> Callable[..., Any]:
    """``async with counterpart(cpp(...)) as server``: a server that is none of ours."""
    return start_counterpart


@pytest.fixture
def cpp() -> Callable[..., ssl.SSLContext]:
    """``cpp(credentials, server=True)``: the context that C++ Broker makes of such options."""
    return cpp_context


def _knock(port: int, context: ssl.SSLContext | None, words: bytes) -> str | bytes:
    with socket.create_connection(("127.0.0.1", port), SOON) as plain:
        try:
            with context.wrap_socket(plain) if context else plain.dup() as stream:
                stream.sendall(words)
                return stream.recv(65536)
        except ssl.SSLError as error:
            return error.reason or "unknown"
        except OSError as error:
            return type(error).__name__


@pytest.fixture
def knock() -> Callable[..., Any]:
    """``await knock(port, context, words)``: connect as a client that is none of ours; the answer, or the error."""

    async def knocking(port: int, context: ssl.SSLContext | None, words: bytes = b"\0\0\0\5\7ZEEK") -> str | bytes:
        return await trio.to_thread.run_sync(_knock, port, context, words)

    return knocking
