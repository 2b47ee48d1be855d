"""Files of one run: the same bytes again, whole or missing."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.study.result_files import json_path, parquet_bytes, read_result, table_path, write_result
from traffic_core.errors import FileError, InvalidValueError


def _bytes_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_run_is_read_back_as_it_was_written(tmp_path, make_result, assert_same_result):
    result = make_result()
    assert write_result(tmp_path, result) == tmp_path / "base" / "seed-0007.json"
    assert_same_result(read_result(tmp_path, "base", 7), result)


def test_the_same_result_gives_the_same_bytes_under_the_same_names(tmp_path, make_result):
    write_result(tmp_path / "one", make_result())
    write_result(tmp_path / "two", make_result())
    written = _bytes_of(tmp_path / "one")
    assert written == _bytes_of(tmp_path / "two")
    assert list(written) == ["base/seed-0007.json", "base/seed-0007.link.parquet", "base/seed-0007.purpose.parquet"]


def test_the_json_file_is_sorted_and_exact(tmp_path, make_result):
    text = write_result(tmp_path, make_result()).read_text(encoding="utf-8")
    document = json.loads(text)
    assert list(document) == sorted(document)
    assert document["figures"] == {"mean_delay_s": 0.30000000000000004, "parking_search_s": None}


@given(
    floats=st.lists(st.floats(), min_size=1, max_size=20),
    texts=st.lists(st.text(max_size=5), min_size=20, max_size=20),
)
def test_any_numbers_and_texts_survive_as_parquet(tmp_path_factory, make_result, assert_same_result, floats, texts):
    folder = tmp_path_factory.mktemp("any")
    table = {
        "text": tuple(text.encode("utf-8", "ignore").decode() for text in texts[: len(floats)]),
        "float": np.array(floats),
        "int": np.arange(len(floats), dtype=np.int64),
    }
    result = make_result(tables={"t": table})
    write_result(folder, result)
    assert_same_result(read_result(folder, "base", 7), result)


def test_a_run_that_was_never_written_is_missing_without_a_warning(tmp_path, caplog):
    assert read_result(tmp_path, "base", 7) is None
    assert caplog.text == ""


@pytest.mark.parametrize("name", ["seed-0007.json", "seed-0007.link.parquet"])
@pytest.mark.parametrize("damage", ["half", "empty", "one byte"])
def test_a_damaged_file_counts_as_missing_and_is_named(tmp_path, make_result, caplog, name, damage):
    write_result(tmp_path, make_result())
    path = tmp_path / "base" / name
    content = bytearray(path.read_bytes())
    if damage == "one byte":
        at = 0 if name.endswith("json") else len(content) // 2
        content[at] ^= 0xFF
    path.write_bytes(content[: {"half": len(content) // 2, "empty": 0}.get(damage)])
    assert read_result(tmp_path, "base", 7) is None
    assert str(path) in caplog.text
    assert "damaged" in caplog.text


@pytest.mark.parametrize(
    "text", ["[]", "{}", '{"format": 1}', '{"format": 1, "scenario_id": "base", "seed": 7, "fingerprint": 3}']
)
def test_json_that_is_no_record_of_the_run_counts_as_missing(tmp_path, caplog, text):
    path = json_path(tmp_path, "base", 7)
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    assert read_result(tmp_path, "base", 7) is None
    assert str(path) in caplog.text


def test_the_record_of_another_seed_counts_as_missing(tmp_path, make_result, caplog):
    write_result(tmp_path, make_result()).rename(tmp_path / "base" / "seed-0008.json")
    assert read_result(tmp_path, "base", 8) is None
    assert "another run" in caplog.text


def test_a_run_without_one_of_its_tables_counts_as_missing(tmp_path, make_result, caplog):
    write_result(tmp_path, make_result())
    table_path(tmp_path, "base", 7, "link").unlink()
    assert read_result(tmp_path, "base", 7) is None
    assert "seed-0007.link.parquet" in caplog.text


def test_a_full_disk_is_named_and_leaves_no_half_file(tmp_path, make_result, monkeypatch):
    write_result(tmp_path, make_result(seed=1))
    before = _bytes_of(tmp_path)
    whole = Path.write_bytes

    def full(path, content):
        whole(path, content[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(FileError, match="No space left on device") as caught:
        write_result(tmp_path, make_result(seed=2))
    assert str(tmp_path / "base" / "seed-0002.link.parquet") in str(caught.value)
    assert "completed runs are kept" in str(caught.value)
    assert _bytes_of(tmp_path) == before


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"a": np.zeros(2, np.float32)}, "float32"),
        ({"a": np.zeros((2, 2))}, r"shape \(2, 2\)"),
        ({"a": np.zeros(2), "b": np.zeros(3)}, "one length"),
        ({}, "one length"),
        ({"a": (1, 2)}, "text only"),
    ],
)
def test_a_table_that_cannot_be_stored_is_refused(table, said):
    with pytest.raises(InvalidValueError, match=said):
        parquet_bytes("tables[link]", table)


def test_a_figure_that_is_not_finite_is_refused(tmp_path, make_result):
    with pytest.raises(InvalidValueError, match=r"figures\[mean_delay_s\].*nan.*finite"):
        write_result(tmp_path, make_result(figures={"mean_delay_s": float("nan")}))
    assert _bytes_of(tmp_path) == {}
