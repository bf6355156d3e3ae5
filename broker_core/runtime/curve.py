"""The keys of a ZeroMQ cluster that encrypts (CURVE), as Zeek 8.2 has them.

There is one pair for all servers (the central broker, the sinks of logs) and one for all clients (everybody else). Who
has the keys may do everything. Source: spec zeromq.md section 9; the text of a key is Z85 (RFC 32 of ZeroMQ).
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from broker_core.errors import ConfigurationError

from .zmq_support import need_pyzmq

if TYPE_CHECKING:
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
_GROUP = 5  # characters that stand for four bytes
_Z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
_DIGITS = {char: digit for digit, char in enumerate(_Z85)}
_LONGEST_FILE = 256  # bytes: a key, a line feed, and some room for blanks


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveKeys:
    """Keys as Z85 texts of 40 characters; raises :class:`ConfigurationError` for what is none.

    Clients need three of them: *server_public*, *client_public* and *client_secret*. Servers need two:
    *server_secret* and *client_public*. No secret is in ``repr()``, nor in any error.
    """

    server_public: str | None = None
    client_public: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    server_secret: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        for name in CURVE_FILES:
            key = getattr(self, name)
            if key is not None:
                _check(key, f"the CURVE key {name}")

    # -- where they come from -----------------------------------------------------------------------------------

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
                    content = stream.read(_LONGEST_FILE + 1)
            except FileNotFoundError:
                continue
            except OSError as error:
                msg = f"cannot read the CURVE key in {place}: {(error.strerror or str(error)).lower()}"
                raise ConfigurationError(msg) from error
            if len(content) > _LONGEST_FILE:
                msg = f"{place} has more than {_LONGEST_FILE} bytes, so it is no CURVE key"
                raise ConfigurationError(msg)
            found[name] = _check(content.decode("ascii", "replace").strip(), str(place))
        if not found:
            what = "are no CURVE keys in" if Path(path).is_dir() else "is no directory with CURVE keys at"
            msg = f"there {what} {path} (files {', '.join(CURVE_FILES.values())})"
            raise ConfigurationError(msg)
        return cls(**found)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> CurveKeys | None:
        """The keys in Zeek's variables, None when none of them is set. Raises :class:`ConfigurationError`."""
        found = {
            name: _check(key.strip(), variable)
            for name, variable in CURVE_VARIABLES.items()
            if (key := environ.get(variable))
        }
        return cls(**found) if found else None

    @classmethod
    def generate(cls) -> CurveKeys:
        """Both pairs, new. Raises :class:`ConfigurationError` when pyzmq is not there, or a libzmq without CURVE."""
        need_pyzmq("making CURVE keys")
        import zmq  # noqa: PLC0415  # an optional part of the installation

        try:
            (server_public, server_secret), (client_public, client_secret) = zmq.curve_keypair(), zmq.curve_keypair()
        except zmq.ZMQError as error:
            msg = "cannot make CURVE keys: this libzmq was built without CURVE"
            raise ConfigurationError(msg) from error
        return cls(
            server_public=server_public.decode(),
            server_secret=server_secret.decode(),
            client_public=client_public.decode(),
            client_secret=client_secret.decode(),
        )

    def save(self, path: str | os.PathLike[str]) -> dict[str, Path]:
        """Write the keys that are here into a directory, as zeekctl does; the files by the names of the fields.

        Only the user can read them. All are written or none; a directory that is not there is made. Raises
        :class:`ConfigurationError`, also when there is a key already, which is never replaced.
        """
        folder = Path(path)
        files = {name: folder / file for name, file in CURVE_FILES.items() if getattr(self, name) is not None}
        made: list[Path] = []
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for (
                file
            ) in CURVE_FILES.values():  # also those that are not written: keys of two sets do not belong together
                if os.path.lexists(folder / file):
                    raise FileExistsError(errno.EEXIST, "", str(folder / file))
            for name, place in files.items():
                descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                made.append(place)
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(getattr(self, name).encode() + b"\n")
        except OSError as error:
            for place in made:
                with suppress(OSError):
                    place.unlink()
            where = str(error.filename or folder)
            if isinstance(error, FileExistsError) and where != str(folder):
                msg = f"{where} is there already, and CURVE keys are not replaced"
            else:
                msg = f"cannot write CURVE keys: {where}: {(error.strerror or str(error)).lower()}"
            raise ConfigurationError(msg) from error
        return files

    # -- what they are good for ---------------------------------------------------------------------------------

    def check_client(self) -> None:
        """Raise :class:`ConfigurationError` when a client cannot do with these keys."""
        self._need("a client", ("server_public", "client_public", "client_secret"))
        self._check_pair("client")

    def check_server(self) -> None:
        """Raise :class:`ConfigurationError` when a central broker or a sink of logs cannot do with these keys."""
        self._need("a server", ("server_secret", "client_public"))
        self._check_pair("server")

    def _need(self, who: str, names: tuple[str, ...]) -> None:
        missing = [name for name in names if getattr(self, name) is None]
        if missing:
            files = ", ".join([CURVE_FILES[name] for name in missing])
            msg = f"CURVE: {who} needs the keys {', '.join(CURVE_FILES[name] for name in names)}; not there: {files}"
            raise ConfigurationError(msg)

    def _check_pair(self, side: str) -> None:
        """See that the public key of *side* is that of the secret one, as far as both and pyzmq are there."""
        public, secret = getattr(self, f"{side}_public"), getattr(self, f"{side}_secret")
        if public is None or secret is None or find_spec("zmq") is None:
            return
        import zmq  # noqa: PLC0415  # as in generate()

        with suppress(zmq.ZMQError):  # without CURVE in libzmq the sockets will say so
            if zmq.curve_public(secret.encode()) == public.encode():
                return
            msg = f"CURVE: {CURVE_FILES[f'{side}_public']} does not belong to {CURVE_FILES[f'{side}_secret']}"
            raise ConfigurationError(msg)


def _check(key: object, what: str) -> str:
    """*key*, if it is one; *what* it is called. It is never quoted: it may be a secret with a slip in it."""
    if not isinstance(key, str):
        reason = f"is no str, but {type(key).__name__}"
    elif len(key) != _LENGTH:
        reason = f"has {len(key)} character{'s' * (len(key) != 1)}, and a key in Z85 has {_LENGTH}"
    elif not all(_fits(key[at : at + _GROUP]) for at in range(0, _LENGTH, _GROUP)):
        reason = f"is no Z85 text of {_LENGTH} characters"
    else:
        return key
    msg = f"{what} {reason}"
    raise ConfigurationError(msg)


def _fits(group: str) -> bool:
    """Whether five characters of Z85 stand for four bytes."""
    number = 0
    for char in group:
        digit = _DIGITS.get(char)
        if digit is None:
            return False
        number = number * len(_Z85) + digit
    return number < 1 << 32
