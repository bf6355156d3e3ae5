"""Which transport ports belong to."""

from __future__ import annotations

import pytest

from broker_core.logs import LogSchema, TsvReader
from broker_core.logs.transports import transport_rule
from broker_core.model import EnumValue, Protocol
from log_samples import sample


@pytest.mark.parametrize(
    ("log", "transports"),
    [
        ("conn", {"tcp", "udp"}),
        ("dns", {"udp"}),
        ("http", {"tcp"}),
        ("ftp", {"tcp"}),
        ("ssh", {"tcp"}),
        ("ssl", {"tcp"}),
        ("files", {"unknown"}),
    ],
)
def test_ports_in_logs_of_zeek(log, transports):
    reader = TsvReader()
    records = [record for line in sample("tsv", log) if (record := reader.line(line))]
    assert {str(record["id.resp_p"].protocol) for record in records} == transports


@pytest.mark.parametrize(
    ("path", "column", "cell", "protocol"),
    [
        ("x", ("proto", "enum"), EnumValue("icmp"), Protocol.ICMP),
        ("x", ("proto", "enum"), EnumValue("sctp"), Protocol.UNKNOWN),
        ("x", ("proto", "enum"), EnumValue(b"\xff"), Protocol.UNKNOWN),
        ("x", ("proto", "enum"), None, Protocol.UNKNOWN),
        ("x", ("transport", "string"), "udp", Protocol.UDP),
        ("x", ("transport", "string"), b"\xff", Protocol.UNKNOWN),
        ("x", ("proto", "count"), 6, Protocol.UNKNOWN),
        ("ssl", ("version", "string"), "DTLSv12", Protocol.UDP),
        ("ssl", ("version", "string"), None, Protocol.TCP),
        ("x", ("version", "string"), "DTLSv12", Protocol.UNKNOWN),
        ("ssl", ("other", "string"), "x", Protocol.UNKNOWN),
        ("ssh", ("version", "count"), 2, Protocol.TCP),
    ],
)
def test_rules(path, column, cell, protocol):
    name, kind = column
    assert transport_rule(LogSchema.from_header(path, [name], [kind]))([cell]) is protocol
