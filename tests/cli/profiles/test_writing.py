"""Changes of the file that leave everything else as it is."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.profiles.keys import KEYS
from broker_cli.profiles.writing import NEW_FILE, toml_value, with_default, with_profile, without_profile

FILE = """\
# mine, and it stays

# about the lab
[profile.lab]  # in the cellar
peer = [
    "a:1",  # the first
    "a:2",
]
# inner
tls = "off"
# before: "auto"

# === the rest ===

# careful
[profile.prod]
peer = "b:2" # only one
"""


def test_a_profile_is_added_behind_the_others():
    after = with_profile("f", FILE, "new.x", {"peer": ["a:1"], "retry": 3, "tls-check-host": True})
    assert after == FILE + '\n[profile."new.x"]\npeer = ["a:1"]\nretry = 3\ntls-check-host = true\n'
    assert without_profile("f", after, "new.x") == FILE


def test_a_profile_is_replaced():
    after = with_profile("f", FILE, "lab", {"tls": "anon"})
    assert tomllib.loads(after)["profile"] == {"prod": {"peer": "b:2"}, "lab": {"tls": "anon"}}
    assert "# === the rest ===" in after
    assert "# careful\n[profile.prod]" in after


def test_a_profile_goes_with_what_belongs_to_it():
    assert without_profile("f", FILE, "lab") == (
        '# mine, and it stays\n\n# === the rest ===\n\n# careful\n[profile.prod]\npeer = "b:2" # only one\n'
    )
    assert without_profile("f", FILE, "prod").endswith('# before: "auto"\n\n# === the rest ===\n')


def test_a_comment_right_above_the_next_profile_stays_there():
    text = '[profile.a]\ntls = "off"\n# about b\n[profile.b]\n'
    assert without_profile("f", text, "a") == "# about b\n[profile.b]\n"


def test_the_beginning_of_the_file_belongs_to_no_profile():
    assert without_profile("f", "# my file\n[profile.a]\n", "a") == "# my file\n"


def test_the_default_is_put_on_top_and_changed_in_place():
    chosen = with_default("f", FILE, "lab")
    assert chosen == FILE.replace("# about the lab", 'default-profile = "lab"\n\n# about the lab')
    assert with_default("f", chosen, "prod") == chosen.replace('= "lab"', '= "prod"')
    assert with_default("f", chosen, "") == FILE
    assert with_default("f", FILE, "") == FILE
    commented = "default-profile = 'lab' # for now\n\n[profile.lab]\n"
    assert with_default("f", commented, "x") == 'default-profile = "x" # for now\n\n[profile.lab]\n'


def test_the_default_goes_with_its_profile():
    chosen = with_default("f", FILE, "lab")
    assert without_profile("f", chosen, "lab") == without_profile("f", FILE, "lab")
    assert tomllib.loads(without_profile("f", chosen, "prod"))["default-profile"] == "lab"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 'default-profile = "x"\n'),
        (NEW_FILE, f'{NEW_FILE}default-profile = "x"\n'),
        ("state = false", 'state = false\ndefault-profile = "x"\n'),
        ("# c\n[profile.x]\n", '# c\ndefault-profile = "x"\n\n[profile.x]\n'),
        ("[profile.x]\n", 'default-profile = "x"\n\n[profile.x]\n'),
    ],
)
def test_where_the_default_goes(text, expected):
    assert with_default("f", text, "x") == expected


def test_line_ends_stay_what_they_are():
    text = FILE.replace("\n", "\r\n")
    for after in (with_profile("f", text, "x", {"tls": "off"}), with_default("f", text, "lab")):
        assert "\n" not in after.replace("\r\n", "")


@pytest.mark.parametrize(
    "text",
    [
        '[profile]\nlab = {tls = "off"}\n',
        'profile.lab.tls = "off"\n',
        'profile = {lab = {tls = "off"}}\n',
        '[profile.lab]\ntls = """\n[x]\n"""\n[profile.b]\n',
    ],
)
def test_an_unusual_file_is_left_alone(text):
    with pytest.raises(Failure) as caught:
        without_profile("f", text, "lab")
    assert caught.value.code is ExitCode.BAD_INPUT
    assert "broker profile edit" in caught.value.hint


def test_headers_may_be_written_in_any_way():
    for header in ('[ profile . "lab" ]', "[profile.'lab'] # x", '  ["profile".lab]'):
        assert without_profile("f", f'{header}\ntls = "off"\n', "lab") == ""


def test_text_that_is_not_utf_8_is_refused():
    with pytest.raises(Failure, match="is not UTF-8"):
        toml_value("/tmp-\udcff")


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
_NAMES = st.text("abcXYZ019-_. \"'\\üé#[]=", min_size=1, max_size=8)
_VALUES = st.dictionaries(
    st.sampled_from(sorted(KEYS)), _TEXT | st.booleans() | st.integers(0, 99) | st.lists(_TEXT, max_size=3), max_size=4
)


@given(_TEXT)
def test_any_text_can_be_written(text):
    assert tomllib.loads(f"x = {toml_value(text)}")["x"] == text


@given(st.dictionaries(_NAMES, _VALUES, min_size=1, max_size=4), _NAMES, _VALUES, st.data())
def test_changes_do_what_they_say_and_can_be_taken_back(profiles, name, values, data):
    text = NEW_FILE
    for one, its in profiles.items():
        text = with_profile("f", text, one, its)
    assert tomllib.loads(text) == {"profile": profiles}
    default = data.draw(st.sampled_from(sorted(profiles)))
    chosen = with_default("f", text, default)
    assert with_default("f", chosen, "") == text
    more = with_profile("f", chosen, name, values)
    assert tomllib.loads(more) == {"default-profile": default, "profile": {**profiles, name: values}}
    less = tomllib.loads(without_profile("f", more, default))
    assert "default-profile" not in less
    assert less.get("profile", {}) == {one: its for one, its in {**profiles, name: values}.items() if one != default}
