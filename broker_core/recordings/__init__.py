r"""Recorded messages in files: written as they come, safe against crashes, and read without a network.

A recording is a stream of MessagePack objects. Each of them is a block: an array of codec, check, checksum and body,
see :mod:`~broker_core.recordings.blocks`. A block is written at once, a few times a second, and is good or bad as a
whole. Its body is again a stream of MessagePack objects, the records. These are arrays, and the first element says
what a record is:

======= ============================== ==========================================================================
first   record                         further elements
======= ============================== ==========================================================================
0       header                         a map: ``format`` ("broker-recording"), ``version`` (of the format, 1),
                                       ``created`` (a time), ``program``, ``endpoint`` (bin, 16 bytes), ``peers`` and
                                       ``topics`` (arrays of str)
1       message                        time, topic (str), sender (bin, 16 bytes), TTL, payload (bin)
2       gap                            time, number of messages lost (0: not known), reason (str)
3       end                            time, number of messages since the header
======= ============================== ==========================================================================

Times are nanoseconds since 1970 as an integer, those of messages when they were received: with a clock that is set
back they go back. A *payload* is the value in Broker's binary format, as it came from a peer of the native protocol. A
*topic* that is not UTF-8 has its bytes in the str all the same. What a reader does not know is passed over: records
with other numbers, elements behind those of all records but messages, and members of the map.

The first record is a header, and another one stands wherever a recording was continued, or where two were joined: the
contents of recordings, one behind the other, are a recording. Without an end before it (or before the end of the file)
the recorder was killed, and may have lost what it received last. Bytes 0 and 1 of a file are 0x94 and 0 or 1; bytes 18
to 41, unless the first block is deflated, are ``\xa6format\xb0broker-recording``.
"""

from broker_core.errors import BadRecording, RecordingError, RecordingFailure

from .blocks import Damage
from .reader import RecordingReader
from .records import End, Entry, Gap, RecordedMessage, RecordingHeader
from .rotation import RotatingWriter
from .writer import RecordingWriter, WriteMode

__all__ = [
    "BadRecording",
    "Damage",
    "End",
    "Entry",
    "Gap",
    "RecordedMessage",
    "RecordingError",
    "RecordingFailure",
    "RecordingHeader",
    "RecordingReader",
    "RecordingWriter",
    "RotatingWriter",
    "WriteMode",
]
