"""Programmes put into a copy of a model: in which place, and what selects them there."""

from __future__ import annotations

import shutil
from dataclasses import replace
from types import SimpleNamespace

import pytest

from api.plans import into_model
from api.plans.named_by import named_by
from api.plans.programme_table import programme_rows
from api.town import load_town
from signal_plans.files import read_junctions
from signal_plans.mode import mode_of
from signal_plans.selection import SelectionData
from signal_plans.selection_by_traffic import Quantity, TrafficRule
from traffic_core.errors import FileError
from traffic_core.gmns import read_network
from traffic_core.provenance import Confidence

NODE = "N04"


@pytest.fixture(scope="module")
def town(le_model):
    return load_town(le_model)


@pytest.fixture
def unverified(monkeypatch):
    proof = SimpleNamespace(switches=SimpleNamespace(cases=4), violations=[])
    monkeypatch.setattr(into_model, "prove", lambda _: proof)


@pytest.fixture
def join(town, tmp_path, unverified):
    """Puts the fallbacks of some junctions into a copy of a model under a name; returns what is told."""

    def joined(model, programme_id, *nodes):
        rows = [
            row
            for node in nodes
            for row in programme_rows(replace(town.junctions[node].fallback, id=programme_id), Confidence.DERIVED, "x")
        ]
        return into_model.join_into(model, tmp_path / "copy", rows)

    return joined


def test_that_the_day_plan_names_a_replaced_programme_is_told_with_its_times(join, le_model):
    joined = join(le_model, "P2", NODE, "N05")
    first, verified, *said = into_model.told(joined)
    assert first.endswith("programme P2 at 2 junctions, 2 of them in place of older ones")
    assert verified == "verified with 4 ordered switches: 0 violations"
    selects = "group TOWN of day_plan.csv, while data for another mode are missing, "
    times = "mon tue wed thu fri 06:30-09:00, 15:30-18:30"
    assert said == [
        f"once the service runs with {joined.folder}, this selects it at N04, N05:",
        f"  {selects}{times}",
    ]
    assert into_model.document(joined)["named"]["N05"] == [f"{selects}{times}"]


def test_a_replaced_first_programme_stays_the_first_of_its_junction(join, le_model):
    joined = join(le_model, "P1", NODE)
    junction = read_junctions(joined.folder, read_network(joined.folder))[NODE]
    assert [programme.id for programme in junction.programmes] == ["P1", "P2"]
    said = list(into_model.told(joined))
    assert "  group TOWN of day_plan.csv, mon tue wed thu fri 00:00-05:30, 22:00-24:00; " in said[3]
    assert said[-1] == "  as the first of the junction, whenever nothing else can run"
    assert not any("nothing names it yet" in line for line in said)


def test_a_new_programme_is_named_by_nothing(join, le_model):
    joined = join(le_model, "X", NODE)
    assert joined.named == {}
    assert list(into_model.told(joined))[-1].endswith("such as mon-fri,07:00,X; nothing names it yet")


def test_rules_and_junctions_without_a_plan_are_told_apart(town):
    rule = TrafficRule(
        id="R1",
        junctions=("N05",),
        quantity=Quantity.LOAD,
        sources=("N05",),
        on_at=0.9,
        off_at=0.8,
        dwell_s=300,
        mode=mode_of("P2"),
    )
    found = named_by(replace(town, selection=SelectionData(rules=(rule,))), {"N04": "P2", "N05": "P2", "N06": "P1"})
    assert found == {
        "N05": ("rule R1 of traffic_rule.csv, while it applies",),
        "N06": ("as the first of the junction, whenever nothing else can run",),
    }


def test_where_only_some_junctions_are_served_the_others_are_named(join, le_model, tmp_path):
    model = tmp_path / "model"
    shutil.copytree(le_model, model)
    groups = model / "junction_group.csv"
    groups.write_text(groups.read_text(encoding="utf-8").replace("TOWN,N04;", "TOWN,"), encoding="utf-8")
    said = list(into_model.told(join(model, "P2", NODE, "N05")))
    assert "this selects it at N05:" in said[2]
    assert said[-1].endswith("nothing names it yet at N04")


def test_blank_lines_of_a_table_are_no_programmes(join, le_model, tmp_path):
    model = tmp_path / "model"
    shutil.copytree(le_model, model)
    table = model / "programme.csv"
    text = table.read_text(encoding="utf-8")
    table.write_text(text.replace("\n", "\n\n", 2) + "\n , \n\n", encoding="utf-8")
    joined = join(model, "X", NODE)
    made = (joined.folder / "programme.csv").read_text(encoding="utf-8")
    assert all(line.strip(", ") for line in made.splitlines())
    assert [each.id for each in load_town(joined.folder).junctions[NODE].programmes] == ["P1", "P2", "X"]


def test_a_table_that_cannot_be_read_leaves_no_copy_behind(join, le_model, tmp_path):
    model = tmp_path / "model"
    shutil.copytree(le_model, model)
    table = model / "programme.csv"
    table.write_text(table.read_text(encoding="utf-8") + "N04,P1\n", encoding="utf-8")
    with pytest.raises(FileError, match=r"programme\.csv, row \d+: cells = 2: must have \d+ cells like the header"):
        join(model, "X", NODE)
    assert not (tmp_path / "copy").exists()
