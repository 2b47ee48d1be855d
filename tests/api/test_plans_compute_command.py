from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from api.errors import ConfigError
from api.plans import compute_command
from api.plans.assigned_flows import furness, turn_flows
from api.plans.compute import check_cycles, parse_period
from signal_plans.files import read_junctions
from traffic_core.errors import FileError, InvalidValueError
from traffic_core.gmns import read_network

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
    model = tmp_path / "model"
    shutil.copytree(le_model, model)
    rows = (out / "programme.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    supplied = model / "programme.csv"
    supplied.write_text(supplied.read_text(encoding="utf-8") + "".join(rows[1:]), encoding="utf-8")
    programmes = read_junctions(model, read_network(model))[NODE].programmes
    assert [programme.id for programme in programmes][-1] == "C0700-0900"


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
