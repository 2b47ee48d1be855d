"""A folder appears whole or not at all."""

from __future__ import annotations

import stat
from pathlib import Path

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


def test_an_empty_folder_stays_the_one_it_is_and_is_filled(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    number = out.stat().st_ino
    with new_folder(out) as folder:
        (folder / "x").touch()
        (folder / "aside").mkdir()
        assert not (out / "x").exists()
    assert sorted(path.name for path in out.iterdir()) == ["aside", "x"]
    assert out.stat().st_ino == number, "somebody may stand in it"
    assert list(tmp_path.iterdir()) == [out]


def test_an_empty_folder_behind_a_link_is_filled(tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "out").symlink_to("far")
    with new_folder(tmp_path / "out") as folder:
        (folder / "x").touch()
    assert (tmp_path / "out").is_symlink()
    assert [path.name for path in (tmp_path / "far").iterdir()] == ["x"]


def test_a_way_there_and_back_makes_no_folder(tmp_path):
    with new_folder(tmp_path / "gone" / ".." / "out"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_empty_folder_that_somebody_used_meanwhile_is_left_to_him(tmp_path):
    (tmp_path / "out").mkdir()

    def write_late() -> None:
        with new_folder(tmp_path / "out") as folder:
            (folder / "x").touch()
            (tmp_path / "out" / "his").touch()

    with pytest.raises(InvalidValueError, match="nothing is overwritten"):
        write_late()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["his"]


def test_of_two_at_once_one_wins_and_the_other_leaves_nothing(tmp_path):
    out = tmp_path / "out"

    def write_both() -> None:
        with new_folder(out) as late:
            (late / "late").touch()
            with new_folder(out) as early:
                (early / "early").touch()

    with pytest.raises(InvalidValueError, match="nothing is overwritten"):
        write_both()
    assert [path.name for path in out.iterdir()] == ["early"]
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_an_empty_folder_is_empty_again_after_an_error_on_the_last_steps(tmp_path, monkeypatch, error):
    out = tmp_path / "out"
    out.mkdir()
    rename = Path.rename

    def rename_but_one(path: Path, target: Path) -> Path:
        if path.name == "b":
            raise error
        return rename(path, target)

    def write() -> None:
        with new_folder(out) as folder:
            (folder / "a").mkdir()
            (folder / "b").touch()
            (folder / "c").touch()

    monkeypatch.setattr(Path, "rename", rename_but_one)
    with pytest.raises((InvalidValueError, KeyboardInterrupt)):
        write()
    assert not list(out.iterdir())


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


def test_names_that_no_file_system_has_are_errors_of_out(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    for out in (tmp_path / ("x" * 300), tmp_path / "loop" / "x"):
        with pytest.raises(InvalidValueError, match=r"out = .*: must"), new_folder(out):
            pass
    assert [path.name for path in tmp_path.iterdir()] == ["loop"]


def test_what_cannot_be_written_is_an_error_of_out(tmp_path):
    with (
        pytest.raises(InvalidValueError, match="must be a folder that can be written"),
        new_folder(tmp_path / "x") as new,
    ):
        (new / "no" / "such").touch()
    assert not list(tmp_path.iterdir())
