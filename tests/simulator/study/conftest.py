"""Toy studies: a base and variants whose runs take no time."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

from simulator.results.run_result import RunResult
from simulator.study.plan import ScenarioPlan, StudyPlan
from simulator.study.stopping import StoppingRule


@pytest.fixture(scope="session")
def toys():
    """Module of toy runs; worker processes find it because they inherit the search path."""
    folder = str(Path(__file__).parent)
    sys.path.insert(0, folder)
    yield importlib.import_module("toy_study_runs")
    sys.path.remove(folder)


@pytest.fixture
def make_plan(tmp_path):
    def make(*variants, first_seed=1):
        options = (("folder", str(tmp_path)),)
        base, *others = (
            ScenarioPlan(id=id_, fingerprint=f"print of {id_}", options=options) for id_ in ("base", *variants)
        )
        return StudyPlan(base=base, variants=tuple(others), first_seed=first_seed)

    return make


@pytest.fixture
def three_seeds():
    return StoppingRule(n_min=3, n_max=3)


def make_result(scenario_id="base", seed=7, fingerprint="f", figures=None, tables=None):
    return RunResult(
        scenario_id=scenario_id,
        seed=seed,
        fingerprint=fingerprint,
        begin_s=1.5,
        end_s=3600.1,
        figures={"mean_delay_s": 0.1 + 0.2, "parking_search_s": None} if figures is None else figures,
        tables={
            "link": {
                "link_id": ("ä", "b", "b"),
                "interval_start_s": np.array([0, 0, 900], np.int64),
                "mean_time_s": np.array([1.5, np.nan, -0.0]),
            },
            "purpose": {"purpose": (), "trips_done": np.array([], np.int64)},
        }
        if tables is None
        else tables,
    )


@pytest.fixture(name="make_result", scope="session")
def _make_result():
    return make_result


@pytest.fixture(scope="session")
def assert_same_result():
    def check(one, other):
        for name in ("scenario_id", "seed", "fingerprint", "begin_s", "end_s"):
            assert getattr(one, name) == getattr(other, name)
        assert dict(one.figures) == dict(other.figures)
        assert sorted(one.tables) == sorted(other.tables)
        for name, table in one.tables.items():
            assert list(table) == list(other.tables[name])
            for column, values in table.items():
                found = other.tables[name][column]
                assert type(found) is type(values)
                if not isinstance(values, tuple):
                    assert found.dtype == values.dtype
                np.testing.assert_array_equal(np.asarray(found), np.asarray(values))

    return check
