"""Makes a CA and certificates for nodes of a Broker network, and reads certificates.

A node is a TLS client and a TLS server, so its certificate is for both. The keys are ECDSA on P-256, which every
OpenSSL that a Zeek was built with can do. The package cryptography does the work; who has no use for certificates
need not have it.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .exit_codes import ExitCode, Failure
from .parsing import refuse

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate, GeneralName, Name

__all__ = ["CA_NAME", "Authority", "Made", "Node", "Seen", "make_node", "need_cryptography", "open_authority", "read"]

CA_NAME = "ca"
_CA_DAYS = 3650
_BACKDATED = timedelta(hours=1)  # for clocks that go differently
_LONGEST_NAME = 64  # characters, of a common name
_LONGEST_HOST = 253
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_HOST = re.compile(r"(\*\.)?[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_PEM_BLOCK = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
_MISSING = "this needs the package cryptography"
_MISSING_HINT = "pip install 'broker-toolkit[tls]'"


class Node(NamedTuple):
    """A node, with the names and addresses it is reached by."""

    name: str
    hosts: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Node:
        """``NAME``, or ``NAME=HOST[,HOST...]``. A :class:`Failure` says what is wrong."""
        name, equals, rest = text.partition("=")
        if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
            refuse(f"NODE: '{name}' is no name", "letters, digits, '.', '_' and '-', as it becomes the name of a file")
        if name.lower() == CA_NAME:
            refuse(f"NODE: '{name}' is the name of the CA's files")
        hosts = tuple(dict.fromkeys(rest.split(","))) if equals else (name,)
        for host in hosts:
            if not _is_address(host) and (not _HOST.fullmatch(host) or len(host) > _LONGEST_HOST):
                refuse(f"NODE: {name}: '{host}' is neither a host name nor an address")
        return cls(name, hosts)


class Authority(NamedTuple):
    """A CA: what signs the nodes' certificates."""

    folder: Path
    certificate: Certificate
    key: EllipticCurvePrivateKey
    is_new: bool

    @property
    def file(self) -> Path:
        """Its certificate, which every node needs."""
        return self.folder / f"{CA_NAME}.crt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A node's certificate that was made."""

    node: Node
    certificate: Path
    key: Path
    not_after: datetime
    encrypted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a certificate says."""

    file: str
    subject: str
    issuer: str
    hosts: tuple[str, ...]
    is_ca: bool
    not_before: datetime
    not_after: datetime
    days_left: int
    """Whole days; negative when it has expired."""
    state: str
    """``valid``, ``expired`` or ``not valid yet``."""


def need_cryptography() -> None:
    """A :class:`Failure` when the package is not there."""
    try:
        import cryptography.x509  # noqa: F401  # only whether it is there
    except ImportError as error:
        raise Failure(_MISSING, ExitCode.USAGE, _MISSING_HINT) from error


def open_authority(folder: Path, now: datetime) -> Authority:
    """The CA in *folder*; a new one when it has none. A :class:`Failure` says what is in the way."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from cryptography.x509 import load_pem_x509_certificate

    certificate_file, key_file = folder / f"{CA_NAME}.crt", folder / f"{CA_NAME}.key"
    there = [file for file in (certificate_file, key_file) if file.exists()]
    if not there:
        return _new_authority(folder, now)
    if len(there) == 1:
        missing = key_file if there == [certificate_file] else certificate_file
        message = f"{folder} has {there[0].name}, but no {missing.name}"
        raise Failure(message, ExitCode.BAD_INPUT, "put it back, or use another directory")
    try:
        certificate = load_pem_x509_certificate(certificate_file.read_bytes())
        key = load_pem_private_key(key_file.read_bytes(), None)
    except (OSError, TypeError, ValueError) as error:
        message = f"the CA in {folder} cannot be used: {_first_line(error)}"
        raise Failure(message, ExitCode.BAD_INPUT) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        message = f"the CA in {folder} cannot be used: {key_file.name} is not the key of {certificate_file.name}"
        raise Failure(message, ExitCode.BAD_INPUT)
    if certificate.not_valid_after_utc <= now:
        message = f"the CA in {folder} has expired"
        raise Failure(message, ExitCode.BAD_INPUT, "make a new one in another directory")
    return Authority(folder, certificate, key, is_new=False)


