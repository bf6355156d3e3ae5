"""Lines of Zeek logs, TSV and JSON: any file is records, or lines that are refused."""

from __future__ import annotations

from broker_core.codecs import binary
from broker_core.errors import DecodeError, InvalidValue
from broker_core.logs import EventShape, JsonWriter, LogReader, TsvReader, TsvWriter
from log_samples import NAMES, sample


def target(data: bytes) -> bool:
    """Any lines are records, nothing, or refused with DecodeError; records can be sent, and written as both forms.

    What is written as TSV is read as a record that is written in the same way.
    """
    reader, shape, tsv, json = LogReader("x"), EventShape(), TsvWriter(), JsonWriter()
    good = False
    for line in data.split(b"\n"):
        try:
            record = reader.line(line)
        except DecodeError:
            continue
        if record is None:
            continue
        good = True
        values = record.values
        binary.encode(tuple(values))
        json.line(record).encode()
        try:
            args = shape.arguments(record)
        except DecodeError:
            assert not record.schema.whole
        else:
            assert len(args) == 1
        written = tsv.line(record)
        again = TsvReader()
        for head in tsv.header(record.schema):
            again.line(head.encode("utf-8", "surrogateescape"))
        try:
            other = again.line(written.encode())
        except (DecodeError, InvalidValue):
            # Zeek's own form has no room for some numbers, nor for sets of what six decimals do not tell apart.
            continue
        assert other is None or tsv.line(other) == written
    return good


def seeds() -> list[bytes]:
    """Logs of a live Zeek, a few lines of each."""
    found = [b"\n".join(sample("tsv", name)[:11]) for name in NAMES]
    found += [b"\n".join(sample("json", name)[:2]) for name in NAMES]
    marks = (
        rb"#separator \x7c",
        b"#set_separator|;",
        b"#empty_field|E",
        b"#unset_field|U",
        b"#fields|a|b.c|b.d|e",
        b"#types|set[addr]|vector[interval]|double|enum",
        rb"10.0.0.1;::1|1.5;U|1e-05|a\x7cb",
        b"E|E|nan|U",
    )
    return [*found, b"\n".join(marks)]
