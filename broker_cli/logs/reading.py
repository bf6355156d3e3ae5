"""Lines of Zeek logs become events to publish: ``publish --from conn.log --in zeek``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broker_cli.names import is_event_name
from broker_cli.reading import Batch, MessageReader
from broker_core import Count, DecodeError, InvalidValue
from broker_core.logs import EventShape, LogReader, Part, UnknownColumnsError, UnsetFieldError, path_of_file
from broker_core.model.topics import check_topic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_core.declarations import Field, Signature
    from broker_core.logs import LogRecord, UnsetWay

__all__ = ["LogEvents", "parts_of_signature"]

_ONE = Count(1)
_NETWORK_TIMESTAMP = _ONE


class LogEvents(MessageReader):
    """The records of a log as events called *event*, on *topic*.

    The arguments are what *parts* say, without them the whole record. *unset* says what becomes of an argument that the
    record does not have. *name* is that of the file, which says what log it is if that is JSON. *stamped* events have
    the time of the record as their network timestamp.
    """

    def __init__(
        self,
        topic: str,
        event: str,
        parts: Sequence[Part | str] | None = None,
        *,
        unset: UnsetWay = "refuse",
        name: str = "",
        stamped: bool = False,
    ) -> None:
        super().__init__(check_topic(topic))
        if not is_event_name(event):
            msg = f"'{event}' is no name of an event"
            raise InvalidValue(msg)
        self._event = event
        self._shape = EventShape(parts, unset=unset)
        self._log = LogReader(path_of_file(name))
        self._stamped = stamped
        self._last: LogRecord | None = None

    def time(self) -> int | None:
        """When the record of the last line was made, in nanoseconds; None when it does not say."""
        moment = None if self._last is None else self._last.time
        return None if moment is None else moment.ns

    def parse(self, line: str) -> tuple[str, Any] | None:
        """The event of one line."""
        return self._parse(line.encode("utf-8", "surrogateescape"))

    def _parse(self, line: bytes) -> tuple[str, Any] | None:
        record = self._log.line(line)
        if record is None:
            return None
        self._last = record
        try:
            args = self._shape.arguments(record)
        except (UnsetFieldError, UnknownColumnsError) as error:
            way = "--unset empty, or nil" if isinstance(error, UnsetFieldError) else "--fields names those to send"
            msg = f"{error.problem} ({way})"
            raise DecodeError(msg) from None
        content: tuple[Any, ...] = (self._event, args)
        if self._stamped and (moment := record.time) is not None:
            content = (*content, ((_NETWORK_TIMESTAMP, moment),))
        assert self.topic is not None  # noqa: S101  # this reader has always one
        return self.topic, (_ONE, _ONE, content)

    def batch(self, lines: Sequence[bytes], *, keep_going: bool) -> Batch[tuple[str, Any]]:
        """The events of *lines*; up to the first problem, unless *keep_going*."""
        batch: Batch[tuple[str, Any]] = Batch([], [])
        put, parse = batch.found.append, self._parse
        for at, line in enumerate(lines):
            try:
                message = parse(line)
            except (DecodeError, InvalidValue) as error:
                batch.problems.append((at, str(error)))
                if not keep_going:
                    break
            else:
                if message is not None:
                    put(message)
        return batch


def parts_of_signature(signature: Signature) -> list[Part] | None:
    """What the parameters of *signature* take from a log, by their names; None when they have none."""
    if not all(parameter.name for parameter in signature.parameters):
        return None
    return [_part(parameter, ()) for parameter in signature.parameters]


def _part(field: Field, inside: tuple[object, ...]) -> Part:
    """The part for *field*, which stands *inside* these records: one that holds itself has no columns of its own."""
    fields = getattr(field.type, "fields", None)
    if fields is None or field.type in inside:
        return Part(field.name, optional=field.may_be_unset)
    inner = (*inside, field.type)
    return Part(field.name, tuple([_part(one, inner) for one in fields]), optional=field.may_be_unset)
