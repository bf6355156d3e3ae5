r"""How servers of the WebSocket interface differ in what they read and write, told from their acknowledgement.

Three are known. Zeek's own (from 7.2 on) has ``-websocket-<n>`` at the end of its id, and Zeek's version; libbroker's
has a UUID and libbroker's version; this toolkit's has a version that starts with its name. All of them read time
stamps without a zone, so that form is always written, with as many digits as it takes:

===================  ===================  ===================  =========================
what                 before Zeek 8.0      Zeek 8.0 and later   this toolkit
===================  ===================  ===================  =========================
naive time stamps    server's local time  UTC                  UTC
``\uXXXX``           refused              read                 read
inf, nan             ``1e400``, ``nan``   ``1e400``, ``nan``   ``"inf"``, ``"nan"``
strings not UTF-8    cannot be sent       cannot be sent       ``\udc80`` .. ``\udcff``
long time spans      must fit a double    must fit a double    exact
===================  ===================  ===================  =========================

What a server would read as something else is refused here, so nothing arrives changed. Zeek's server ends the
connection at a text that is not UTF-8, and no escape stands for a byte, so such strings need a native peering.
libbroker calls itself 2.8.0-dev in Zeek 7.0 and in all later ones; it is taken for one of the later, with the given
zone. Sources: spec websocket-json.md sections 4 and 8, data-model.md section 7.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from enum import Enum
from functools import lru_cache
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

from broker_core.codecs.json import Writers, writers
from broker_core.errors import EncodeError
from broker_core.model import EnumValue, Timespan, Timestamp

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["OWN", "PRODUCT", "Quirks", "Server", "quirks_of"]

PRODUCT = "broker-toolkit"
"""What the version starts with that this toolkit's server acknowledges with."""

_NS = 1_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ZEEK_ENDPOINT = re.compile(r"-websocket-[0-9]+$")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_VERSION = re.compile(r"([0-9]+)\.([0-9]+)")
_DEV = re.compile(r"-dev\.([0-9]+)")
_LIBBROKER_OF_ZEEK_8 = 280  # 2.8.0-dev.280 is the libbroker of Zeek 8.0


class Server(Enum):
    """Whose server it is."""

    LIBBROKER = "libbroker"
    ZEEK = "Zeek"
    TOOLKIT = "broker-toolkit"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """What one server reads and writes in its own way."""

    server: Server = Server.TOOLKIT
    escapes: bool = True
    r"""Whether it reads ``\uXXXX``. If not, control characters are written raw, which it takes."""
    exact: bool = True
    """Whether it has a form for every value: the tables of this toolkit, which other clients read, too."""
    zone: tzinfo = UTC
    """The zone of its time stamps that have none."""
    writers: Writers = field(init=False, repr=False, compare=False)
    """What makes JSON of values for it."""

    def __post_init__(self) -> None:
        changes: Writers = {
            str: _write_string,
            Timestamp: _write_timestamp,
            bytes: _write_bytes,
            EnumValue: _write_enum,
        }
        if not self.exact:
            changes |= {
                float: _write_cpp_real,
                Timespan: _write_cpp_timespan,
                bytes: _refuse,
                EnumValue: _write_cpp_enum,
            }
        if not self.escapes:
            changes |= {str: _write_raw_string, EnumValue: _write_raw_enum}
        if self.zone is not UTC:
            changes[Timestamp] = _timestamp_writer(self.zone)
        object.__setattr__(self, "writers", writers(changes))

    def quote(self, text: str) -> str:
        """*text* as a JSON string for it. Surrogate escapes stand for bytes; raises :class:`EncodeError` for those."""
        if text.isascii():
            return encode_basestring(text) if self.escapes else _raw(encode_basestring(text))
        if self.exact:
            return _escape_bytes(encode_basestring(text))
        try:
            text.encode()
        except UnicodeEncodeError:
            msg = "text that is not UTF-8"
            raise EncodeError(msg) from None
        return encode_basestring(text) if self.escapes else _raw(encode_basestring(text))


