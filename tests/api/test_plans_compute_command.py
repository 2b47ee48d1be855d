from __future__ import annotations

import json
import shutil
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from api.errors import ConfigError
from api.plans import compute_command, into_model
from api.plans.assigned_flows import furness, turn_flows
from api.plans.compute import check_cycles, parse_period
from api.plans.performance_rows import textbook_delays
from api.plans.programme_table import programme_rows
from signal_plans.files import read_junctions
from signal_plans.fixed_time.performance import StreamPerformance
from signal_plans.verifying.violation import Check, Violation
from traffic_core.errors import FileError, InvalidValueError
from traffic_core.gmns import read_network
from traffic_core.provenance import Confidence

NODE = "N20"


def run(*arguments):
    app = typer.Typer(pretty_exceptions_enable=False)
    app.callback()(lambda: None)
    compute_command.register(app)
    return CliRunner().invoke(app, ["compute", *(str(each) for each in arguments)], catch_exceptions=False)


@pytest.fixture
def counts(tmp_path, le_model):
    """Counts of all turns of a junction, two hours of a morning; some turns may be left out."""

    def written(leave_out=0, node=NODE):
        turns = [turn.id for turn in read_network(le_model).turns.values() if turn.node_id == node]
        rows = [
            f"{node},{turn},2026-05-12T{hour:02}:00,60,{40 + 30 * place + hour}"
            for place, turn in enumerate(turns[: len(turns) - leave_out])
            for hour in (7, 8)
        ]
        path = tmp_path / "counts.csv"
        path.write_text("\n".join(["node,turn_id,start,minutes,vehicles", *rows, ""]), encoding="utf-8")
        return path

    return written


@pytest.mark.slow
def test_counts_become_a_programme_that_the_model_accepts(counts, le_model, tmp_path):
    out = tmp_path / "out"
    said = run(le_model, "--counts", counts(), "--out", out)
    assert said.exit_code == 0
    assert f"{NODE} Musberg Karlstraße: cycle" in said.stdout
    assert "level" in said.stdout
    document = json.loads((out / "plans.json").read_text(encoding="utf-8"))
    (junction,) = document["junctions"]
    assert junction["after"]["delay_s"] > 0.0
    assert {"flow_veh_h", "degree_of_saturation", "delay_s", "queue_95_veh", "level"} <= set(
        junction["before"]["movements"][0]
    )
    flows = [movement["flow_veh_h"] for movement in junction["after"]["movements"]]
    assert sum(flows) == pytest.approx(sum(40 + 30 * place + 7.5 for place in range(len(set(flows)))), abs=1.0)
    first = junction["after"]["movements"][0]
    assert {"queue_mean_veh", "queue_veh", "delay_hcm_s", "delay_webster_s"} <= set(first)
    assert all(row["queue_mean_veh"] <= row["queue_veh"] for row in junction["after"]["movements"])
    assert any(row["queue_mean_veh"] > 0.0 for row in junction["after"]["movements"])
    assert first["delay_hcm_s"] == pytest.approx(first["delay_s"], abs=6.0), "one lane each, nothing blocks"


def changed_cells(text):
    """A programme of a whole table, as rows."""
    return [line.split(",")[:7] for line in text.splitlines()]


@pytest.mark.slow
def test_a_copy_of_the_model_takes_the_programmes_in_and_is_verified(counts, le_model, tmp_path, monkeypatch):
    model = tmp_path / "model"
    said = run(le_model, "--counts", counts(), "--into", model)
    assert said.exit_code == 0
    assert (
        f"{model}: programme C0700-0900 at 1 junctions\nverified with 9 ordered switches: 0 violations" in said.stdout
    )
    assert "once a row of day_plan.csv of a group of these junctions alone names it" in said.stdout
    programmes = read_junctions(model, read_network(model))[NODE].programmes
    assert [programme.id for programme in programmes] == ["P1", "P2", "C0700-0900"]
    before, after = ((folder / "programme.csv").read_text(encoding="utf-8") for folder in (le_model, model))
    assert changed_cells(after)[: len(changed_cells(before))] == changed_cells(before)
    safe = SimpleNamespace(switches=SimpleNamespace(cases=9), violations=[])
    monkeypatch.setattr(into_model, "prove", lambda _: safe)
    again = run(model, "--counts", counts(), "--into", tmp_path / "again", "--json")
    assert again.exit_code == 0
    told = json.loads(again.stdout)["into"]
    assert (told["junctions"], told["replaced"], told["violations"]) == ([NODE], 1, [])
    assert (tmp_path / "again" / "programme.csv").read_text(encoding="utf-8") == after


