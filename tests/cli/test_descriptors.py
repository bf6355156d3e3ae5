"""All is written, however little is taken at a time."""

from __future__ import annotations

import os
import threading

import pytest

from broker_cli.descriptors import write_all


def test_a_slow_reader_gets_all():
    reading, writing = os.pipe()
    data = bytes(range(256)) * 2000  # more than a pipe takes at once
    found: list[bytes] = []

    def read() -> None:
        while part := os.read(reading, 1000):
            found.append(part)

    reader = threading.Thread(target=read)
    reader.start()
    write_all(writing, data)
    os.close(writing)
    reader.join(20)
    os.close(reading)
    assert b"".join(found) == data


def test_nobody_reads_any_more():
    reading, writing = os.pipe()
    os.close(reading)
    with pytest.raises(BrokenPipeError):
        write_all(writing, b"x")
    os.close(writing)
