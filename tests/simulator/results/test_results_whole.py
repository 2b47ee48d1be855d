"""The whole result of a run, its table of purposes and its cautions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.buses import BusFigures
from simulator.results.cautions import warnings_of
from simulator.results.figures import figures
from simulator.results.trip_log import Tally
from simulator.results.whole_result import purpose_table, result_of
from simulator.study.result_files import read_result, write_result

TALLY = Tally(gave_up_veh=0, turned_by_sign_veh=0)
NO_BUSES = BusFigures(runs_begun=0, runs_done=0, mean_travel_s=None, mean_delay_s=None, mean_lateness_s=None)
BUSES = BusFigures(runs_begun=5, runs_done=4, mean_travel_s=600.0, mean_delay_s=45.0, mean_lateness_s=50.0)
DONE = ("leisure", 200.0, 300.0, 80.0)
UNDER_WAY = ("leisure", 200.0, math.nan, 80.0)


def whole(log, recorder, buses=None):
    return result_of(log, recorder, TALLY, scenario_id="fair", seed=7, fingerprint="f", buses=buses)


def test_purposes_are_those_of_the_log_in_its_order_also_without_trips(make_log):
    log = make_log(
        ("leisure", 50.0, 100.0, 0.0),
        ("leisure", 100.0, 200.0, 90.0),
        ("leisure", 100.0, 400.0, 240.0),
        ("leisure", 100.0, math.nan, 0.0),
        ("shopping", 100.0, math.inf, 0.0),
        purposes=("through", "leisure", "shopping"),
    )
    table = purpose_table(log, 100.0, 1000.0)
    assert list(table) == ["purpose", "trips_done", "mean_time_s", "mean_delay_s"]
    assert table["purpose"] == ("through", "leisure", "shopping")
    assert table["trips_done"].tolist() == [0, 2, 0]
    np.testing.assert_array_equal(table["mean_time_s"], [np.nan, 200.0, np.nan])
    np.testing.assert_array_equal(table["mean_delay_s"], [np.nan, 35.0, np.nan])


@pytest.mark.parametrize(("buses", "last"), [(BUSES, (4, 600.0, 45.0)), (NO_BUSES, (0, np.nan, np.nan))])
def test_buses_are_the_last_purpose(make_log, buses, last):
    table = purpose_table(make_log(DONE), 100.0, 1000.0, buses)
    assert table["purpose"] == ("shopping", "leisure", "public_transport")
    found = [table[name][2] for name in ("trips_done", "mean_time_s", "mean_delay_s")]
    np.testing.assert_array_equal(found, last)


def test_buses_are_no_trips(make_log, quiet):
    assert whole(make_log(DONE), quiet, BUSES).figures == whole(make_log(DONE), quiet).figures


def test_purposes_add_up_to_the_figures(make_log, quiet):
    log = make_log(DONE, UNDER_WAY, ("shopping", 150.0, 650.0, 100.0), ("shopping", 150.0, 250.0, 100.0))
    table, made = purpose_table(log, 100.0, 1000.0), figures(log, quiet, TALLY)
    assert table["trips_done"].sum() == made["trips_done"] == 3
    assert (table["trips_done"] * table["mean_time_s"]).sum() == pytest.approx(3 * made["mean_trip_s"])
    assert (table["trips_done"] * table["mean_delay_s"]).sum() == pytest.approx(3 * made["mean_delay_s"])


def test_a_result_has_all_tables_with_columns_of_equal_length(make_log, quiet):
    result = whole(make_log(DONE), quiet, BUSES)
    assert (result.scenario_id, result.seed, result.fingerprint) == ("fair", 7, "f")
    assert (result.begin_s, result.end_s) == (100.0, 1000.0)
    assert list(result.tables) == ["link", "facility", "town", "purpose"]
    for table in result.tables.values():
        assert len({len(column) for column in table.values()}) == 1


def test_the_same_run_writes_the_same_bytes_and_is_read_as_it_was(make_street, make_log, tmp_path, assert_same):
    written = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        result = whole(make_log(DONE), make_street(0.0, 2.0, 4.0).record(0.0, 1000.0, samples_s=(39.0,)), BUSES)
        write_result(folder, result)
        written.append({path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()})
        assert_same(read_result(folder, "fair", 7), result)
    assert written[0] == written[1]


def test_a_result_whose_trips_are_nearly_all_done_needs_no_caution(make_log, quiet):
    assert warnings_of(whole(make_log(), quiet)) == []
    assert warnings_of(whole(make_log(*(DONE,) * 20, UNDER_WAY), quiet)) == []


def test_many_unfinished_trips_are_warned_of_in_both_languages(make_log, quiet):
    result = whole(make_log(*(DONE,) * 1060, *(UNDER_WAY,) * 54), quiet)
    german, english = warnings_of(result)
    assert "54 Fahrten noch unterwegs, 1.060 beendet" in german
    assert "54 trips were still under way and 1,060 done" in english
    assert warnings_of(result, ["en"]) == [english]


def test_trips_none_of_which_is_done_are_warned_of(make_log, quiet):
    assert len(warnings_of(whole(make_log(UNDER_WAY), quiet))) == 2