def test_a_folder_that_a_copy_cannot_go_to_is_named_before_anything_is_computed(le_model, tmp_path):
    model = tmp_path / "model"
    shutil.copytree(le_model, model)
    for into, part in ((model, "not there yet, or empty"), (model / "deeper", "outside of the model")):
        with pytest.raises(ConfigError, match=f"--into = .*{part}"):
            run(model, "--into", into)


def test_a_programme_that_breaks_a_rule_is_told(le_model, tmp_path, monkeypatch):
    violation = Violation(
        check=Check.SWITCH, junction_id=NODE, programmes=("P1", "X"), rule="intergreen", detail="K1 -> K2 misses 1 s"
    )
    proof = SimpleNamespace(switches=SimpleNamespace(cases=4), violations=[violation])
    monkeypatch.setattr(into_model, "prove", lambda _: proof)
    own = read_junctions(le_model, read_network(le_model))[NODE].fallback
    rows = list(programme_rows(replace(own, id="X"), Confidence.DERIVED, "made up"))
    joined = into_model.join_into(le_model, tmp_path / "model", rows)
    assert list(into_model.told(joined))[1:] == [
        "verified with 4 ordered switches: 1 violations",
        f"  {NODE} P1 -> X: intergreen K1 -> K2 misses 1 s",
    ]
    assert into_model.document(joined)["violations"] == [f"{NODE} P1 -> X: intergreen K1 -> K2 misses 1 s"]


def test_an_unsafe_row_is_refused_with_its_place_in_the_copy(le_model, tmp_path):
    own = read_junctions(le_model, read_network(le_model))[NODE].fallback
    rows = [[*row] for row in programme_rows(replace(own, id="X"), Confidence.DERIVED, "made up")]
    rows[0][6] = int(rows[0][6]) + 9
    with pytest.raises(FileError, match=r"programme\.csv, row \d+"):
        into_model.join_into(le_model, tmp_path / "model", [tuple(row) for row in rows])


def test_formulas_of_the_textbooks_stand_beside_the_model_with_their_worked_values():
    def delays(saturation, capacity_veh_h=600.0):
        stream = StreamPerformance(
            stream_id="x",
            flow_veh_h=saturation * capacity_veh_h,
            capacity_veh_h=capacity_veh_h,
            degree_of_saturation=saturation,
            delay_s=0.0,
            stops=0.0,
            queue_mean_veh=0.0,
            queue_max_veh=0.0,
        )
        return tuple(textbook_delays(stream, 90, 30.0).values())

    assert [delays(x) for x in (0.5, 0.9, 1.0)] == [(27.0, 25.8), (47.6, 48.6), (66.7, None)]
    assert delays(0.0, 0.0) == (None, None)


@pytest.mark.slow
def test_hours_missing_on_some_days_are_told_and_do_not_shift_the_flows(counts, le_model):
    path = counts()
    rows = path.read_text(encoding="utf-8").splitlines()
    first = rows[1].split(",")[1]
    later = [row.replace("05-12", "05-13") for row in rows[1:] if "T07" in row or f",{first}," not in row]
    path.write_text("\n".join([*rows, *later, ""]), encoding="utf-8")
    made = json.loads(run(le_model, "--counts", path, "--json").stdout)
    assert made["missing_hours"] == [f"{NODE} {first}: 08:00-09:00 not counted on 1 of 2 days, first 2026-05-13"]
    movements = made["junctions"][0]["after"]["movements"]
    assert min(movement["flow_veh_h"] for movement in movements) == pytest.approx(40 + 7.5)
    said = run(le_model, "--counts", path).stdout
    assert "warning: hours that are not counted on some days" in said
    assert made["missing_hours"][0] in said


def test_an_hour_that_no_day_has_is_refused(counts, le_model):
    with pytest.raises(ConfigError, match=r"must hold a count without fault in 09:00-10:00 for turn M\d+ of node N20"):
        run(le_model, "--counts", counts(), "--period", "07:00-10:00")


