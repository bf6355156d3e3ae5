"""Settings and the names of environment variables."""

from __future__ import annotations

import dataclasses

import pytest

from broker_cli import config
from broker_core.runtime.curve import CURVE_VARIABLES


def test_settings_do_not_change():
    settings = config.Settings()
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.tls = "off"


def test_defaults_are_those_of_the_help():
    settings = config.Settings()
    assert (settings.connect_timeout, settings.retry, settings.reconnect, settings.tls) == (5.0, 0, 0, "auto")


def test_the_variables_of_zeek_are_those_that_the_library_reads():
    assert set(config.ZEEK_CURVE_VARIABLES) == set(CURVE_VARIABLES.values())


def test_no_variable_is_one_that_broker_itself_reads():
    ours = {value for name, value in vars(config).items() if name.startswith("ENV_")}
    theirs = {"BROKER_PORT", "BROKER_CONSOLE_VERBOSITY", "BROKER_FILE_VERBOSITY", "BROKER_RECORDING_DIRECTORY"}
    assert not ours & theirs
    assert all(name.startswith("BROKER_") and "METRICS" not in name for name in ours)
