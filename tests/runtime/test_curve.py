"""CURVE keys: which texts are keys, where they come from, and that no secret is shown."""

from __future__ import annotations

import os
import pickle
import stat
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zmq.utils import z85

from broker_core.errors import ConfigurationError
from broker_core.runtime.curve import CURVE_FILES, CURVE_VARIABLES, CurveKeys

KEYS = CurveKeys.generate()
FIELDS = tuple(CURVE_FILES)
SECRETS = (str(KEYS.server_secret), str(KEYS.client_secret))
CLIENT = ("server_public", "client_public", "client_secret")


def texts(keys=KEYS, *fields):
    """The keys with these names, by default all."""
    return {name: getattr(keys, name) for name in fields or FIELDS}


def filled(folder, contents):
    """The directory with files of these contents, as zeekctl makes it."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for name, content in contents.items():
        (folder / CURVE_FILES[name]).write_bytes(content)
        (folder / CURVE_FILES[name]).chmod(0o600)
    return folder


def told(error: BaseException) -> str:
    """All that can be seen of an error."""
    return "".join([str(error), repr(error), *traceback.format_exception(error), repr(pickle.dumps(error))])


# -- texts --------------------------------------------------------------------------------------------------------


@given(st.binary(min_size=32, max_size=32))
def test_every_key_of_32_bytes_has_a_text(raw):
    text = z85.encode(raw).decode()
    assert CurveKeys(server_public=text).server_public == text


@given(st.text(alphabet=st.characters(codec="ascii"), min_size=40, max_size=40))
def test_a_text_is_a_key_when_libzmq_reads_it(text):
    good = True
    try:
        z85.decode(text.encode())
    except Exception:  # noqa: BLE001  # pyzmq raises what comes
        good = False
    assert _is_key(text) == good


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "has 0 characters, and a key in Z85 has 40"),
        ("a" * 39, "has 39 characters, and a key in Z85 has 40"),
        ("a" * 41, "has 41 characters, and a key in Z85 has 40"),
        ("a" * 39 + "~", "is no Z85 text of 40 characters"),
        ("a" * 39 + "\n", "is no Z85 text of 40 characters"),
        ("a" * 39 + "ä", "is no Z85 text of 40 characters"),
        ("%nSc1" * 8, "is no Z85 text of 40 characters"),
        ("#" * 40, "is no Z85 text of 40 characters"),
        (b"a" * 40, "is no str, but bytes"),
    ],
)
def test_what_is_no_key(text, reason):
    with pytest.raises(ConfigurationError) as caught:
        CurveKeys(client_secret=text)
    assert str(caught.value) == f"the CURVE key client_secret {reason}"


def test_five_characters_stand_for_four_bytes_at_most():
    assert _is_key("%nSc0" * 8)  # 0xffffffff
    assert not _is_key("%nSc0" * 7 + "%nSc1")


def _is_key(text: str) -> bool:
    try:
        CurveKeys(client_public=text)
    except ConfigurationError:
        return False
    return True


# -- directories --------------------------------------------------------------------------------------------------


def test_a_directory_as_zeekctl_makes_it(tmp_path):
    folder = filled(tmp_path / "curve", {name: key.encode() + b"\n" for name, key in texts().items()})
    assert CurveKeys.from_directory(folder) == CurveKeys.from_directory(str(folder)) == KEYS


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b" \n\n", b"\n" * 216])
def test_blanks_around_a_key_do_not_matter(tmp_path, end):
    key = str(KEYS.client_public)
    folder = filled(tmp_path, {"client_public": key.encode() + end})
    assert CurveKeys.from_directory(folder) == CurveKeys(client_public=key)


@pytest.mark.parametrize("fields", [CLIENT, ("server_secret", "client_public"), ("server_public",)])
def test_files_may_be_missing(tmp_path, fields):
    folder = filled(tmp_path, {name: key.encode() for name, key in texts(KEYS, *fields).items()})
    assert CurveKeys.from_directory(folder) == CurveKeys(**texts(KEYS, *fields))


def test_but_not_all_of_them(tmp_path):
    names = "(files server_publickey, server_secretkey, client_publickey, client_secretkey)"
    with pytest.raises(ConfigurationError) as caught:
        CurveKeys.from_directory(tmp_path)
    assert str(caught.value) == f"there are no CURVE keys in {tmp_path} {names}"
    with pytest.raises(ConfigurationError) as caught:
        CurveKeys.from_directory(tmp_path / "no")
    assert str(caught.value) == f"there is no directory with CURVE keys at {tmp_path}/no {names}"


def test_what_cannot_be_read(tmp_path):
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(ConfigurationError, match=r"^cannot read the CURVE key in .*/file/server_publickey: not a dir"):
        CurveKeys.from_directory(file)
    (tmp_path / "curve" / "client_secretkey").mkdir(parents=True)
    with pytest.raises(ConfigurationError, match=r"client_secretkey: is a directory$"):
        CurveKeys.from_directory(tmp_path / "curve")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read(tmp_path):
    folder = filled(tmp_path, {name: key.encode() for name, key in texts().items()})
    (folder / "server_secretkey").chmod(0)
    with pytest.raises(ConfigurationError, match=r"server_secretkey: permission denied$"):
        CurveKeys.from_directory(folder)


def test_a_file_that_is_too_long(tmp_path):
    key = str(KEYS.server_secret).encode()
    folder = filled(tmp_path, {"server_secret": key.ljust(256)})
    assert CurveKeys.from_directory(folder).server_secret == KEYS.server_secret
    filled(tmp_path, {"server_secret": key.ljust(257)})
    with pytest.raises(ConfigurationError) as caught:
        CurveKeys.from_directory(folder)
    assert str(caught.value) == f"{folder}/server_secretkey has more than 256 bytes, so it is no CURVE key"


@pytest.mark.parametrize("slip", [b"", b"%s%s", b"%s\n%s", b"x%s", b"\xff%s", b"-----BEGIN PRIVATE KEY-----"])
def test_a_file_with_something_else_is_named_and_not_quoted(tmp_path, slip):
    content = slip.replace(b"%s", SECRETS[0].encode())
    folder = filled(tmp_path, {"client_secret": content})
    with pytest.raises(ConfigurationError) as caught:
        CurveKeys.from_directory(folder)
    assert str(caught.value).startswith(f"{folder}/client_secretkey ")
    assert "\n" not in str(caught.value)
    assert SECRETS[0] not in told(caught.value)


# -- the environment ----------------------------------------------------------------------------------------------


def test_the_variables_of_zeek():
    assert set(CURVE_VARIABLES.values()) == {
        f"ZEEK_CLUSTER_BACKEND_ZEROMQ_CURVE_{side}_{kind}KEY"
        for side in ("SERVER", "CLIENT")
        for kind in ("PUBLIC", "SECRET")
    }
    environ = {CURVE_VARIABLES[name]: key for name, key in texts().items()}
    assert CurveKeys.from_environment(environ) == KEYS
    environ[CURVE_VARIABLES["client_public"]] += "\n"
    assert CurveKeys.from_environment(environ) == KEYS


def test_variables_that_are_not_there_or_empty_say_nothing():
    assert CurveKeys.from_environment({}) is None
    assert CurveKeys.from_environment(dict.fromkeys(CURVE_VARIABLES.values(), "")) is None
    some = {CURVE_VARIABLES["server_public"]: str(KEYS.server_public), CURVE_VARIABLES["client_public"]: ""}
    assert CurveKeys.from_environment(some) == CurveKeys(server_public=KEYS.server_public)


@pytest.mark.parametrize("name", FIELDS)
def test_a_wrong_variable_is_named_and_not_quoted(name):
    with pytest.raises(ConfigurationError) as caught:
        CurveKeys.from_environment({CURVE_VARIABLES[name]: SECRETS[0] + "x"})
    assert str(caught.value) == f"{CURVE_VARIABLES[name]} has 41 characters, and a key in Z85 has 40"
    assert SECRETS[0] not in told(caught.value)


# -- what they are good for ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "who", "needed"),
    [
        (CurveKeys.check_client, "client", CLIENT),
        (CurveKeys.check_server, "server", ("server_secret", "client_public")),
    ],
)
def test_who_needs_which(check, who, needed):
    check(KEYS)
    check(CurveKeys(**texts(KEYS, *needed)))
    for missing in needed:
        rest = [name for name in FIELDS if name != missing]
        with pytest.raises(ConfigurationError) as caught:
            check(CurveKeys(**texts(KEYS, *rest)))
        names = ", ".join(CURVE_FILES[name] for name in needed)
        assert str(caught.value) == f"CURVE: a {who} needs the keys {names}; not there: {CURVE_FILES[missing]}"
        assert not any(secret in told(caught.value) for secret in SECRETS)


def test_all_that_is_missing_is_named():
    with pytest.raises(ConfigurationError, match=r"not there: server_publickey, client_publickey, client_secretkey$"):
        CurveKeys().check_client()
    with pytest.raises(ConfigurationError, match=r"not there: server_secretkey, client_publickey$"):
        CurveKeys().check_server()


def test_keys_of_two_sets_do_not_belong_together():
    """Somebody copied one file of another cluster."""
    other = CurveKeys.generate()
    mixed = CurveKeys(**{**texts(), "client_public": other.client_public, "server_public": other.server_public})
    with pytest.raises(ConfigurationError) as caught:
        mixed.check_client()
    assert str(caught.value) == "CURVE: client_publickey does not belong to client_secretkey"
    assert not any(secret in told(caught.value) for secret in SECRETS)
    with pytest.raises(ConfigurationError, match=r"^CURVE: server_publickey does not belong to server_secretkey$"):
        mixed.check_server()


def test_without_pyzmq_nothing_is_said_about_pairs(monkeypatch):
    monkeypatch.setattr("broker_core.runtime.curve.find_spec", lambda _: None)
    CurveKeys(**{**texts(), "client_public": KEYS.server_public}).check_client()


def test_no_secret_is_shown():
    assert KEYS.server_public in repr(KEYS)
    for shown in (repr(KEYS), str(KEYS), f"{KEYS}", f"{KEYS!r}"):
        assert not any(secret in shown for secret in SECRETS)
    assert pickle.loads(pickle.dumps(KEYS)) == KEYS


# -- new ones -----------------------------------------------------------------------------------------------------


def test_new_keys_are_two_pairs():
    other = CurveKeys.generate()
    other.check_client()
    other.check_server()
    assert len({*texts().values(), *texts(other).values()}) == 8


def test_making_them_needs_pyzmq(monkeypatch):
    monkeypatch.setattr("broker_core.runtime.zmq_support.find_spec", lambda _: None)
    with pytest.raises(ConfigurationError, match=r"^making CURVE keys needs pyzmq, which is not installed: pip"):
        CurveKeys.generate()


def test_and_a_libzmq_with_curve(monkeypatch):
    import zmq

    def refuse():
        raise zmq.ZMQError(zmq.ENOTSUP)

    monkeypatch.setattr(zmq, "curve_keypair", refuse)
    with pytest.raises(ConfigurationError, match=r"^cannot make CURVE keys: this libzmq was built without CURVE$"):
        CurveKeys.generate()


@pytest.fixture
def open_mask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_they_are_saved_as_zeekctl_does(tmp_path, open_mask):
    folder = tmp_path / "zeromq" / "curve"
    files = KEYS.save(folder)
    assert files == {name: folder / file for name, file in CURVE_FILES.items()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name, file in files.items():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.read_text() == getattr(KEYS, name) + "\n"
    assert sorted(file.name for file in folder.iterdir()) == sorted(CURVE_FILES.values())
    assert CurveKeys.from_directory(folder) == KEYS


def test_only_what_is_there_is_saved(tmp_path):
    client = CurveKeys(**texts(KEYS, *CLIENT))
    assert set(client.save(tmp_path)) == set(CLIENT)
    assert CurveKeys.from_directory(tmp_path) == client


@pytest.mark.parametrize("name", FIELDS)
def test_a_key_is_never_replaced(tmp_path, name):
    file = tmp_path / CURVE_FILES[name]
    file.write_text("precious")
    with pytest.raises(ConfigurationError) as caught:
        KEYS.save(tmp_path)
    assert str(caught.value) == f"{file} is there already, and CURVE keys are not replaced"
    assert sorted(file.name for file in tmp_path.iterdir()) == [CURVE_FILES[name]]
    assert file.read_text() == "precious"
    with pytest.raises(ConfigurationError):  # nor is it made the half of another set
        CurveKeys(**texts(KEYS, *(other for other in FIELDS if other != name))).save(tmp_path)


def test_a_link_that_leads_nowhere_is_not_followed(tmp_path):
    victim, link = tmp_path / "victim", tmp_path / "curve" / "client_secretkey"
    link.parent.mkdir()
    link.symlink_to(victim)
    with pytest.raises(ConfigurationError, match=r"client_secretkey is there already"):
        KEYS.save(link.parent)
    assert not victim.exists()


def test_all_are_written_or_none(tmp_path, monkeypatch):
    opened = os.open

    def refuse(path, *args):
        if str(path).endswith("client_secretkey"):
            raise OSError(28, "No space left on device", path)
        return opened(path, *args)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ConfigurationError) as caught:
        KEYS.save(tmp_path)
    where = tmp_path / "client_secretkey"
    assert str(caught.value) == f"cannot write CURVE keys: {where}: no space left on device"
    assert sorted(file.name for file in tmp_path.iterdir()) == []
    assert not any(secret in told(caught.value) for secret in SECRETS)


def test_a_file_is_no_directory(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError) as caught:
        KEYS.save(tmp_path / "file")
    assert str(caught.value) == f"cannot write CURVE keys: {tmp_path}/file: file exists"
    with pytest.raises(ConfigurationError, match=r"file/x: not a directory$"):
        KEYS.save(tmp_path / "file" / "x")
