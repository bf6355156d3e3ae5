"""The options for TLS with certificates, for the token of a WebSocket server, and for the keys of a ZeroMQ cluster."""

import stat
from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

from typer import Option

from .config import Tls
from .context import Context
from .parsing import choice, refuse, time_zone
from .profiles.resolving import Setting, either, resolve

if TYPE_CHECKING:
    from broker_core import CurveKeys, TlsCredentials

__all__ = ["AccessOptions", "read_secret"]

_PANEL = "Certificates and tokens"
_LONGEST_SECRET = 4096  # bytes


@dataclass(frozen=True)
class AccessOptions:
    """Who this side is, and whom it trusts. Secrets come from files and programs: everybody can read command lines."""

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
    key_pass_command: Annotated[
        str | None,
        Option("--key-pass-command", metavar="COMMAND", help="Prints that passphrase.", rich_help_panel=_PANEL),
    ] = None
    tls_check_host: Annotated[
        bool | None,
        Option(
            "--tls-check-host/--no-tls-check-host",
            help="The certificate must be for the host asked for.",
            show_default=False,
            rich_help_panel=_PANEL,
        ),
    ] = None
    tls_key_log: Annotated[
        str | None,
        Option("--tls-key-log", metavar="FILE", help="Write the session keys, for Wireshark.", rich_help_panel=_PANEL),
    ] = None
    token_file: Annotated[
        str | None,
        Option("--token-file", metavar="FILE", help="Bearer token of a WebSocket server.", rich_help_panel=_PANEL),
    ] = None
    token_command: Annotated[
        str | None, Option("--token-command", metavar="COMMAND", help="Prints that token.", rich_help_panel=_PANEL)
    ] = None
    curve_dir: Annotated[
        str | None,
        Option(
            "--curve-dir",
            metavar="DIR",
            help="CURVE keys of a ZeroMQ cluster, as zeekctl keeps them.",
            rich_help_panel=_PANEL,
        ),
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

    def tls_mode(self, context: Context, default: Tls) -> Tls:
        """Which TLS to use; *default* when nobody says it."""
        chosen = resolve(context, "tls", self.tls)
        return choice(chosen.what, chosen.text or default, get_args(Tls))

    def credentials(self, context: Context) -> "TlsCredentials | None":
        """What was said, or None when nobody says anything."""
        check_host = resolve(context, "tls-check-host", self.tls_check_host)
        passphrase = either(
            resolve(context, "key-pass-file", self.key_pass_file),
            resolve(context, "key-pass-command", self.key_pass_command),
        )
        certificate = resolve(context, "cert", self.cert).text
        key = resolve(context, "cert-key", self.cert_key).text
        ca_file = resolve(context, "ca", self.ca).text
        ca_dir = resolve(context, "ca-dir", self.ca_dir).text
        key_log = resolve(context, "tls-key-log", self.tls_key_log).text
        if not any((passphrase.text, certificate, key, ca_file, ca_dir, key_log, check_host.on)):
            return None
        from broker_core import TlsCredentials

        return TlsCredentials(
            certificate=certificate,
            key=key,
            passphrase=_secret(context, passphrase),
            ca_file=ca_file,
            ca_dir=ca_dir,
            check_host=check_host.on,
            key_log=key_log,
        )

    def zone(self, context: Context) -> tzinfo:
        """The time zone of servers that do not say theirs."""
        chosen = resolve(context, "ws-zone", self.ws_zone)
        return time_zone(chosen.what, chosen.text) if chosen.text else UTC

    def token(self, context: Context, *, preset: bool = True) -> str | None:
        """The bearer token, None when there is none. Without *preset* only flags count."""
        chosen = either(
            resolve(context, "token-file", self.token_file), resolve(context, "token-command", self.token_command)
        )
        return _secret(context, chosen) if preset or chosen.given else None

    def curve(self, context: Context, *, needed: bool = True) -> "CurveKeys | None":
        """The keys of a ZeroMQ cluster, None when nobody says any.

        Where they are not *needed* only a flag counts: what is wrong with keys that nobody uses disturbs nobody.
        """
        chosen = resolve(context, "curve-dir", self.curve_dir)
        if chosen.text is None or not (needed or chosen.given):
            return None
        from broker_core import ConfigurationError, CurveKeys

        try:
            if not chosen.text:  # Zeek's variables hold the keys
                return CurveKeys.from_environment(context.environ)
            keys = CurveKeys.from_directory(chosen.text)
        except ConfigurationError as error:
            refuse(f"{chosen.what}: {error}" if chosen.text else str(error))
        _warn_of_readers(context, Path(chosen.text))
        return keys


def _warn_of_readers(context: Context, folder: Path) -> None:
    """Say so when everybody on this machine can read secret keys in *folder*."""
    try:
        if not folder.stat().st_mode & stat.S_IXOTH:
            return
        exposed = sorted(file.name for file in folder.glob("*_secretkey") if file.stat().st_mode & stat.S_IROTH)
    except OSError:  # changed meanwhile
        return
    if exposed:
        context.warn(f"{folder}: everybody can read {' and '.join(exposed)}; chmod -R go-rwx would help")


def _secret(context: Context, setting: Setting) -> str | None:
    """What is in the file that *setting* names, or what the command prints that it is."""
    if not setting.text:
        return None
    if not setting.name.endswith("-command"):
        return read_secret(setting.what, setting.text)
    profile = context.profile
    if setting.origin.kind == "profile" and profile is not None and not profile.private:
        refuse(f"{setting.what}: not run, since others can write the file", f"chmod go-w {profile.file}")
    from .profiles.secret_commands import run_secret

    return _first_line(setting.what, run_secret(setting.what, setting.text, _LONGEST_SECRET))


def read_secret(option: str, path: str) -> str:
    """The first line of the file at *path*, which is not to be empty."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123  # a pipe of the shell, too
            return _first_line(f"{option}: {path}", file.read(_LONGEST_SECRET + 1))
    except OSError as error:
        refuse(f"{option}: {path}: {(error.strerror or str(error)).lower()}")


def _first_line(what: str, content: bytes) -> str:
    first = content.partition(b"\n")[0].rstrip(b"\r")
    if not first or len(first) > _LONGEST_SECRET:
        refuse(f"{what}: expected one line of 1 to {_LONGEST_SECRET} bytes")
    try:
        return first.decode()
    except UnicodeDecodeError:
        refuse(f"{what}: the line is not UTF-8")