def _new_authority(folder: Path, now: datetime) -> Authority:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"Broker CA {os.urandom(4).hex()}")  # several CAs of one name confuse who reads errors
    certificate = (
        _builder(name, name, now, now + timedelta(days=_CA_DAYS), key=key, issuer_key=key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    authority = Authority(folder, certificate, key, is_new=True)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(folder / f"{CA_NAME}.key", _key_bytes(key, None), 0o600, replace=False)
        _write(authority.file, _certificate_bytes(certificate), 0o644, replace=False)
    except OSError as error:
        raise _cannot_write(error) from error
    return authority


def make_node(
    authority: Authority, node: Node, *, days: int, passphrase: str | None, replace: bool, now: datetime
) -> Made:
    """A key and a certificate for *node*, as files beside those of the CA. It never outlives the CA."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    issuer = authority.certificate
    not_after = min(now + timedelta(days=days), issuer.not_valid_after_utc)
    usages = [x509.oid.ExtendedKeyUsageOID.SERVER_AUTH, x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH]
    certificate = (
        _builder(_name(node.name), issuer.subject, now, not_after, key=key, issuer_key=authority.key)
        .add_extension(x509.SubjectAlternativeName([_general_name(host) for host in node.hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    certificate_file, key_file = files_of(authority.folder, node)
    try:
        _write(key_file, _key_bytes(key, passphrase), 0o600, replace=replace)
        _write(certificate_file, _certificate_bytes(certificate), 0o644, replace=replace)
    except OSError as error:
        raise _cannot_write(error) from error
    return Made(
        node=node, certificate=certificate_file, key=key_file, not_after=not_after, encrypted=passphrase is not None
    )


def files_of(folder: Path, node: Node) -> tuple[Path, Path]:
    """Certificate and key of *node*."""
    return folder / f"{node.name}.crt", folder / f"{node.name}.key"


def read(path: str, now: datetime) -> list[Seen]:
    """The certificates in the PEM file *path*. A :class:`Failure` when there are none."""
    from cryptography.x509 import load_pem_x509_certificate

    try:
        data = Path(path).read_bytes()
        found = [load_pem_x509_certificate(block) for block in _PEM_BLOCK.findall(data)]
        seen = [_look(path, certificate, now) for certificate in found]
    except OSError as error:
        message = f"{path}: {(error.strerror or str(error)).lower()}"
        raise Failure(message, ExitCode.BAD_INPUT) from error
    except ValueError as error:
        message = f"{path}: a certificate cannot be read: {_first_line(error)}"
        raise Failure(message, ExitCode.BAD_INPUT) from error
    if not seen:
        kind = "only a key, and " if b" PRIVATE KEY-----" in data else ""
        message = f"{path}: {kind}no certificate in PEM format"
        raise Failure(message, ExitCode.BAD_INPUT)
    return seen


def _look(path: str, certificate: Certificate, now: datetime) -> Seen:
    from cryptography import x509

    hosts: tuple[str, ...] = ()
    is_ca = False
    with suppress(x509.ExtensionNotFound):
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        hosts = (*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress)))
    with suppress(x509.ExtensionNotFound):
        is_ca = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    before, after = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return Seen(
        file=path,
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        hosts=hosts,
        is_ca=is_ca,
        not_before=before,
        not_after=after,
        days_left=(after - now).days,
        state="expired" if after <= now else "not valid yet" if before > now else "valid",
    )


# -- parts ----------------------------------------------------------------------------------------------------------


def _builder(
    subject: Name,
    issuer: Name,
    now: datetime,
    not_after: datetime,
    *,
    key: EllipticCurvePrivateKey,
    issuer_key: EllipticCurvePrivateKey,
) -> x509.CertificateBuilder:
    from cryptography import x509

    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(not_after)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )


def _name(text: str) -> Name:
    from cryptography import x509

    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _usage(*, signs: bool) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _general_name(host: str) -> GeneralName:
    from cryptography import x509

    return x509.IPAddress(ip_address(host)) if _is_address(host) else x509.DNSName(host)


def _key_bytes(key: EllipticCurvePrivateKey, passphrase: str | None) -> bytes:
    from cryptography.hazmat.primitives import serialization

    how: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase is not None:
        how = serialization.BestAvailableEncryption(passphrase.encode())
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)


def _certificate_bytes(certificate: Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM)


def _write(path: Path, data: bytes, mode: int, *, replace: bool) -> None:
    """A whole file or none; FileExistsError when there is one and *replace* is not set."""
    draft = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        if replace:
            draft.replace(path)
        else:
            path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)


def _cannot_write(error: OSError) -> Failure:
    where = error.filename2 or error.filename
    return Failure(f"{where}: {(error.strerror or str(error)).lower()}", ExitCode.BAD_INPUT)


def _first_line(error: BaseException) -> str:
    return str(error).split("\n")[0].split(". ")[0]
