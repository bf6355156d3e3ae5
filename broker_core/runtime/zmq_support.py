"""Whether libzmq is there: it comes with pyzmq, which is an optional part of the installation."""

from __future__ import annotations

from importlib.util import find_spec

from broker_core.errors import ConfigurationError

__all__ = ["need_pyzmq"]


def need_pyzmq(what: str) -> None:
    """Raise :class:`ConfigurationError`, which says what to install, when pyzmq is not there for *what*."""
    if find_spec("zmq") is None:
        msg = f"{what} needs pyzmq, which is not installed: pip install 'broker-toolkit[zeromq]'"
        raise ConfigurationError(msg)
