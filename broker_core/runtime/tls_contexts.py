"""What OpenSSL is told: a context for each kind of TLS, made of the files that the credentials name.

Source: spec native-protocol.md section 11. A context is made once and used again until one of its files changes:
before each new connection their inode, size and time are compared, so a listener takes renewed certificates for the
connections that come after. All that can be wrong with the files is found here, before there is a connection, and is
a :class:`ConfigurationError` that names the file.
"""

from __future__ import annotations

import os
import re
import ssl
import stat
from typing import TYPE_CHECKING, Literal, NoReturn

from broker_core.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from .tls import TlsCredentials

__all__ = ["anonymous_context", "verified_context", "web_client_context"]

_ANONYMOUS = "AECDH-AES256-SHA@SECLEVEL=0"
_CURVE = "secp384r1"
_WITH_CERTIFICATES = "HIGH:!aNULL:!MD5"
_MOST_CONTEXTS = 32
_LARGEST_FILE = 16 * 1024 * 1024  # bytes; the CAs of a whole system are a quarter of a megabyte
_HASH_NAME = re.compile(r"[0-9a-f]{8}\.\d+")
_NO_FILE = (0, 0, 0, 0)

_Kind = Literal["anonymous", "native", "web"]
_Stamp = tuple[tuple[int, int, int, int], ...]

_contexts: dict[tuple[_Kind, bool, TlsCredentials | None], tuple[_Stamp, ssl.SSLContext]] = {}


def anonymous_context(credentials: TlsCredentials | None = None, *, server: bool) -> ssl.SSLContext:
    """For TLS without certificates; of *credentials* only the key log counts.

    Raises :class:`ConfigurationError` when this OpenSSL cannot do it.
    """
    return _cached("anonymous", credentials, server, lambda: _anonymous(server=server))


def verified_context(credentials: TlsCredentials | None, *, server: bool) -> ssl.SSLContext:
    """For TLS with certificates on both sides. Raises :class:`ConfigurationError`."""
    return _cached("native", credentials, server, lambda: _verified(credentials, server=server))


def web_client_context(credentials: TlsCredentials | None) -> ssl.SSLContext:
    """For a WebSocket client, which needs no certificate. Raises :class:`ConfigurationError`.

    Where the credentials name no CA, those of the system are trusted, and the host name is checked.
    """
    return _cached("web", credentials, False, lambda: _web_client(credentials))


def _cached(
    kind: _Kind, credentials: TlsCredentials | None, server: bool, make: Callable[[], ssl.SSLContext]
) -> ssl.SSLContext:
    key_log = credentials.key_log if credentials else None
    if key_log:
        _create_key_log(key_log)
    stamp = _stamp(credentials)
    key = (kind, server, credentials)
    known = _contexts.get(key)
    if known is not None and known[0] == stamp:
        return known[1]
    try:
        context = make()
        if key_log:
            context.keylog_filename = key_log
    except ssl.SSLError as error:
        msg = f"this OpenSSL ({ssl.OPENSSL_VERSION}) cannot do TLS here: {_words(error)}; TLS mode off does without"
        raise ConfigurationError(msg) from error
    if len(_contexts) >= _MOST_CONTEXTS:
        _contexts.clear()
    _contexts[key] = (stamp, context)
    return context


def _stamp(credentials: TlsCredentials | None) -> _Stamp:
    """What changes when a file does."""
    if credentials is None:
        return ()
    paths = (credentials.certificate, credentials.key, credentials.ca_file, credentials.ca_dir)
    log = _identity(credentials.key_log)[:2]  # it grows with every connection
    return (*map(_identity, paths), (*log, 0, 0))


