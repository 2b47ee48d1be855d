"""`stadttakt plans intergreens`: a comparison for planners that changes nothing."""

from __future__ import annotations

import json
import shutil

import pytest
import typer
from typer.testing import CliRunner

from api.plans import intergreens_command
from traffic_core.errors import InvalidValueError

FILES = ("intergreen.csv", "signal_group.csv", "stage.csv", "programme.csv")


@pytest.fixture
def run():
    app = typer.Typer()
    app.callback()(lambda: None)
    intergreens_command.register(app)
    return lambda *args: CliRunner().invoke(app, ["intergreens", *map(str, args)], catch_exceptions=False)


def test_the_shipped_model_is_compared_and_left_as_it_is(run, le_model):
    before = [(le_model / name).read_bytes() for name in FILES]
    said = run(le_model, "--json")
    assert said.exit_code == 0
    report = json.loads(said.stdout)
    sums = report["sums"]
    assert sums["missing"] == len(report["green_together"]) == 0
    assert sums["junctions"] == len(report["junctions"]) == 40
    assert sums["longer"] + sums["shorter"] + sums["missing"] == len(report["differences"])
    assert report["values"]["clearing.straight.speed_m_s"]["value"] == 10.0
    assert all(value["source"] and value["confirm_with"] for value in report["values"].values())
    assert [(le_model / name).read_bytes() for name in FILES] == before
    assert run(le_model, "--json").stdout == said.stdout


def test_a_conflict_that_is_green_together_ends_with_an_error(run, le_model, tmp_path):
    """K2 and K4 of N17 forget that their ways cross, and K4 is let into the stage of K2."""
    folder = shutil.copytree(le_model, tmp_path / "model")
    text = (folder / "intergreen.csv").read_text(encoding="utf-8")
    rows = [row for row in text.splitlines() if not row.startswith(("N17,K2,K4,", "N17,K4,K2,"))]
    assert len(rows) == len(text.splitlines()) - 2
    (folder / "intergreen.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    apart = run(folder, "--junction", "N17")
    assert apart.exit_code == 0, "not in the supply, but never green at once"
    stages = (folder / "stage.csv").read_text(encoding="utf-8")
    assert "N17,2,K2;F1;F3," in stages
    (folder / "stage.csv").write_text(stages.replace("N17,2,K2;F1;F3,", "N17,2,K2;K4;F1,"), encoding="utf-8")
    said = run(folder, "--junction", "N17")
    assert said.exit_code == 1
    assert "ERROR N17: K2 and K4 cross or merge and are green together (stage 2)." in " ".join(said.stdout.split())
    report = json.loads(run(folder, "--json").stdout)
    assert report["green_together"] == [
        {"junction_id": "N17", "groups": ["K2", "K4"], "stages": ["2"], "programmes": []}
    ]


def test_one_junction_is_named_with_its_largest_differences_first(run):
    report = json.loads(run("--junction", "N04", "--json").stdout)
    assert [each["junction_id"] for each in report["junctions"]] == ["N04"]
    too_short_s = [each["too_short_s"] for each in report["differences"]]
    assert too_short_s == sorted(too_short_s, reverse=True)
    for each in report["differences"]:
        assert each["too_short_s"] == each["computed_s"] - each["supplied_s"] != 0
        assert "clearing" in each["reason"]


def test_people_read_sums_and_examples(run):
    said = run("--junction", "N04")
    assert said.exit_code == 0
    text = " ".join(said.stdout.split())
    assert "1 junction:" in text
    assert "Nothing was changed." in text
    assert "Largest differences" in text
    assert "All differences" in run("--junction", "N04", "--full").stdout


def test_crossings_that_cannot_be_placed_are_named(run):
    assert "N13: the supply does not tell where" in run("--junction", "N13").stdout


def test_a_junction_that_the_model_has_not_is_refused(run):
    with pytest.raises(InvalidValueError, match=r"--junction = 'N999': must be a junction"):
        run("--junction", "N999")
