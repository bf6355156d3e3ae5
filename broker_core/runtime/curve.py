"""The keys of a ZeroMQ cluster that encrypts (CURVE), as Zeek 8.2 has them.

There is one pair for all servers (the central broker, the sinks of logs) and one for all clients (everybody else). Who
has the keys may do everything. Source: spec zeromq.md section 9.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from broker_core.errors import ConfigurationError

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

__all__ = ["CURVE_FILES", "CURVE_VARIABLES", "CurveKeys"]

CURVE_FILES = {
    "server_public": "server_publickey",
    "server_secret": "server_secretkey",
    "client_public": "client_publickey",
    "client_secret": "client_secretkey",
}
"""The files in zeekctl's directory of keys, by the field of :class:`CurveKeys`."""

CURVE_VARIABLES = {field_: f"ZEEK_CLUSTER_BACKEND_ZEROMQ_CURVE_{name.upper()}" for field_, name in CURVE_FILES.items()}
"""The variables in which Zeek takes the keys."""

_LENGTH = 40
_Z85 = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#")
_LONGEST_FILE = 256  # bytes: a key and a line feed


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveKeys:
    """Keys as Z85 texts of 40 characters; raises :class:`ConfigurationError` for what is none.

    Clients need three of them: *server_public*, *client_public* and *client_secret*. Servers need two:
    *server_secret* and *client_public*.
    """

    server_public: str | None = None
    client_public: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    server_secret: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        for name in CURVE_FILES:
            key = getattr(self, name)
            if key is not None and (len(key) != _LENGTH or not _Z85.issuperset(key)):
                # Not quoted: it may be a secret with a slip in it.
                msg = f"the CURVE key {name} is no Z85 text of {_LENGTH} characters"
                raise ConfigurationError(msg)

    @classmethod
    def from_directory(cls, path: str | os.PathLike[str]) -> CurveKeys:
        """The keys in the files of a directory, as zeekctl keeps them in ``${SpoolDir}/zeromq/curve``.

        Files may be missing, but not all of them. Raises :class:`ConfigurationError`.
        """
        found: dict[str, str] = {}
        for name, file in CURVE_FILES.items():
            place = Path(path) / file
            try:
                with place.open("rb") as stream:
                    found[name] = stream.read(_LONGEST_FILE).decode("ascii", "replace").strip()
            except FileNotFoundError:
                continue
            except OSError as error:
                msg = f"cannot read the CURVE key in {place}: {error.strerror}"
                raise ConfigurationError(msg) from error
        if not found:
            msg = f"there are no CURVE keys in {path} (files {', '.join(CURVE_FILES.values())})"
            raise ConfigurationError(msg)
        try:
            return cls(**found)
        except ConfigurationError as error:
            msg = f"{path}: {error.problem}"
            raise ConfigurationError(msg) from None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> CurveKeys | None:
        """The keys in Zeek's variables, None when none of them is set. Raises :class:`ConfigurationError`."""
        found = {name: environ[variable] for name, variable in CURVE_VARIABLES.items() if environ.get(variable)}
        return cls(**found) if found else None

    def check_client(self) -> None:
        """Raise :class:`ConfigurationError` when a client cannot do with these keys."""
        self._need("a client", ("server_public", "client_public", "client_secret"))

    def check_server(self) -> None:
        """Raise :class:`ConfigurationError` when a central broker or a sink of logs cannot do with these keys."""
        self._need("a server", ("server_secret", "client_public"))

    def _need(self, who: str, names: tuple[str, ...]) -> None:
        missing = [name for name in names if getattr(self, name) is None]
        if missing:
            files = ", ".join([CURVE_FILES[name] for name in missing])
            msg = f"CURVE: {who} needs the keys {', '.join(CURVE_FILES[name] for name in names)}; not there: {files}"
            raise ConfigurationError(msg)
