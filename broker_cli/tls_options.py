"""The options for TLS with certificates, and for the token of a WebSocket server."""

from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Annotated

from typer import Option

from . import config
from .context import Context
from .parsing import refuse, time_zone

if TYPE_CHECKING:
    from broker_core import TlsCredentials

__all__ = ["AccessOptions", "read_secret"]

_PANEL = "Certificates and tokens"
_LONGEST_SECRET = 4096  # bytes


@dataclass(frozen=True)
class AccessOptions:
    """Who this side is, and whom it trusts. Secrets come from files only: everybody can read command lines."""

    tls: Annotated[str | None, Option(metavar="HOW", help="auto, anon (no certificates), verify or off.")] = None
    ca: Annotated[str | None, Option("--ca", metavar="FILE", help="CAs to trust (PEM).", rich_help_panel=_PANEL)] = None
    ca_dir: Annotated[
        str | None, Option("--ca-dir", metavar="DIR", help="The same, as a directory.", rich_help_panel=_PANEL)
    ] = None
    cert: Annotated[
        str | None, Option("--cert", metavar="FILE", help="Own certificate, with its chain.", rich_help_panel=_PANEL)
    ] = None
    cert_key: Annotated[str | None, Option("--cert-key", metavar="FILE", help="Its key.", rich_help_panel=_PANEL)] = (
        None
    )
    key_pass_file: Annotated[
        str | None,
        Option("--key-pass-file", metavar="FILE", help="Holds the passphrase of the key.", rich_help_panel=_PANEL),
    ] = None
    tls_check_host: Annotated[
        bool,
        Option("--tls-check-host", help="The certificate must be for the host asked for.", rich_help_panel=_PANEL),
    ] = False
    tls_key_log: Annotated[
        str | None,
        Option("--tls-key-log", metavar="FILE", help="Write the session keys, for Wireshark.", rich_help_panel=_PANEL),
    ] = None
    token_file: Annotated[
        str | None,
        Option("--token-file", metavar="FILE", help="Bearer token of a WebSocket server.", rich_help_panel=_PANEL),
    ] = None
    ws_zone: Annotated[
        str | None,
        Option(
            "--ws-zone",
            metavar="ZONE",
            help="Time zone of a WebSocket server before Zeek 8.0: +02:00, Europe/Berlin or local.",
            rich_help_panel=_PANEL,
        ),
    ] = None

    def credentials(self, context: Context) -> "TlsCredentials | None":
        """What was given, or None when there are neither files nor environment variables."""
        environ = context.environ
        passphrase = self.key_pass_file or environ.get(config.ENV_TLS_KEY_PASS_FILE)
        certificate = self.cert or environ.get(config.ENV_TLS_CERT)
        key = self.cert_key or environ.get(config.ENV_TLS_KEY)
        ca_file = self.ca or environ.get(config.ENV_TLS_CA)
        ca_dir = self.ca_dir or environ.get(config.ENV_TLS_CA_DIR)
        key_log = self.tls_key_log or environ.get(config.ENV_TLS_KEY_LOG)
        if not any((passphrase, certificate, key, ca_file, ca_dir, key_log, self.tls_check_host)):
            return None
        from broker_core import TlsCredentials

        return TlsCredentials(
            certificate=certificate,
            key=key,
            passphrase=read_secret("--key-pass-file", passphrase) if passphrase else None,
            ca_file=ca_file,
            ca_dir=ca_dir,
            check_host=self.tls_check_host,
            key_log=key_log,
        )

    def zone(self) -> tzinfo:
        """The time zone of servers that do not say theirs."""
        return time_zone("--ws-zone", self.ws_zone) if self.ws_zone else UTC

    def token(self, context: Context) -> str | None:
        """The bearer token, None when there is none."""
        path = self.token_file or context.environ.get(config.ENV_TOKEN_FILE)
        return read_secret("--token-file", path) if path else None


def read_secret(option: str, path: str) -> str:
    """The first line of the file at *path*, which is not to be empty."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123  # a pipe of the shell, too
            first = file.read(_LONGEST_SECRET + 1).partition(b"\n")[0].rstrip(b"\r")
    except OSError as error:
        refuse(f"{option}: {path}: {(error.strerror or str(error)).lower()}")
    if not first or len(first) > _LONGEST_SECRET:
        refuse(f"{option}: {path}: expected one line of 1 to {_LONGEST_SECRET} bytes")
    try:
        return first.decode()
    except UnicodeDecodeError:
        refuse(f"{option}: {path}: the line is not UTF-8")
