"""A file gets another content at once."""

from __future__ import annotations

import errno
import os

import pytest

from broker_cli.profiles import replacing
from broker_cli.profiles.replacing import replace_file


def mode(path) -> int:
    return path.stat().st_mode & 0o7777


def test_a_new_file_and_its_folders_are_for_their_owner(tmp_path):
    path = tmp_path / "a" / "b" / "f"
    replace_file(str(path), b"x")
    assert path.read_bytes() == b"x"
    assert mode(path) == 0o600
    assert mode(path.parent) & 0o077 == 0


@pytest.mark.parametrize("durable", [True, False])
def test_permissions_are_kept(tmp_path, durable):
    path = tmp_path / "f"
    path.write_text("old")
    path.chmod(0o640)
    replace_file(str(path), b"new", durable=durable)
    assert (path.read_bytes(), mode(path)) == (b"new", 0o640)
    assert [one.name for one in tmp_path.iterdir()] == ["f"]


def test_a_link_stays_one(tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    replace_file(str(tmp_path / "link"), b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_what_is_no_file_stays(tmp_path):
    with pytest.raises(OSError, match="is no regular file"):
        replace_file("/dev/null", b"x")
    with pytest.raises(OSError, match="is no regular file"):
        replace_file(str(tmp_path), b"x")


def test_when_it_goes_wrong_the_old_file_is_there_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "f"
    path.write_text("old")

    def full(fd: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(replacing.os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        replace_file(str(path), b"new")
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["f"]


def test_what_a_killed_program_left_is_in_nobodys_way(tmp_path):
    (tmp_path / f".f.{os.getpid()}").write_text("half")
    replace_file(str(tmp_path / "f"), b"new")
    assert [one.name for one in tmp_path.iterdir()] == ["f"]
