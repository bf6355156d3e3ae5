"""Which transport the ports of a log belong to. Zeek's logs have only their numbers.

The record says it in a column ``proto`` (conn, dns, notice) or ``transport``. Of the logs without such a column, http,
ftp and ssh are of protocols that run on TCP only, and an ssl log is TCP unless the version is one of DTLS. For all
others it is unknown, and the port becomes such as ``53/unknown``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broker_core.messages.zeek_serial import ZeekType
from broker_core.model import EnumValue, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .schema import LogSchema

__all__ = ["transport_rule"]

_NAMED = {str(protocol): protocol for protocol in Protocol}
_ONLY_TCP = {"http", "ftp", "ssh"}


def transport_rule(schema: LogSchema) -> Callable[[Sequence[Any]], Protocol]:
    """What finds the transport of the ports in a record of *schema* from its cells."""
    for name in ("proto", "transport"):
        at = schema.index.get(name)
        if at is not None and schema.columns[at].type in {ZeekType.ENUM, ZeekType.STRING}:
            return _by_column(at)
    if schema.path in _ONLY_TCP:
        return lambda _: Protocol.TCP
    version = schema.index.get("version")
    if schema.path == "ssl" and version is not None:
        return _by_version(version)
    return lambda _: Protocol.UNKNOWN


def _by_column(at: int) -> Callable[[Sequence[Any]], Protocol]:
    def rule(cells: Sequence[Any]) -> Protocol:
        cell = cells[at]
        name = cell.name if type(cell) is EnumValue else cell
        return _NAMED.get(name, Protocol.UNKNOWN) if type(name) is str else Protocol.UNKNOWN

    return rule


def _by_version(at: int) -> Callable[[Sequence[Any]], Protocol]:
    def rule(cells: Sequence[Any]) -> Protocol:
        version = cells[at]
        return Protocol.UDP if type(version) is str and version.startswith("DTLS") else Protocol.TCP

    return rule