def _identity(path: str | None) -> tuple[int, int, int, int]:
    try:
        found = os.stat(path) if path else None  # noqa: PTH116  # one call, and no object for each connection
    except (OSError, ValueError):
        return _NO_FILE  # loading it says what is wrong
    return _NO_FILE if found is None else (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def _create_key_log(path: str) -> None:
    """OpenSSL would create it for everybody to read, and take whatever somebody else has put there."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, 0o600)
        try:
            found = os.fstat(descriptor)
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        _refuse("TLS key log", path, f"cannot be written: {_why(error)}")
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        _refuse("TLS key log", path, "expected a file of this user that nobody else can open (chmod 600)")


# -- the kinds ------------------------------------------------------------------------------------------------------


def _new(*, server: bool) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    context.check_hostname = False
    if server:
        context.num_tickets = 0  # nobody resumes a session, and each ticket would hold the client's certificates
    return context


def _anonymous(*, server: bool) -> ssl.SSLContext:
    try:
        context = _new(server=server)
        context.verify_mode = ssl.CERT_NONE
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(_ANONYMOUS)
        context.set_ecdh_curve(_CURVE)
    except (ssl.SSLError, ValueError) as error:
        msg = (
            f"this OpenSSL ({ssl.OPENSSL_VERSION}) cannot do Broker's certificate-less TLS "
            f'(cipher {_ANONYMOUS}): {_words(error)}; use TLS mode "off" on both sides, or certificates'
        )
        raise ConfigurationError(msg) from error
    return context


def _verified(credentials: TlsCredentials | None, *, server: bool) -> ssl.SSLContext:
    needs_ca = not server or credentials is None or credentials.require_certificate
    missing = [
        name
        for name, there in (
            ("certificate", credentials and credentials.certificate),
            ("key", credentials and credentials.key),
            ("CA (file or directory)", credentials and (credentials.ca_file or credentials.ca_dir)),
        )
        if not there and (needs_ca or not name.startswith("CA"))
    ]
    if credentials is None or missing:
        msg = f"TLS with certificates needs a certificate, its key and a CA; not given: {', '.join(missing)}"
        raise ConfigurationError(msg)
    context = _new(server=server)
    context.set_ciphers(_WITH_CERTIFICATES)
    context.verify_mode = ssl.CERT_REQUIRED if needs_ca else ssl.CERT_NONE
    context.check_hostname = credentials.check_host and not server
    _load_own(context, credentials)
    if needs_ca:
        _load_cas(context, credentials)
    return context


def _web_client(credentials: TlsCredentials | None) -> ssl.SSLContext:
    context = _new(server=False)
    context.set_ciphers(_WITH_CERTIFICATES)
    context.verify_mode = ssl.CERT_REQUIRED
    if credentials is None or not (credentials.ca_file or credentials.ca_dir):
        context.check_hostname = True
        context.load_default_certs()
    else:
        context.check_hostname = credentials.check_host
        _load_cas(context, credentials)
    if credentials is not None and (credentials.certificate or credentials.key):
        if not (credentials.certificate and credentials.key):
            missing = "key" if credentials.certificate else "certificate"
            msg = f"a certificate and its key go together; there is no {missing}"
            raise ConfigurationError(msg)
        _load_own(context, credentials)
    return context


# -- files ----------------------------------------------------------------------------------------------------------


def _load_own(context: ssl.SSLContext, credentials: TlsCredentials) -> None:
    certificate, key = credentials.certificate, credentials.key
    assert certificate and key  # noqa: PT018  # the caller looked
    _check_certificates("certificate", certificate)
    _check_key(key)
    passphrase, asked = credentials.passphrase_bytes, False

    def answer() -> bytes:
        """In place of OpenSSL's question on the terminal."""
        nonlocal asked
        asked = True
        return passphrase

    try:
        context.load_cert_chain(certificate, key, answer)
    except ssl.SSLError as error:
        if error.reason in {"KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH"}:
            _refuse("key", key, f"does not belong to the certificate in {certificate}", error)
        if asked and passphrase:
            _refuse("key", key, "cannot be decrypted: the passphrase is wrong", error)
        if asked:
            _refuse("key", key, "is encrypted, and no passphrase is given", error)
        _refuse("key", key, f"cannot be used with the certificate in {certificate}: {_words(error)}", error)
    except OSError as error:  # it was there a moment ago
        _refuse("key", key, f"cannot be read: {_why(error)}", error)


def _load_cas(context: ssl.SSLContext, credentials: TlsCredentials) -> None:
    if credentials.ca_file:
        _check_certificates("CA file", credentials.ca_file)
    if credentials.ca_dir:
        _check_ca_dir(credentials.ca_dir)
    try:
        context.load_verify_locations(credentials.ca_file or None, credentials.ca_dir or None)
    except (ssl.SSLError, OSError) as error:
        _refuse("CA file", credentials.ca_file or "", f"cannot be used: {_words(error)}", error)


def _check_certificates(what: str, path: str) -> None:
    data = _read(what, path)
    if b"-----BEGIN CERTIFICATE-----" not in data:
        kind = "holds a key, but" if b" PRIVATE KEY-----" in data else "holds"
        _refuse(what, path, f'{kind} no certificate in PEM format (with a line "-----BEGIN CERTIFICATE-----")')
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=data.decode("ascii", "replace"))
    except (ssl.SSLError, ValueError) as error:
        _refuse(what, path, f"holds a damaged certificate: {_words(error)}", error)


def _check_key(path: str) -> None:
    data = _read("key", path)
    if b" PRIVATE KEY-----" not in data:
        kind = "holds a certificate, but" if b"-----BEGIN CERTIFICATE-----" in data else "holds"
        _refuse("key", path, f'{kind} no private key in PEM format (with a line "-----BEGIN PRIVATE KEY-----")')


def _check_ca_dir(path: str) -> None:
    try:
        names = os.listdir(path)  # noqa: PTH208  # only the names
    except (OSError, ValueError) as error:
        _refuse("CA directory", path, f"cannot be read: {_why(error)}")
    if not any(_HASH_NAME.fullmatch(name) for name in names):
        _refuse("CA directory", path, "has no certificates under OpenSSL's hash names; run: openssl rehash DIR")


def _read(what: str, path: str) -> bytes:
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                _refuse(what, path, "is no regular file")
            return file.read(_LARGEST_FILE)
    except (OSError, ValueError) as error:
        _refuse(what, path, f"cannot be read: {_why(error)}")


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)  # not waiting for who writes to a named pipe


def _refuse(what: str, path: str, problem: str, cause: BaseException | None = None) -> NoReturn:
    msg = f"TLS {what.removeprefix('TLS ')} {path}: {problem}"
    raise ConfigurationError(msg) from cause


def _why(error: BaseException) -> str:
    return ((error.strerror if isinstance(error, OSError) else None) or str(error)).lower()


def _words(error: BaseException) -> str:
    """OpenSSL's reason, as words."""
    reason = getattr(error, "reason", None)
    return reason.lower().replace("_", " ") if isinstance(reason, str) and reason else _why(error)
