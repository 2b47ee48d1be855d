"""`stadttakt plans import`, `export` and `show`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from api.plans.supply_command import register
from traffic_core.errors import FileError

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "signal_supply.ocit-c.xml"
EXAMPLE = ROOT / "docs" / "examples" / "signal_supply.yaml"


@pytest.fixture(name="run")
def run_fixture():
    app = typer.Typer()
    register(app)
    return lambda *arguments: CliRunner().invoke(app, [*map(str, arguments)])


def test_a_file_goes_to_yaml_and_back_as_it_was(run, tmp_path):
    made = run("import", GOLDEN, "--out", tmp_path / "s.yaml", "--release", "1")
    assert (made.exit_code, made.stdout) == (
        0,
        f"{tmp_path / 's.yaml'}: 5 groups, 2 programmes, all safe\nreleased: 1\n",
    )
    assert run("export", tmp_path / "s.yaml", "--out", tmp_path / "s.xml").exit_code == 0
    assert (tmp_path / "s.xml").read_bytes() == GOLDEN.read_bytes()
    shown = run("show", tmp_path / "s.yaml")
    assert "programme 1: 60 s, EP 10, AP 10, UP 10; 6 pairs, 0 failed, 5 tight, released\n" in shown.stdout


def test_what_is_in_a_file_is_shown_as_text_and_as_json(run):
    shown = run("show", GOLDEN)
    assert shown.exit_code == 0
    assert "groups, blind: A1\n" in shown.stdout
    assert "10 unknown pieces kept, 1 checksums of the file kept\n" in shown.stdout
    assert shown.stdout.endswith("checks: 12 pairs, 12 passed, 0 failed, 10 tight\n")
    made = json.loads(run("show", EXAMPLE, "--json").stdout)
    assert made["check"] == {"pairs": 12, "passed": 12, "failed": 0, "tight": 10, "safe": True}
    assert [programme["id"] for programme in made["programmes"]] == ["1", "2"]


def test_an_unsafe_programme_is_shown_but_neither_imported_nor_exported(run, tmp_path):
    (tmp_path / "bad.yaml").write_text(
        EXAMPLE.read_text(encoding="utf-8").replace("second: 30", "second: 31", 1), encoding="utf-8"
    )
    (tmp_path / "bad.xml").write_text(
        GOLDEN.read_text(encoding="utf-8").replace("punkt>30<", "punkt>31<", 1), encoding="utf-8"
    )
    shown = run("show", tmp_path / "bad.yaml")
    assert shown.exit_code == 1
    assert "programme 1: K1 -> K2: green at second 36 misses 1 s of 6 s intergreen\n" in shown.stdout
    for arguments in (
        ("export", tmp_path / "bad.yaml", "--out", tmp_path / "out.xml"),
        ("import", tmp_path / "bad.xml", "--out", tmp_path / "out.yaml"),
    ):
        refused = run(*arguments).exception
        assert isinstance(refused, FileError)
        assert "programme = '1': must be safe: K1 -> K2: green at second 36 misses 1 s" in str(refused)
    assert not list(tmp_path.glob("out.*"))


def test_a_changed_supply_says_that_the_files_checksums_are_left_out(run, tmp_path):
    run("import", GOLDEN, "--out", tmp_path / "s.yaml")
    text = (tmp_path / "s.yaml").read_text(encoding="utf-8").replace("distance_m: 150", "distance_m: 140")
    unsealed = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("sha256"))
    (tmp_path / "s.yaml").write_text(unsealed, encoding="utf-8")
    made = run("export", tmp_path / "s.yaml", "--out", tmp_path / "s.xml")
    assert "note: the data were changed since they were read" in made.stdout
    assert "Checksumme" not in (tmp_path / "s.xml").read_text(encoding="utf-8")


def test_stages_are_found_from_the_conflicts(run):
    made = json.loads(run("show", EXAMPLE, "--json").stdout)
    groups = {group for stage in made["stages_found"] for group in stage}
    assert {"K1", "K2"} <= groups
    assert not any({"K1", "K2"} <= set(stage) for stage in made["stages_found"]), "they conflict"
    said = run("show", EXAMPLE).stdout
    assert "stages found, fewest and in the order of the shortest interstages: " in said


def test_the_days_of_a_supply_become_rows_of_day_plan(run):
    said = run("show", EXAMPLE, "--days", "Mo-Fr,Sa,So")
    rows = said.stdout.partition("group_id,days,from_time,run\n")[2].splitlines()
    name = json.loads(run("show", EXAMPLE, "--json").stdout)["junction"]
    assert rows == [
        f"{name},mon,00:00,1",
        f"{name},mon,06:00,2",
        f"{name},mon,20:00,1",
        *(f"{name},{day},{text}" for day in ("tue", "wed", "thu", "fri") for text in ("00:00,1", "06:00,2", "20:00,1")),
        f"{name},sat,00:00,1",
        f"{name},sat,09:00,2",
        f"{name},sat,18:00,1",
        f"{name},sun,00:00,1",
        f"{name},holiday,00:00,1",
    ]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ("Mo-Fr,Sa", "--days = 'Mo-Fr,Sa': must name three days, for Monday to Friday, Saturday, and Sunday with"),
        ("Mo-Fr,Sa,Ostern", "day_of[sun] = 'Ostern': must be one of Mo-Fr, Sa, So"),
    ],
)
def test_days_that_are_not_in_the_supply_are_named(run, days, said):
    assert said in str(run("show", EXAMPLE, "--days", days).exception)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "x.json"), "x.json: file = 'x.json': must end in .xml or .yaml or .yml"),
        (("import", EXAMPLE, "--out", "y.yaml"), "must end in .xml"),
        (("import", GOLDEN, "--out", "y.txt"), "--out = 'y.txt': must end in .yaml or .yml"),
        (
            ("import", GOLDEN, "--out", "y.yaml", "--release", "9"),
            "--release = '9': must be a programme of junction EXAMPLE: 1, 2",
        ),
    ],
)
def test_bad_arguments_are_named(run, arguments, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    error = run(*arguments).exception
    assert said in str(error)
    assert not list(tmp_path.iterdir())