@pytest.mark.slow
def test_the_same_counts_give_the_same_bytes(counts, le_model):
    path = counts()
    assert run(le_model, "--counts", path, "--json").stdout == run(le_model, "--counts", path, "--json").stdout


@pytest.mark.slow
def test_without_counts_the_demand_model_gives_the_flows(le_model):
    said = run(le_model, "--junction", NODE, "--period", "07:00-08:00", "--json")
    (junction,) = json.loads(said.stdout)["junctions"]
    assert junction["id"] == NODE


def test_a_turn_that_is_not_counted_is_named(counts, le_model):
    with pytest.raises(ConfigError, match=r"--counts.*must hold turn M\d+ of junction N20 too, from L\d+ to L\d+"):
        run(le_model, "--counts", counts(leave_out=1))


def test_a_period_without_counts_is_named(counts, le_model):
    with pytest.raises(ConfigError, match=r"must hold a count without fault in 16:00-18:00 for turn M\d+ of node N20"):
        run(le_model, "--counts", counts(), "--period", "16:00-18:00")


def test_an_unknown_junction_is_named(le_model):
    with pytest.raises(ConfigError, match="--junction = 'N999': must be a junction with supply data"):
        run(le_model, "--junction", "N999")


def test_a_model_without_demand_asks_for_counts(le_model, tmp_path):
    model = tmp_path / "model"
    shutil.copytree(le_model, model)
    (model / "demand.csv").unlink()
    with pytest.raises(ConfigError, match="--counts: must be given: model holds no demand"):
        run(model, "--junction", NODE)


def test_counts_that_are_no_table_are_refused(le_model, tmp_path):
    with pytest.raises(FileError, match=r"none\.csv"):
        run(le_model, "--counts", tmp_path / "none.csv")


@pytest.mark.parametrize(
    "text", ["7-9", "07:00", "09:00-07:00", "07:00-25:00", "07:60-08:00", "a:00-b:00", "07:00-08:00-09:00"]
)
def test_a_period_that_is_none_is_refused(text):
    with pytest.raises(ConfigError, match="--period"):
        parse_period(text)


def test_a_period_is_two_minutes_of_the_day():
    assert parse_period("07:00-09:30") == (420, 570)
    assert parse_period("23:00-24:00") == (1_380, 1_440)


def test_cycles_that_contradict_each_other_are_refused():
    with pytest.raises(InvalidValueError, match="--longest-cycle = 60: must be a number from 70 to 120"):
        check_cycles(70, 60)


def test_furness_meets_rows_and_columns_as_calculated_by_hand():
    # equal weights: product of the shares
    flow = furness(np.ones((2, 2)), np.array([100.0, 300.0]), np.array([200.0, 200.0]))
    assert flow == pytest.approx(np.array([[50.0, 50.0], [150.0, 150.0]]))


@given(st.lists(st.floats(0.0, 900.0), min_size=3, max_size=3), st.lists(st.floats(0.0, 900.0), min_size=3, max_size=3))
def test_what_arrives_at_a_node_leaves_it(inflow, outflow):
    weight = np.array([[0.0, 0.7, 0.15], [0.15, 0.0, 0.7], [0.7, 0.15, 0.0]])
    flow = furness(weight, np.array(inflow), np.array(outflow))
    assert flow.sum(axis=1) == pytest.approx(np.array(inflow), abs=1e-6)
    assert (flow >= 0.0).all()


def test_turn_flows_of_a_town_add_up_to_its_links(le_model):
    network = read_network(le_model)
    flows = turn_flows(network, dict.fromkeys(network.links, 100.0))
    assert set(flows) == set(network.turns)
    of_link = sum(flow for turn, flow in flows.items() if network.turns[turn].from_link == "L097")
    assert of_link == pytest.approx(100.0)


def test_a_period_that_cuts_intervals_of_the_counts_is_refused(counts, le_model):
    limit = r"--period = '07:30-08:30': must be made of whole intervals of counts\.csv, of 60 min: none of turn M\d+"
    with pytest.raises(ConfigError, match=f"{limit} of node N20 lies over 07:30-08:30 within it"):
        run(le_model, "--counts", counts(), "--period", "07:30-08:30")
