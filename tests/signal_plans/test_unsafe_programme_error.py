"""The error of an unsafe programme crosses the border of a process as it is."""

from __future__ import annotations

import pickle

from signal_plans.errors import UnsafeProgrammeError


def test_an_unsafe_programme_keeps_its_violations_when_pickled():
    error = UnsafeProgrammeError("N06/P1", ("K1: never green", "K2: green from second 3 misses 2 s of 7 s"))
    made = pickle.loads(pickle.dumps(error))  # noqa: S301  what this test has pickled itself
    assert isinstance(made, UnsafeProgrammeError)
    assert (made.programme_id, made.violations) == (error.programme_id, error.violations)
    assert str(made) == str(error)
