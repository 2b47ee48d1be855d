"""`stadttakt scenario`."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from api.whatif.scenario_command import register

GOOD = """\
id: evening
title_de: Abend
title_en: Evening
day: 2026-11-24
from: 16:00
until: 19:00
measures:
  - {measure: close_link, link: [L097, L100]}
  - {measure: close_facility, facility: NEUER-MARKT, from: 17:00, until: 18:00}
"""
BAD = GOOD.replace("L097", "L999").replace("NEUER-MARKT", "NOWHERE")


@pytest.fixture(name="run")
def run_fixture():
    app = typer.Typer()
    app.callback()(lambda: None)
    register(app)
    return lambda *arguments: CliRunner().invoke(app, ["scenario", *map(str, arguments)])


def test_a_good_scenario_is_described_with_what_went_with_its_measures(run, tmp_path):
    (tmp_path / "good.yaml").write_text(GOOD, encoding="utf-8")
    result = run("check", tmp_path / "good.yaml")
    assert result.exit_code == 0
    assert result.stdout.startswith("good.yaml: ok: 2026-11-24, 16:00 to 19:00, 2 measures, 1 timed event\n")
    assert "  note: good.yaml, measure 1 (close_link): detector D001 goes with link L097\n" in result.stdout


def test_all_scenarios_are_checked_and_every_error_is_a_line(run, tmp_path):
    (tmp_path / "bad.yaml").write_text(BAD, encoding="utf-8")
    (tmp_path / "good.yaml").write_text(GOOD, encoding="utf-8")
    result = run("check", tmp_path / "bad.yaml", tmp_path / "gone.yaml", tmp_path / "good.yaml")
    assert result.exit_code == 2
    assert "good.yaml: ok" in result.stdout
    assert result.stderr.splitlines()[:3] == [
        "stadttakt: 2 errors",
        "bad.yaml, measure 1 (close_link): link = 'L999': must name a link of the network",
        "bad.yaml, measure 2 (close_facility): facility = 'NOWHERE': must name a car park of the model",
    ]
    assert "gone.yaml: file" in result.stderr.splitlines()[3]


def test_the_schema_is_printed_or_written(run, tmp_path):
    printed = run("schema")
    assert json.loads(printed.stdout)["title"] == "Stadttakt scenario"
    assert run("schema", "--out", tmp_path / "s.json").exit_code == 0
    assert (tmp_path / "s.json").read_text(encoding="utf-8") == printed.stdout


def test_a_model_folder_that_is_missing_is_named(run, tmp_path):
    error = run("list", "--model", tmp_path / "nope").exception
    assert "--model = " in str(error)
    assert "must be a model folder" in str(error)


def test_scenarios_beside_a_model_are_listed(run, tmp_path):
    assert run("list", "--model", tmp_path).stdout.startswith("no scenarios in ")
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "b.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "scenarios" / "a.yaml").write_text("id: [", encoding="utf-8")
    result = run("list", "--model", tmp_path)
    assert result.exit_code == 2
    assert result.stdout.splitlines()[:3] == ["evening", "  Abend", "  Evening"]
    assert "a.yaml" in result.stderr
