from __future__ import annotations

import gzip
import json
from datetime import datetime

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from api.plans import counts_command
from api.plans.counts_report import node_counts, share_text
from api.plans.hourly_counts import COLUMNS, is_hourly, read_hourly_counts
from api.plans.period_mean import period_mean
from api.plans.turning_counts import read_turning_counts
from traffic_core.errors import FileError
from traffic_core.gmns import read_network

NODE, TURN = "N04", "M019"


@pytest.fixture(scope="module")
def network(le_model):
    return read_network(le_model)


@pytest.fixture
def table(tmp_path):
    def written(*rows, header="node,turn_id,start,minutes,vehicles"):
        path = tmp_path / "counts.csv"
        path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        return path

    return written


def run(*arguments):
    app = typer.Typer(pretty_exceptions_enable=False)
    app.callback()(lambda: None)
    counts_command.register(app)
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


def test_counts_become_series_by_turn(table, network):
    path = table(f"{NODE},{TURN},2026-05-12T07:00,60,40", f"{NODE},{TURN},2026-05-12T08:00,60,60")
    series = read_turning_counts(path, network)[TURN]
    assert series.start == datetime(2026, 5, 12, 7)  # noqa: DTZ001  counts are in local time
    assert series.values.tolist() == [40.0, 60.0]
    assert period_mean(series, 420, 540).veh_h == 50.0
    assert period_mean(series, 480, 540).veh_h == 60.0
    assert period_mean(series, 0, 60).veh_h is None


def test_quarters_of_an_hour_become_flows_per_hour(table, network):
    rows = [f"{NODE},{TURN},2026-05-12T07:{minute:02},15,{n}" for minute, n in ((0, 10), (15, 12), (30, 9), (45, 13))]
    assert read_turning_counts(table(*rows), network)[TURN].minutes == 15
    assert period_mean(read_turning_counts(table(*rows), network)[TURN], 420, 480).veh_h == 44.0


def test_a_turn_may_be_named_by_its_links(table, network):
    turn = network.turns[TURN]
    path = table(
        f"{NODE},{turn.from_link},{turn.to_link},2026-05-12T07:00,60,40",
        header="node,from_link,to_link,start,minutes,vehicles",
    )
    assert list(read_turning_counts(path, network)) == [TURN]


def test_a_missing_interval_is_a_gap_that_is_named(table, network):
    rows = [
        f"{NODE},{TURN},2026-05-1{day}T{hour:02}:00,60,{40 + day + 3 * hour}" for day in (2, 3) for hour in (7, 8, 9)
    ]
    del rows[4]
    series = read_turning_counts(table(*rows), network)[TURN]
    assert [series.fault_text(fault) for fault in series.faults] == ["N04 M019: gap from 2026-05-13T08:00 for 1 h"]
    mean = period_mean(series, 480, 540)
    assert (mean.veh_h, mean.missing) == (66.0, ())


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("N99,M019,2026-05-12T07:00,60,4", r"counts\.csv, row 2: node = 'N99': must name a node of the network"),
        ("N04,M9999,2026-05-12T07:00,60,4", "row 2: turn_id = 'M9999': must name a turn"),
        ("N05,M019,2026-05-12T07:00,60,4", "row 2: node = 'N05': must be N04, where turn M019 is"),
        ("N04,M019,yesterday,60,4", "row 2: start = 'yesterday': must be a time such as"),
        ("N04,M019,2026-05-12T07:00+02:00,60,4", "must be local time without offset"),
        ("N04,M019,2026-05-12T07:00,0,4", "row 2: minutes = '0': must be from 1 to 1440"),
        ("N04,M019,2026-05-12T07:00,60,many", "row 2: vehicles = 'many': must be a number"),
        ("N04,,2026-05-12T07:00,60,4", "row 2: turn_id = '': must be given"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused(table, network, row, message):
    with pytest.raises(FileError, match=message):
        read_turning_counts(table(row), network)


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ("N04,M019,2026-05-12T07:00,60,4", "row 3: start = .* must occur once for turn M019"),
        ("N04,M019,2026-05-12T08:00,15,4", "row 3: minutes = '15': must be 60 as in the rows before"),
        ("N04,M019,2026-05-12T08:20,60,4", "row 3: start = .* must be whole intervals of 60 min apart"),
    ],
)
def test_rows_that_contradict_each_other_are_refused(table, network, second, message):
    with pytest.raises(FileError, match=message):
        read_turning_counts(table("N04,M019,2026-05-12T07:00,60,4", second), network)


def test_a_table_without_rows_is_refused(table, network):
    with pytest.raises(FileError, match=r"counts\.csv: rows = 0: must hold counts"):
        read_turning_counts(table(), network)


def hourly(tmp_path, *rows, name="hourly.csv"):
    text = "\n".join([",".join(COLUMNS), *rows, ""])
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


