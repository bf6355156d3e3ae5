"""Being told about peers (manual sections 2.2.1, *Status and Error Messages*, and 2.5.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import broker_core
from broker_core import ErrorNotice

from .receiver import Pump, Receiver
from .status import Error, Status, from_notice

if TYPE_CHECKING:
    from collections.abc import Callable

    from .host import Host

__all__ = ["StatusSubscriber"]

Notice = broker_core.Status | ErrorNotice

_OF_BROKER_2 = (broker_core.SC.ENDPOINT_DISCOVERED, broker_core.SC.ENDPOINT_UNREACHABLE)


class StatusSubscriber(Receiver[Notice, Status | Error]):
    """Errors, and changes of peerings when asked for. Made by ``endpoint.make_status_subscriber``."""

    def __init__(self, host: Host, *, receive_statuses: bool, api_version: int) -> None:
        wanted = _known_to_the_manual if api_version == 1 else None
        super().__init__(host, host.ask(self._subscribe, host, receive_statuses, wanted))

    @staticmethod
    def _subscribe(host: Host, receive_statuses: bool, wanted: Callable[[Notice], bool] | None) -> Pump[Notice]:
        source = host.endpoint.make_status_subscriber(receive_statuses)
        return Pump(host, source, host.limits.status_queue, wanted)

    def _convert(self, item: Notice) -> Status | Error:
        return from_notice(item)


def _known_to_the_manual(notice: Notice) -> bool:
    return isinstance(notice, ErrorNotice) or notice.code not in _OF_BROKER_2
