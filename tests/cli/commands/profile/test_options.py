"""Options of other commands, to be kept or to be resolved."""

from __future__ import annotations

import io

from broker_cli.commands.profile.options import KeptOptions, OwnDisplay, SharedOptions
from broker_cli.context import Context
from broker_cli.profiles.keys import KEYS


def test_every_setting_can_be_kept():
    fields = set(KeptOptions.__dataclass_fields__)
    assert {name.replace("-", "_") for name in KEYS} <= fields


def test_how_a_command_prints_is_its_own_business():
    shared = set(KEYS) - {name for name in KEYS if name.replace("-", "_") in SharedOptions.__dataclass_fields__}
    assert shared == {"output", "color", "topics"}


def test_what_is_given():
    given = SharedOptions(peer=["a"], tls_check_host=False, no_reconnect=True).flags()
    assert {name: value for name, value in given.items() if value is not None} == {
        "peer": ["a"],
        "tls-check-host": False,
        "reconnect": "0",
    }


def test_peers_are_kept_one_by_one():
    assert KeptOptions(peer=["a, b", "c"]).values()["peer"] == ("a", "b", "c")


def test_no_profile_is_used_to_look_at_profiles(tmp_path):
    (tmp_path / "config.toml").write_text("[")
    context = Context(stderr=io.StringIO(), environ={"BROKER_CONFIG": str(tmp_path / "config.toml")})
    OwnDisplay(profile="x", verbose=1).prepare(context)
    KeptOptions(verbose=2).prepare(context)
    assert (context.profile, context.verbosity) == (None, 2)
