"""A sink for the logs of a ZeroMQ cluster: what a program holds of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from broker_core.messages.log_pushes import LogPush

from .subscriber import Receiver

if TYPE_CHECKING:
    from broker_core.runtime.queues import MessageQueue
    from broker_core.runtime.zmq_logs import LogSource

__all__ = ["LogSink"]


class LogSink(Receiver[LogPush]):
    """Batches of log records that nodes of a ZeroMQ cluster push here. Made by ``endpoint.listen_logs``.

    Each is a :class:`LogPush`; ``broker_core.logs.LogDecoder.decode_batch(push.payload)`` has the records. Nobody
    confirms batches: what is on its way when this ends, or comes for a full queue of a policy that drops, is lost.
    """

    def __init__(self, source: LogSource) -> None:
        super().__init__(cast("MessageQueue[LogPush]", source.queue))
        self._source = source

    def __repr__(self) -> str:
        return f"<LogSink {self.address}>"

    @property
    def host(self) -> str:
        """The address that it listens on; ``*`` is every interface."""
        return self._source.place.address

    @property
    def port(self) -> int:
        """The real port, also when any was asked for."""
        return self._source.place.port

    @property
    def address(self) -> str:
        """As Zeek writes it in ``connect_log_endpoints``: ``tcp://127.0.0.1:27762``."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"tcp://{host}:{self.port}"

    @property
    def tls(self) -> str:
        """``off`` or ``CURVE``."""
        return self._source.tls

    @property
    def skipped(self) -> int:
        """Messages that were no batches of log records; notices say what was wrong with the first ones."""
        return self._source.skipped

    @property
    def refused(self) -> int:
        """Connections that came to nothing: other CURVE keys, CURVE on one side only, or no node; notices say which."""
        return self._source.refused

    @property
    def overflowed(self) -> bool:
        """Whether the policy "disconnect" has ended it."""
        return self._queue.overflowed

    def close(self) -> None:
        """Take no more, very soon: nodes keep their batches, or give them to others. Idempotent.

        What has come can still be had.
        """
        self._source.close()

    async def aclose(self) -> None:
        """As :meth:`close`; the port is free when this returns."""
        self.close()
        await self._source.ended.wait()
