"""Files are written whole or not at all."""

from __future__ import annotations

import pytest

from api.errors import ConfigError
from api.planning.outputs import check_outputs, write_text, write_whole


def test_a_file_is_replaced_when_the_new_one_is_complete(tmp_path):
    path = tmp_path / "flows.csv"
    path.write_text("before", encoding="utf-8")
    write_text(path, "a\nb\n")
    assert path.read_bytes() == b"a\nb\n"
    assert [each.name for each in tmp_path.iterdir()] == ["flows.csv"]


def test_a_failed_write_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / "map.svg"
    path.write_text("before", encoding="utf-8")

    def fail(part):
        part.write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")

    with pytest.raises(ConfigError, match=r"map.svg: cannot be written: No space left"):
        write_whole(path, fail)
    assert path.read_text(encoding="utf-8") == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["map.svg"]


def test_a_link_to_a_file_stays_a_link(tmp_path):
    (tmp_path / "real.csv").touch()
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    write_text(tmp_path / "link.csv", "new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text(encoding="utf-8") == "new"


def test_checking_outputs_leaves_nothing(tmp_path):
    check_outputs({"--out": tmp_path / "new.csv", "--map": None}, {"--out": (".csv",), "--map": (".svg",)})
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_missing_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"--out = .*cannot be written: No such file"):
        check_outputs({"--out": tmp_path / "no" / "new.csv"}, {"--out": (".csv",)})
