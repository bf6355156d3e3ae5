"""What a diagnosis meets on loopback: servers of other protocols, servers that hang, and certificates of every kind."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import trio
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from broker_core import TlsCredentials
from broker_core.runtime.tls_stream import TlsStream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

Talk = Callable[[Any], Awaitable[None]]
"""What a server does with one connection."""

HTTP_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nServer: nginx/1.22\r\nContent-Length: 0\r\n\r\n"
ZMTP = bytes.fromhex("ff00000000000000017f")


@asynccontextmanager
async def server(talk: Talk, context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> AsyncIterator[int]:
    """A server that does *talk* with whoever connects, under TLS when there is a *context*; its port."""

    async def handle(stream: trio.SocketStream) -> None:
        async with stream:
            with suppress(trio.BrokenResourceError, ssl.SSLError):
                if context is None:
                    await talk(stream)
                    return
                secure = TlsStream(stream, context, server=True)  # it sends the alerts, which trio's own keeps
                await secure.do_handshake()
                await talk(secure)
                await secure.aclose()

    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(partial(trio.serve_tcp, handle, 0, host=host))
        yield listeners[0].socket.getsockname()[1]
        nursery.cancel_scope.cancel()


async def silent(stream: Any) -> None:
    """Take everything and say nothing."""
    while await stream.receive_some(65536):
        pass


async def hang_up(_: Any) -> None:
    """Close at once."""


def greets(first: bytes) -> Talk:
    """Say *first* at once, and nothing more."""

    async def talk(stream: Any) -> None:
        await stream.send_all(first)
        await silent(stream)

    return talk


def answers(answer: bytes | dict[bytes, bytes], *, end: bytes = b"\r\n\r\n", close: bool = True) -> Talk:
    """Wait for *end*, then say *answer*: with a dict, that of the first key which the request contains."""

    async def talk(stream: Any) -> None:
        said = b""
        while end not in said:
            part = await stream.receive_some(65536)
            if not part:
                return
            said += part
        choices = {b"": answer} if isinstance(answer, bytes) else answer
        await stream.send_all(next(text for key, text in choices.items() if key in said))
        if not close:
            await silent(stream)

    return talk


@contextmanager
def nobody(host: str = "127.0.0.1") -> Iterator[int]:
    """A port on which nobody listens, and nobody else can."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as taken:
        taken.bind((host, 0))
        yield taken.getsockname()[1]


@contextmanager
def overrun() -> Iterator[int]:
    """A port whose queue of connections is full, so that nothing answers whoever connects."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(8):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            with suppress(BlockingIOError):
                waiting.connect(listener.getsockname())
        yield listener.getsockname()[1]


@contextmanager
def older_broker(*, tls: bool = False) -> Iterator[int | None]:
    """The port of a C++ Broker 1.4.0; None where Debian's bindings of it are not installed."""
    code = (
        f"import broker; o = broker.BrokerOptions(); o.disable_ssl = {not tls}; "
        "ep = broker.Endpoint(broker.Configuration(o)); print(ep.listen('127.0.0.1', 0), flush=True); input()"
    )
    if not Path("/usr/bin/python3").exists():
        yield None
        return
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(["/usr/bin/python3", "-c", code], text=True, **pipes) as old:
        try:
            port = old.stdout.readline().strip()
            yield int(port) if port else None
        finally:
            old.kill()


# -- certificates -----------------------------------------------------------------------------------------------------


class Files(NamedTuple):
    """PEM files of one node: its certificate, its key, and the CA it trusts."""

    certificate: str
    key: str
    ca: str

    def credentials(self, **changes: Any) -> TlsCredentials:
        return TlsCredentials(**{"certificate": self.certificate, "key": self.key, "ca_file": self.ca, **changes})

    def context(
        self, asks: ssl.VerifyMode = ssl.CERT_REQUIRED, newest: Any = None, oldest: Any = None
    ) -> ssl.SSLContext:
        """For a server that is not of this library."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        context.load_verify_locations(self.ca)
        context.verify_mode = asks
        if newest:
            context.maximum_version = newest
        if oldest:
            context.minimum_version = oldest
        return context


@cache
def ca(name: str = "cluster CA") -> trustme.CA:
    return trustme.CA(organization_name="Zeek", organization_unit_name=name)


def make_files(
    folder: Path,
    name: str = "node",
    *,
    signer: str = "cluster CA",
    trusts: str = "cluster CA",
    begins: int = -1,
    ends: int = 365,
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost"),
) -> Files:
    """Files for a node whose certificate is valid from *begins* to *ends* days from now."""
    now = datetime.now(UTC)
    certificate = ca(signer).issue_cert(
        *hosts, common_name=name, not_before=now + timedelta(days=begins), not_after=now + timedelta(days=ends)
    )
    files = Files(*(str(folder / f"{name}-{kind}.pem") for kind in ("cert", "key", "ca")))
    Path(files.certificate).write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    Path(files.key).write_bytes(certificate.private_key_pem.bytes())
    Path(files.ca).write_bytes(ca(trusts).cert_pem.bytes())
    return files


def lock_key(path: str, passphrase: str) -> None:
    """Encrypt the key in a file."""
    key = load_pem_private_key(Path(path).read_bytes(), None)
    how = BestAvailableEncryption(passphrase.encode())
    Path(path).write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how))


def anonymous_context() -> ssl.SSLContext:
    """Certificate-less TLS for a server that is not of this library."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AECDH-AES256-SHA@SECLEVEL=0")
    return context
