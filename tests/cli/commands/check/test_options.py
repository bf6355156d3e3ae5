"""What all checks can be told."""

from __future__ import annotations

import io
import tempfile

import pytest

from broker_cli.commands.check.options import CheckOptions
from broker_cli.context import Context


@pytest.mark.parametrize(
    ("options", "environ", "timeout", "form"),
    [
        ({}, {}, 10, "nagios"),
        ({}, {"BROKER_TIMEOUT": "3s", "BROKER_OUTPUT": "text"}, 3, "nagios"),
        ({"timeout": "500ms", "output": "prometheus"}, {"BROKER_TIMEOUT": "3s"}, 0.5, "prometheus"),
    ],
)
@pytest.mark.parametrize("terminal", [True, False])
def test_where_the_line_goes_makes_no_difference(options, environ, timeout, form, terminal):
    with tempfile.TemporaryFile() as out, io.StringIO() as err:
        context = Context(stdout=out.fileno(), stderr=err, environ=environ, stdout_is_terminal=terminal)
        check = CheckOptions(**options).check(context, "topic", "t", (), more=2)
        assert (check.timeout, check.form, check.name, check.target) == (timeout + 2, form, "topic", "t")
