"""What the manual says about profiles is so."""

from __future__ import annotations

from broker_cli.manual.parts import Code
from broker_cli.manual.profiles import FILES, PROFILES
from broker_cli.profiles.files import config_path, make_profile, parse_config
from broker_cli.profiles.keys import KEYS, check_preset


def test_the_manual_has_every_key():
    lists = [paragraph for paragraph in PROFILES.paragraphs if not isinstance(paragraph, str | Code)]
    assert sorted(name for terms in lists for term, _ in terms for name in term.split(", ")) == sorted(KEYS)


def test_the_example_of_the_manual_is_right():
    (example,) = [paragraph for paragraph in PROFILES.paragraphs if isinstance(paragraph, Code)]
    config = parse_config("f", "\n".join(example.lines).encode())
    assert config.default == "lab"
    for name in config.profiles:
        for word, value in make_profile(config, name).values.items():
            check_preset(KEYS[word], value, word)


def test_the_files_are_where_it_says():
    (terms,) = FILES.paragraphs
    assert [term for term, _ in terms] == [
        config_path({"HOME": "~"}),
        "~/.local/state/broker/last.json",
    ]
