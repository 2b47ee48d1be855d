"""`stadttakt calibrate` on a small town: figures, files, exit codes and bad input."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from api.cli import main
from traffic_core.counts import Count
from traffic_core.demand import DemandCell, Purpose, Zone, ZoneKind
from traffic_core.demand_files import read_demand
from traffic_core.formats.imported import ImportedModel
from traffic_core.formats.model_folder import write_model
from traffic_core.geometry import line_length_m
from traffic_core.gmns import read_network
from traffic_core.network import Link, Movement, Network, Node, NodeControl, RoadClass, Turn, keyed
from traffic_core.provenance import Confidence, Provenance

if TYPE_CHECKING:
    from pathlib import Path

HERE = Provenance(source="made up", confidence=Confidence.DERIVED)
PLACES = {"W": (9.0, 48.0), "A": (9.01, 48.0), "B": (9.02, 48.0), "C": (9.015, 48.004), "E": (9.03, 48.0)}
STREETS = ("WA", "AB", "BE", "AC", "CB")
ZONES = {"W": ZoneKind.OUTSIDE, "A": ZoneKind.INSIDE, "B": ZoneKind.INSIDE, "E": ZoneKind.OUTSIDE}
VEH = {"WA": 2_000.0, "WB": 1_000.0, "WE": 500.0, "AB": 1_500.0, "AE": 1_000.0, "BE": 800.0}
COUNTED = {"C1a": ("WA", 4_200.0), "C1b": ("AW", 4_200.0), "C2a": ("BE", 2_500.0), "C2b": ("EB", 2_500.0)}


@dataclass(frozen=True)
class Ran:
    """What a run of the command left."""

    code: int
    out: str
    err: str

    @property
    def found(self) -> dict:
        return json.loads(self.out)


@pytest.fixture
def calibrate(monkeypatch, capsys):
    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["stadttakt", "calibrate", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            main()
        said = capsys.readouterr()
        return Ran(int(caught.value.code or 0), said.out, said.err)

    return run


@pytest.fixture(scope="module")
def shipped(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("calibrate") / "model"
    write_model(_model(), folder)
    return folder


@pytest.fixture
def model(shipped: Path, tmp_path: Path) -> Path:
    return shutil.copytree(shipped, tmp_path / "model")


def _model() -> ImportedModel:
    nodes = keyed(
        [
            Node(id=name, name=name, position=place, control=NodeControl.NONE, provenance=HERE)
            for name, place in PLACES.items()
        ]
    )
    links = keyed([_link(ends) for street in STREETS for ends in (street, street[::-1])])
    turns = [
        Turn(id=f"{a}{b}", node_id=a[1], from_link=a, to_link=b, movement=Movement.THROUGH)
        for a in links
        for b in links
        if a[1] == b[0] and a[0] != b[1]
    ]
    return ImportedModel(
        name="Small",
        source="made up",
        licence="none",
        network=Network(nodes=nodes, links=links, turns=keyed(turns)),
        zones=tuple(
            Zone(id=f"Z{name}", name=name, kind=kind, nodes=(name,), provenance=HERE) for name, kind in ZONES.items()
        ),
        cells=tuple(
            DemandCell(origin=f"Z{a}", destination=f"Z{b}", purpose=Purpose.LEISURE, veh_24h=veh, provenance=HERE)
            for pair, veh in VEH.items()
            for a, b in (pair, pair[::-1])
        ),
        counts=tuple(
            Count(id=name, link_id=link, veh_24h=veh, year=2014, provenance=HERE)
            for name, (link, veh) in COUNTED.items()
        ),
    )


def _link(ends: str) -> Link:
    line = (PLACES[ends[0]], PLACES[ends[1]])
    return Link(
        id=ends,
        name=f"street {min(ends)}{max(ends)}",
        from_node=ends[0],
        to_node=ends[1],
        line=line,
        length_m=line_length_m(line),
        free_speed_m_s=10.0,
        lanes=1,
        capacity_veh_h=800.0,
        road_class=RoadClass.SECONDARY,
        provenance=HERE,
    )


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def counts(folder: Path, text: str) -> Path:
    path = folder / "counts.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_report_has_a_line_for_each_count_and_says_what_became_of_the_matrix(calibrate, model):
    ran = calibrate(model)
    assert ran.code == 0
    assert ran.err == ""
    for part in ("C1a", "street AW", "4,200", "GEH", "RMSE", "correlation with the prior", "largest changes", "met"):
        assert part in ran.out
    assert "count and model times that hour's share" in ran.out


def test_json_is_one_object_with_all_figures(calibrate, model):
    found = calibrate(model, "--json").found
    assert found["target_met"] is True
    assert [each["count_id"] for each in found["counts"]] == list(COUNTED)
    assert all(each["geh"] < 1.0 for each in found["counts"])
    assert found["prior"]["mean_geh"] > found["used"]["mean_geh"]
    assert found["held_out"] is None
    assert found["matrix"]["veh_24h"]["before"] == pytest.approx(2.0 * sum(VEH.values()))
    assert found["relative_gap"] <= 1e-5
    shares = [each["after"] for each in found["structure"].values()]
    assert sum(shares) == pytest.approx(1.0)


def test_a_part_of_the_counts_is_held_out_and_reported_apart(calibrate, model):
    found = calibrate(model, "--hold-out", "0.2", "--json").found
    held = {each["count_id"] for each in found["counts"] if each["held_out"]}
    assert held in ({"C1a", "C1b"}, {"C2a", "C2b"})
    assert (found["used"]["n"], found["held_out"]["n"]) == (2, 2)


def test_every_section_is_held_out_once(calibrate, model):
    ran = calibrate(model, "--folds", "2", "--json")
    assert [each["count_id"] for each in ran.found["folds_counts"]] == list(COUNTED)
    assert ran.found["folds"]["n"] == 4
    assert "each held out once" in calibrate(model, "--folds", "2").out


def test_demand_and_report_are_written_so_that_they_can_be_used(calibrate, model, tmp_path):
    out = tmp_path / "deep" / "fitted"
    found = calibrate(model, "--out", out, "--json").found
    assert found["written"] == str(out)
    assert sorted(path.name for path in out.iterdir()) == ["demand.csv", "report.csv"]
    assert [row["count_id"] for row in rows(out / "report.csv")] == list(COUNTED)
    shutil.copy(out / "demand.csv", model / "demand.csv")
    fitted = read_demand(model, read_network(model))
    total = sum(cell.veh_24h for cell in fitted.cells)
    assert total == pytest.approx(found["matrix"]["veh_24h"]["after"], abs=1.0)
    again = calibrate(model, "--folds", "2", "--json")
    assert again.found["prior_was_fitted"] is True
    assert again.found["prior"]["mean_geh"] == pytest.approx(found["used"]["mean_geh"], abs=0.05)
    assert "was itself fitted to counts" in again.err


def test_whole_vehicles_are_written_on_demand(calibrate, model, tmp_path):
    found = calibrate(model, "--whole", "--out", tmp_path / "fitted", "--json").found
    veh = [row["veh_24h"] for row in rows(tmp_path / "fitted" / "demand.csv")]
    assert all(value.isdigit() for value in veh)
    assert sum(map(int, veh)) == pytest.approx(found["matrix"]["veh_24h"]["after"], abs=len(veh) / 2)


def test_counts_of_hours_are_used_as_such(calibrate, model, tmp_path):
    lines = ["count_id,link_id,hour,veh_h,confidence,source"]
    lines += [f"K1,WA,{hour},{300 + 10 * hour},anchor,loop" for hour in (7, 8, 9)]
    ran = calibrate(model, "--counts", counts(tmp_path, "\n".join(lines) + "\n"), "--json")
    assert [each["compared_hour"] for each in ran.found["counts"]] == ["07-08", "08-09", "09-10"]
    assert [each["counted_hours"] for each in ran.found["counts"]] == [1, 1, 1]
    assert ran.found["used_mean_hour"]["n"] == 1


def test_the_exit_code_is_1_where_the_counts_cannot_be_met(calibrate, model, tmp_path):
    text = "count_id,link_id,veh_24h,year,confidence,source\nC1,WA,90000,2014,anchor,town\n"
    ran = calibrate(model, "--counts", counts(tmp_path, text))
    assert ran.code == 1
    assert "missed" in ran.out


def test_a_count_that_no_path_uses_is_reported_and_not_dropped(calibrate, model, tmp_path):
    text = "count_id,link_id,veh_24h,year,confidence,source\nC1,WA,4200,2014,anchor,town\nC9,CA,50,2014,anchor,town\n"
    path = model / "demand.csv"
    path.write_text("\n".join(line for line in path.read_text("utf-8").splitlines() if "ZB,ZA" not in line) + "\n")
    table = [line for line in path.read_text("utf-8").splitlines() if not line.startswith(("ZB,", "ZE,"))]
    path.write_text("\n".join(table) + "\n", encoding="utf-8")
    ran = calibrate(model, "--counts", counts(tmp_path, text), "--json")
    assert ran.found["no_path_uses"] == ["C9"]
    assert ran.found["counts"][1]["modelled_veh"] == 0.0
    assert "count C9: no path uses its link" in ran.err


def test_a_gravity_start_needs_no_demand(calibrate, model, tmp_path):
    table = model / "demand.csv"
    table.write_text(table.read_text("utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert "must hold trips" in calibrate(model).err
    masses = tmp_path / "masses.csv"
    head = "zone_id,purpose,production_veh_24h,attraction_veh_24h,confidence,source\n"
    rows_ = [f"{zone},leisure,4000,4000,estimated,guess" for zone in ("ZA", "ZB")]
    rows_ += [f"{zone},{kind},1000,1000,estimated,guess" for zone in ("ZW", "ZE") for kind in ("leisure", "through")]
    masses.write_text(head + "\n".join(rows_) + "\n", encoding="utf-8")
    found = calibrate(model, "--masses", masses, "--structure", "20/50/30", "--json").found
    structure = {kind: each["before"] for kind, each in found["structure"].items()}
    assert structure == pytest.approx({"through": 0.2, "origin_destination": 0.5, "internal": 0.3})
    assert found["matrix"]["veh_24h"]["before"] == pytest.approx(22_000.0), "leisure there and back"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("C1,QQ,4200,2014,anchor,town\n", ("counts.csv, row 2", "link_id = 'QQ'", "a link_id of link.csv")),
        ("C1,WA,-5,2014,anchor,town\n", ("row 2", "veh = -5.0", "from 0 to 300000")),
        ("C1,WA,inf,2014,anchor,town\n", ("row 2", "veh_24h = 'inf'", "finite")),
        ("C1,WA,4200,2014,anchor,town\nC2,AB,12", ("row 3", "cells = 3", "must have 6 cells")),
        ("", ("counts = 0", "at least one")),
    ],
)
def test_bad_counts_are_named_and_nothing_is_written(calibrate, model, tmp_path, text, parts):
    path = counts(tmp_path, "count_id,link_id,veh_24h,year,confidence,source\n" + text)
    ran = calibrate(model, "--counts", path, "--out", tmp_path / "fitted")
    assert ran.code == 2
    assert ran.out == ""
    for part in parts:
        assert part in ran.err
    assert not (tmp_path / "fitted").exists()
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_demand_from_a_missing_zone_and_an_hour_that_does_not_exist_are_named(calibrate, model, tmp_path):
    path = model / "demand.csv"
    good = path.read_text("utf-8")
    path.write_text(good + "ZX,ZA,leisure,5,estimated,guess\n", encoding="utf-8")
    ran = calibrate(model)
    assert (ran.code, "o_zone_id = 'ZX'" in ran.err, "demand.csv, row" in ran.err) == (2, True, True)
    path.write_text(good, encoding="utf-8")
    hours = counts(tmp_path, "count_id,link_id,hour,veh_h,confidence,source\nC1,WA,24,5,anchor,town\n")
    ran = calibrate(model, "--counts", hours)
    assert (ran.code, "hour = 24" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("--folds", "2", "--hold-out", "0.5"), "--folds"),
        (("--folds", "9"), "folds = 9: must be from 2 to 2"),
        (("--hold-out", "1.5"), "--hold-out = 1.5"),
        (("--low", "2"), "low = 2"),
        (("--high", "0.5"), "high = 0.5"),
        (("--gap", "0"), "--gap = 0"),
        (("--structure", "10/58"), "structure = '10/58'"),
        (("--town-trips", "5000"), "--town-trips = 5000.0: needs --structure"),
        (("--passing", "ZW,ZX"), "--passing = 'ZX'"),
        (("--counts", "none.csv"), "none.csv"),
        (("--masses", "none.csv"), "none.csv"),
    ],
)
def test_options_that_make_no_sense_are_named(calibrate, model, arguments, part):
    ran = calibrate(model, *arguments)
    assert ran.code == 2
    assert part in ran.err
    assert ran.err.count("\n") == 1


def test_a_folder_in_use_is_not_overwritten(calibrate, model, tmp_path):
    out = tmp_path / "full"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    ran = calibrate(model, "--out", out)
    assert ran.code == 2
    assert "must not exist or be an empty folder" in ran.err
    assert (out / "notes.txt").read_text() == "mine"


def test_the_model_says_which_roads_pass_the_town(calibrate, model):
    with (model / "model.yaml").open("a", encoding="utf-8") as stream:
        stream.write("passing_zones: [ZW, ZE]\n")
    assert calibrate(model, "--json").found["passing_zones"] == ["ZE", "ZW"]
    assert calibrate(model, "--json", "--passing", "ZW").found["passing_zones"] == ["ZW"]


def test_a_passing_zone_that_the_model_does_not_have_is_named(calibrate, model):
    with (model / "model.yaml").open("a", encoding="utf-8") as stream:
        stream.write("passing_zones: [ZX]\n")
    ran = calibrate(model)
    assert ran.code == 2
    assert "passing_zones = 'ZX': must name a zone of the model" in ran.err