def day(date, node="07", movement="G", counts=None):
    counts = counts or [h * 10 + int(date[-2:]) for h in range(24)]
    return ",".join([date, node, "A", movement, *(str(count) for count in counts)])


@pytest.mark.parametrize("name", ["hourly.csv", "hourly.csv.gz"])
def test_hourly_counts_are_read_day_by_day(tmp_path, name):
    path = hourly(tmp_path, day("2026-05-12"), day("2026-05-14"), name=name)
    assert is_hourly(path)
    (series,) = read_hourly_counts(path)
    assert (series.node, series.movement, len(series.values)) == ("07", "A/G", 72)
    assert series.values[8] == 92.0
    assert np.isnan(series.values[24:48]).all()
    assert [fault.length for fault in series.faults] == [24]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("2026-05-12,07,A,G,1,2", "row 2: cells = 6: must have 28 cells"),
        (day("2026-05-99"), "row 2: date = '2026-05-99': must be a date"),
        (day("2026-05-12", counts=["x"] * 24), "row 2: h00 = 'x': must be a number or empty"),
    ],
)
def test_hourly_rows_that_cannot_be_used_are_refused(tmp_path, row, message):
    with pytest.raises(FileError, match=message):
        read_hourly_counts(hourly(tmp_path, row))


def test_a_day_that_comes_twice_is_refused(tmp_path):
    with pytest.raises(FileError, match="row 3: date = '2026-05-12': must occur once for 07 A G"):
        read_hourly_counts(hourly(tmp_path, day("2026-05-12"), day("2026-05-12")))


def test_a_file_that_is_cut_off_is_refused(tmp_path):
    path = hourly(tmp_path, *(day(f"2026-05-{n:02}") for n in range(1, 29)), name="cut.csv.gz")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(FileError, match="must be a readable table"):
        read_hourly_counts(path)


def test_the_report_names_days_faults_and_peak_hour(tmp_path):
    rows = [day(f"2026-05-{n:02}", movement=movement) for n in range(11, 16) for movement in ("G", "L")]
    rows.append(day("2026-05-11", movement="R", counts=[""] * 24))
    (node,) = node_counts(read_hourly_counts(hourly(tmp_path, *rows)))
    assert (node.movements, node.days, node.never) == (3, 5, ("A/R",))
    assert node.peak == (23, 486.0)  # 2 * (230 + 13)
    said = run("counts", hourly(tmp_path, *rows))
    assert said.exit_code == 0
    assert "07: 3 movements, never counted: A/R, 5 days" in said.stdout
    assert "peak hour 23-24 486 veh/h" in said.stdout
    (document,) = json.loads(run("counts", hourly(tmp_path, *rows), "--json").stdout)
    assert document["peak_hour"] == 23


def test_the_command_reads_both_forms(table, le_model):
    path = table(f"{NODE},{TURN},2026-05-12T07:00,60,40", f"{NODE},{TURN},2026-05-12T08:00,60,-1")
    said = run("counts", path, "--model", le_model, "--full")
    assert "N04: 1 movements, 1 days" in said.stdout
    assert "N04 M019: negative from 2026-05-12T08:00 for 1 h, value -1" in said.stdout


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 10, "0%"),
        (10, 10, "100%"),
        (1, 310_302, "<0.1%"),
        (310_301, 310_302, ">99.9%"),
        (1, 1_000, "0.1%"),
        (999, 1_000, "99.9%"),
        (996, 1_000, "99.6%"),
        (1, 2, "50%"),
    ],
)
def test_a_small_share_of_faults_is_not_rounded_away(part, whole, text):
    assert share_text(part, whole) == text


def test_an_hour_without_use_among_many_is_seen_in_the_report(tmp_path):
    days = [day(f"2026-05-{n:02}") for n in range(1, 31)]
    days[3] = day("2026-05-04", counts=["", *(h * 10 + 4 for h in range(1, 24))])
    said = run("counts", hourly(tmp_path, *days))
    assert "99.9% usable, faults: 1 gap" in said.stdout
    (document,) = json.loads(run("counts", hourly(tmp_path, *days), "--json").stdout)
    assert (document["usable"], document["intervals"], document["usable_share"]) == (719, 720, 0.998611)


@pytest.mark.shared
def test_real_counts_hold_the_faults_that_real_detectors_have(shared_data):
    path = shared_data / "detectors" / "muenster_turning_counts_hourly_2015-01_2016-06.csv.gz"
    found = {node.node: node for node in node_counts(read_hourly_counts(path, ("01230", "01070", "01080")))}
    assert found["01230"].faults["stuck"] > 50
    assert "FV1/G: stuck from 2015-05-23T00:00 for 3722 h" in " ".join(found["01230"].worst)
    assert found["01070"].never == ("FV2/G", "FV2/L", "FV2/R")
    assert found["01080"].peak is not None
    assert found["01080"].peak[0] in {7, 16}
    assert found["01080"].days > 500
