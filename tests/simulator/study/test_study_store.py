"""The folder of a study: what is done, what is not mixed, and who may work in it."""

from __future__ import annotations

import os

import pytest

from simulator.study.result_files import json_path, table_path
from simulator.study.store import ResultStore
from traffic_core.errors import FileError, InvalidValueError


@pytest.fixture
def filled(tmp_path, make_result):
    with ResultStore(tmp_path, {"base": "f"}) as store:
        for seed in (1, 3, 12345):
            store.write(make_result(seed=seed))
    return tmp_path


def test_a_store_opened_again_knows_what_is_done(filled, assert_same_result, make_result):
    with ResultStore(filled, {"base": "f", "other": "g"}) as store:
        assert store.done("base") == (1, 3, 12345)
        assert store.done("other") == ()
        assert_same_result(store.read("base", 3), make_result(seed=3))
        assert store.read("base", 2) is None


def test_runs_of_another_fingerprint_are_not_mixed(filled):
    with pytest.raises(FileError) as caught:
        ResultStore(filled, {"base": "new"})
    assert str(filled / "base") in str(caught.value)
    assert "'f'" in str(caught.value)
    assert "'new'" in str(caught.value)
    assert "--fresh" in str(caught.value)


def test_fresh_discards_the_runs_of_the_study_and_nothing_else(filled):
    notes = filled / "base" / "notes.txt"
    notes.touch()
    (filled / "elsewhere").mkdir()
    (filled / "elsewhere" / "seed-0001.json").touch()
    (filled / "study.json").touch()
    (filled / "base" / "mean.link.parquet").touch()
    with ResultStore(filled, {"base": "new"}, fresh=True) as store:
        assert store.done("base") == ()
    left = sorted(str(path.relative_to(filled)) for path in filled.rglob("*") if path.is_file())
    assert left == ["base/notes.txt", "elsewhere/seed-0001.json"]


def test_a_result_of_another_fingerprint_is_refused(filled, make_result):
    with ResultStore(filled, {"base": "f"}) as store:
        with pytest.raises(InvalidValueError, match=r"run\[base, 5\].fingerprint = 'old'.*must be 'f'.*version"):
            store.write(make_result(seed=5, fingerprint="old"))
        assert store.done("base") == (1, 3, 12345)


def test_a_damaged_run_is_to_be_done_again(filled, caplog):
    json_path(filled, "base", 1).write_text('{"format"', encoding="utf-8")
    table_path(filled, "base", 3, "link").write_bytes(b"")
    with ResultStore(filled, {"base": "f"}) as store:
        assert store.read("base", 1) is None
        assert store.read("base", 3) is None
        assert store.done("base") == (12345,)
    assert "seed-0001.json" in caplog.text
    assert "seed-0003.link.parquet" in caplog.text


def test_what_a_killed_study_left_half_written_is_cleared_away(filled):
    part = filled / "base" / ".seed-0002.link.parquet.part"
    part.touch()
    with ResultStore(filled, {"base": "f"}) as store:
        assert store.done("base") == (1, 3, 12345)
    assert not part.exists()


def test_two_studies_do_not_work_in_one_folder(filled):
    with ResultStore(filled, {"base": "f"}), pytest.raises(FileError, match="another study writes to it") as caught:
        ResultStore(filled, {"base": "f"})
    assert str(filled) in str(caught.value)
    ResultStore(filled, {"base": "f"}).close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(FileError, match=r"file/out.*Not a directory"):
        ResultStore(tmp_path / "file" / "out", {"base": "f"})


def test_a_store_that_could_not_be_opened_leaves_the_folder_free(filled):
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0  # noqa: PTH112, PTH208  no paths
    with pytest.raises(FileError):
        ResultStore(filled, {"base": "new"})
    after = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0  # noqa: PTH112, PTH208  no paths
    assert after == before
    ResultStore(filled, {"base": "f"}).close()
