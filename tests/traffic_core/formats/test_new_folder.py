"""A folder appears whole or not at all."""

from __future__ import annotations

import stat

import pytest

from traffic_core.errors import InvalidValueError
from traffic_core.formats.new_folder import new_folder


def test_what_was_written_is_there_afterwards_with_missing_folders_above(tmp_path):
    out = tmp_path / "a" / "b"
    with new_folder(out) as folder:
        (folder / "x").write_text("1", encoding="utf-8")
        assert not out.exists()
    assert [path.name for path in out.iterdir()] == ["x"]
    assert [path.name for path in out.parent.iterdir()] == ["b"]


def test_the_new_folder_may_be_read_by_others(tmp_path):
    (tmp_path / "plain").mkdir()
    with new_folder(tmp_path / "out"):
        pass
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)


def test_an_empty_folder_is_replaced(tmp_path):
    (tmp_path / "out").mkdir()
    with new_folder(tmp_path / "out") as folder:
        (folder / "x").touch()
    assert (tmp_path / "out" / "x").exists()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_after_an_error_nothing_is_left_not_even_the_folders_above(tmp_path, error):
    def fail() -> None:
        with new_folder(tmp_path / "a" / "b") as folder:
            (folder / "x").touch()
            raise error

    with pytest.raises(error):
        fail()
    assert not list(tmp_path.iterdir())


def test_a_folder_or_file_in_use_is_refused(tmp_path):
    (tmp_path / "file").touch()
    for out in (tmp_path, tmp_path / "file"):
        with pytest.raises(InvalidValueError, match="must not exist or be an empty folder"), new_folder(out):
            pass
    with (
        pytest.raises(InvalidValueError, match="must be a folder that can be made"),
        new_folder(tmp_path / "file" / "x"),
    ):
        pass


def test_what_cannot_be_written_is_an_error_of_out(tmp_path):
    with (
        pytest.raises(InvalidValueError, match="must be a folder that can be written"),
        new_folder(tmp_path / "x") as new,
    ):
        (new / "no" / "such").touch()
    assert not list(tmp_path.iterdir())
