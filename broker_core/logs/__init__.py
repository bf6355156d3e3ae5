r"""Zeek's logs: log files and the log writes that Zeek publishes, as typed records.

::

    reader = LogReader()                        # TSV or JSON, line by line
    record = reader.line(b"1300475167.1\tCIy...")
    record["id.orig_h"], record.time, record.values
    EventShape().arguments(record)              # the record as the argument of an event

    decoder = LogDecoder()                      # log writes, from messages or batches
    for record in decoder.decode(message.value).records:
        JsonWriter().line(record), TsvWriter().line(record)

No files and no connections here: lines and messages in, records and lines out.
"""

from .arguments import UNSET_WAYS as UNSET_WAYS
from .arguments import EventShape as EventShape
from .arguments import Part as Part
from .arguments import UnknownColumnsError as UnknownColumnsError
from .arguments import UnsetFieldError as UnsetFieldError
from .arguments import UnsetWay as UnsetWay
from .decoder import Decoded as Decoded
from .decoder import LogDecoder as LogDecoder
from .json_reader import JsonReader as JsonReader
from .json_writer import JsonWriter as JsonWriter
from .reader import LogReader as LogReader
from .reader import path_of_file as path_of_file
from .records import LogRecord as LogRecord
from .schema import LogSchema as LogSchema
from .tsv_reader import TsvReader as TsvReader
from .tsv_writer import TsvWriter as TsvWriter
