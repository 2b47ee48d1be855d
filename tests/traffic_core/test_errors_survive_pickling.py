"""Errors cross the border of a process as they are."""

from __future__ import annotations

import pickle

from traffic_core.errors import FileError, InvalidValueError


def copied(error: InvalidValueError) -> InvalidValueError:
    made = pickle.loads(pickle.dumps(error))  # noqa: S301  what this test has pickled itself
    assert isinstance(made, InvalidValueError)
    return made


def test_an_invalid_value_keeps_its_parts_and_its_text():
    error = InvalidValueError("link[L1].lanes", 9, "must be a whole number from 1 to 8")
    made = copied(error)
    assert type(made) is InvalidValueError
    assert (made.field, made.value, made.limit) == ("link[L1].lanes", 9, "must be a whole number from 1 to 8")
    assert str(made) == str(error) == "link[L1].lanes = 9: must be a whole number from 1 to 8"


def test_a_file_error_keeps_file_and_row():
    error = FileError("link.csv", 7, "lanes", "nine", "must be a whole number")
    made = copied(error)
    assert isinstance(made, FileError)
    assert (made.file, made.row, made.field, made.value, made.limit) == (
        "link.csv",
        7,
        "lanes",
        "nine",
        "must be a whole number",
    )
    assert str(made) == str(error) == "link.csv, row 7: lanes = 'nine': must be a whole number"