def quirks_of(endpoint: str, version: str, zone: tzinfo = UTC) -> Quirks:
    """What to heed with the server that acknowledged with *endpoint* and *version*.

    *zone* is the time zone in which an older server runs; servers that are known to use UTC are not affected.
    """
    if version.startswith(PRODUCT):
        return OWN
    if _ZEEK_ENDPOINT.search(endpoint):
        server = Server.ZEEK
        modern = _numbers(version) >= (8, 0)
        utc = modern
    elif _UUID.fullmatch(endpoint):
        server = Server.LIBBROKER
        dev = _DEV.search(version)
        modern = _numbers(version) > (2, 7) and (dev is None or int(dev[1]) >= _LIBBROKER_OF_ZEEK_8)
        utc = modern and dev is not None
    else:
        server, modern, utc = Server.UNKNOWN, True, False
    return Quirks(server=server, escapes=modern, exact=False, zone=UTC if utc else zone)


def _numbers(version: str) -> tuple[int, int]:
    """Major and minor number; those of something new when there are none."""
    match = _VERSION.search(version)
    return (int(match[1]), int(match[2])) if match else (999, 0)


# -- strings ------------------------------------------------------------------------------------------------

_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPE = re.compile(r"\\(?:u00([0-9a-f]{2})|.)")


def _escape_bytes(quoted: str) -> str:
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)


def _raw(quoted: str) -> str:
    r"""*quoted* with the characters themselves in place of ``\u00XX``."""
    if "\\u" not in quoted:
        return quoted
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[0], quoted)


def _string(name: str, quoted: str) -> str:
    return f'"@data-type":"{name}","data":{quoted}'


def _write_string(text: str) -> str:
    return f'"@data-type":"string","data":{encode_basestring(text)}'


def _write_bytes(raw: bytes, name: str = "string") -> str:
    return _string(name, _escape_bytes(encode_basestring(raw.decode("utf-8", "surrogateescape"))))


def _write_enum(value: EnumValue) -> str:
    name = value.name
    return (
        _write_bytes(name, "enum-value") if isinstance(name, bytes) else _string("enum-value", encode_basestring(name))
    )


def _write_cpp_enum(value: EnumValue) -> str:
    return _write_enum(value) if isinstance(value.name, str) else _refuse(value)


def _write_raw_string(text: str) -> str:
    return _string("string", _raw(encode_basestring(text)))


def _write_raw_enum(value: EnumValue) -> str:
    return _raw(_write_cpp_enum(value))


def _refuse(_: Any) -> str:
    msg = "a string that is not UTF-8 cannot be sent to this WebSocket server (a native peering takes it)"
    raise EncodeError(msg)


# -- numbers and times --------------------------------------------------------------------------------------

_SPECIAL_REALS = {"inf": "1e400", "-inf": "-1e400", "nan": "nan"}  # as C++ reads them, which is not all JSON
_UNITS = ((_NS, "s"), (1_000_000, "ms"), (1_000, "us"), (1, "ns"))


def _write_cpp_real(number: float) -> str:
    text = repr(number)
    return f'"@data-type":"real","data":{_SPECIAL_REALS.get(text, text)}'


def _write_cpp_timespan(span: Timespan) -> str:
    """The largest unit that is exact; C++ multiplies in floating point, which has to come out right."""
    ns = span.ns
    scale, unit = next((scale, unit) for scale, unit in _UNITS if ns % scale == 0)
    if int(float(ns // scale) * scale) != ns:
        msg = f"a time span of {ns} ns would be rounded by this WebSocket server (a native peering takes it)"
        raise EncodeError(msg)
    return f'"@data-type":"timespan","data":"{ns // scale}{unit}"'


def _write_timestamp(moment: Timestamp) -> str:
    seconds, ns = divmod(moment.ns, _NS)
    return _timestamp(_second_text(seconds), ns)


@lru_cache(maxsize=1024)
def _second_text(seconds: int, zone: tzinfo = UTC) -> str:
    return (_EPOCH + timedelta(seconds=seconds)).astimezone(zone).isoformat()[:19]


def _timestamp(second: str, ns: int) -> str:
    """With three digits at least, as C++ writes it, and more where they are needed."""
    if ns % 1_000_000 == 0:
        fraction = f"{ns // 1_000_000:03d}"
    elif ns % 1_000 == 0:
        fraction = f"{ns // 1_000:06d}"
    else:
        fraction = f"{ns:09d}"
    return f'"@data-type":"timestamp","data":"{second}.{fraction}"'


def _timestamp_writer(zone: tzinfo) -> Callable[[Timestamp], str]:
    def write(moment: Timestamp) -> str:
        seconds, ns = divmod(moment.ns, _NS)
        return _timestamp(_second_text(seconds, zone), ns)

    return write


OWN = Quirks()
"""This toolkit's own server, and what it writes for its clients, whoever they are."""
