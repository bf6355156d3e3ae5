"""One array of lines."""

from __future__ import annotations

import json

import pytest

from broker_cli.json_array import JsonArray


@pytest.mark.parametrize(
    ("writes", "text"),
    [
        ([], b"[]\n"),
        ([b""], b"[]\n"),
        ([b"1\n"], b"[1]\n"),
        ([b"1\n2\n", b"", b"3\n"], b"[1,\n2,\n3]\n"),
    ],
)
def test_lines_become_one_array(writes, text):
    array = JsonArray()
    found = b"".join([array.framed(lines) for lines in writes]) + array.end()
    assert found == text
    json.loads(found)
