"""Settings and the names of environment variables."""

from __future__ import annotations

import dataclasses

import pytest

from broker_cli import config


def test_settings_do_not_change():
    settings = config.Settings()
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.tls = "off"


def test_defaults_are_those_of_the_help():
    settings = config.Settings()
    assert (settings.connect_timeout, settings.retry, settings.reconnect, settings.tls) == (5.0, 0, 0, "auto")


def test_no_variable_is_one_that_broker_itself_reads():
    ours = {value for name, value in vars(config).items() if name.startswith("ENV_")}
    theirs = {"BROKER_PORT", "BROKER_CONSOLE_VERBOSITY", "BROKER_FILE_VERBOSITY", "BROKER_RECORDING_DIRECTORY"}
    assert not ours & theirs
    assert all(name.startswith("BROKER_") and "METRICS" not in name for name in ours)
