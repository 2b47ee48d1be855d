"""`stadttakt plans verify`: exit codes, the report for people and for machines, what cannot be read."""

from __future__ import annotations

import csv
import json
import re
import shutil
from dataclasses import replace
from types import SimpleNamespace

import pytest
import typer
from typer.testing import CliRunner

from api.errors import ConfigError
from api.plans import verify_command, verify_run
from api.plans.released import Released, changes_since, read_released, values_of
from api.plans.verify_report import VerifyReport, as_document, print_report
from api.plans.verify_supply import read_supply
from signal_plans.verifying.limits import Limits
from signal_plans.verifying.random_programmes import Agreement
from signal_plans.verifying.trial import KERNEL, MONITOR, Tally
from signal_plans.verifying.violation import Check, Violation
from traffic_core.errors import FileError

JUNCTION = "N20"
TABLES = ("signal_group.csv", "intergreen.csv", "stage.csv", "programme.csv")


@pytest.fixture
def verify():
    """The command by itself, called with arguments."""
    app = typer.Typer()
    app.callback()(lambda: None)
    verify_command.register(app)

    def call(*arguments):
        return CliRunner().invoke(app, ["verify", *map(str, arguments)])

    return call


@pytest.fixture
def model(tmp_path, le_model):
    """The shipped network with one programme of one junction of three groups."""
    return copy_of(le_model, tmp_path, JUNCTION)


def copy_of(le_model, tmp_path, *junctions):
    for table in le_model.glob("*.csv"):
        shutil.copyfile(table, tmp_path / table.name)
    for table in TABLES:
        with (le_model / table).open(encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream)
        with (tmp_path / table).open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([header, *(row for row in rows if row[0] in junctions and "P2" not in row)])
    return tmp_path


def change_first_programme_row(model, column, by):
    path = model / "programme.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    rows[0][column] = str(int(rows[0][column]) + by)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return rows[0]


@pytest.mark.slow
def test_a_safe_supply_is_proven_and_the_json_is_the_same_each_time(verify, model, tmp_path):
    said = verify(model, "--json")
    assert said.exit_code == 0
    report = json.loads(said.stdout)
    assert (report["passed"], report["violations"]) == (True, [])
    assert (report["junctions"], report["programmes"]) == (1, 1)
    assert report["switches"]["ordered_pairs"] == 1
    assert report["switches"]["second_pairs"] == 70**2
    assert report["node_seconds_total"] == sum(report["node_seconds"].values()) > 70**2
    assert set(report["fingerprints"]) == {JUNCTION, f"{JUNCTION}/P1"}
    assert verify(model, "--json").stdout == said.stdout
    released = tmp_path / "released.json"
    released.write_text(said.stdout, encoding="utf-8")
    assert verify(model, "--json", "--released", released).exit_code == 0
    change_first_programme_row(model, "green_length_s", -1)
    changed = verify(model, "--json", "--released", released)
    assert changed.exit_code == 1
    (found,) = json.loads(changed.stdout)["violations"]
    assert (found["rule"], found["junction_id"], found["programmes"]) == ("fingerprint", JUNCTION, ["P1"])
    assert re.fullmatch(
        rf"programme {JUNCTION}/P1 has changed; group \S+ green: (\d+) to (\d+) -> \1 to \d+", found["detail"]
    )


@pytest.mark.slow
def test_the_report_for_people_names_programmes_switches_and_node_seconds(verify, model):
    said = verify(model, "--mutate", "30", "--random", "20", "--seed", "2")
    assert said.exit_code == 0
    text = " ".join(said.stdout.split())
    assert "1 junction, 1 programmes, 1 ordered switches" in text
    assert "node-seconds watched in" in text
    assert "switch at a wrong second" in text
    assert "20 random programmes" in text
    assert text.endswith("0 violations")


def test_an_unsafe_programme_is_a_violation_with_pair_second_and_missing_time(verify, model):
    row = change_first_programme_row(model, "green_length_s", 5)
    said = verify(model, "--json")
    assert said.exit_code == 1
    report = json.loads(said.stdout)
    assert not report["passed"]
    found = report["violations"][0]
    assert (found["check"], found["junction_id"], found["programmes"]) == ("intervals", JUNCTION, ["P1"])
    assert found["rule"] == "intergreen"
    assert row["group_id"] in {found["clearing"], found["entering"]}
    assert found["missing_s"] > 0
    assert "programme.csv, row 2: reading has stopped" in report["note"]
    for_people = verify(model)
    assert for_people.exit_code == 1
    assert "nothing else was checked" in " ".join(for_people.stdout.split())


class AtOnce:
    """Stands in for a pool of processes."""

    def __init__(self, *_, **__):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def submit(self, function, *arguments):
        done = function(*arguments)
        return SimpleNamespace(result=lambda: done)


@pytest.mark.slow
def test_many_junctions_are_shared_out_and_make_one_proof(tmp_path, le_model, monkeypatch):
    folder = copy_of(le_model, tmp_path, "N20", "N80")
    junctions = read_supply(folder)
    whole = verify_run._proof(folder, junctions, Limits())
    monkeypatch.setattr(verify_run, "MANY_JUNCTIONS", 2)
    monkeypatch.setattr(verify_run, "ProcessPoolExecutor", AtOnce)
    assert verify_run._proof(folder, junctions, Limits()) == whole
    assert whole.junctions == 2


def test_a_table_that_cannot_be_read_is_an_error_of_its_own(model):
    with (model / "programme.csv").open("a", encoding="utf-8") as stream:
        stream.write(f"{JUNCTION},P1,seventy,0,K1,1,10,estimated,test\n")
    with pytest.raises(FileError, match=r"programme.csv, row \d+: cycle_s = 'seventy'"):
        read_supply(model)


@pytest.mark.parametrize("name", ["nowhere", "supply.txt"])
def test_a_path_that_is_no_supply_is_refused(tmp_path, name):
    with pytest.raises(ConfigError, match=r"must be a model folder or a file that ends in \.xml, \.yaml, \.yml"):
        read_supply(tmp_path / name)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no JSON"),
        ("[]", "must be those of an earlier"),
        ('{"fingerprints": {"a": 1}}', "must be those"),
        ('{"fingerprints": {"a": "b"}, "values": {"a": {"b": 1}}}', "values: must be those"),
        ('{"fingerprints": {"a": "b"}, "values": 1}', "values: must be those"),
    ],
)
def test_released_fingerprints_that_cannot_be_used_are_refused(tmp_path, text, said):
    path = tmp_path / "released.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        read_released(path)


def test_a_list_of_released_fingerprints_that_is_missing_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        read_released(tmp_path / "none.json")


def test_what_has_changed_is_told_value_by_value(le_model):
    was = {JUNCTION: read_supply(le_model)[JUNCTION]}
    first = was[JUNCTION].programmes[0]
    moved = replace(first, offset_s=(first.offset_s + 7) % first.cycle_s)
    now = {JUNCTION: replace(was[JUNCTION], programmes=(moved, *was[JUNCTION].programmes[1:]))}
    name = f"{JUNCTION}/P1"
    old, new = values_of(was), values_of(now)
    prints, after = {JUNCTION: "rules", name: "a"}, {JUNCTION: "rules", name: "b"}
    (found,) = changes_since(Released(prints, old), after, new)
    assert found.detail == f"programme {name} has changed; offset_s: {first.offset_s} -> {moved.offset_s}"
    (found,) = changes_since(Released(prints, {}), after, new)
    assert found.detail == f"programme {name} has changed; the release holds no values to compare"
    pair, time_s = min(was[JUNCTION].layout.intergreen.times_s.items())
    what = f"intergreen {pair[0]} -> {pair[1]} s"
    assert old[JUNCTION][what] == str(time_s)
    old[JUNCTION] |= {what: "99", "intergreen X -> Y s": "4"}
    (found,) = changes_since(Released(prints | {JUNCTION: "others"}, old), prints, new)
    assert found.detail == f"rules {JUNCTION} has changed; {what}: 99 -> {time_s}; intergreen X -> Y s: 4 -> none"
    strange, missing = changes_since(Released({JUNCTION: "rules", f"{JUNCTION}/P0": "x"}, old), prints, new)
    assert missing.detail == f"programme {name} was not released"
    assert strange.detail == f"programme {JUNCTION}/P0 is missing"


def tally(caught):
    found = Tally((MONITOR, KERNEL))
    found.note({MONITOR: True, KERNEL: caught}, unsafe=True)
    return found


def test_a_mutant_that_slips_through_and_a_disagreement_fail_the_report(capsys):
    report = VerifyReport(supply="x", proof=None, violations=(), mutants={"overlap": tally(caught=False)})
    assert not report.passed
    assert as_document(report)["mutants"]["overlap"]["passed"] is False
    print_report(report, as_json=False)
    assert "0 violations, but a checker was wrong" in capsys.readouterr().out
    agreement = Agreement(safe=1, unsafe=1, disagreements=1, examples=["programme 0: [oracle]"])
    report = VerifyReport(supply="x", proof=None, violations=(), agreement=agreement)
    assert not report.passed
    print_report(report, as_json=False)
    assert "programme 0: [oracle]" in capsys.readouterr().out


def test_of_many_violations_people_see_the_first_ones(capsys):
    violation = Violation(
        check=Check.SWITCH,
        junction_id="J",
        programmes=("P1", "P2"),
        rule="plan",
        clearing="A",
        entering="B",
        second=7,
        missing_s=3,
    )
    print_report(VerifyReport(supply="x", proof=None, violations=(violation,) * 60), as_json=False)
    text = capsys.readouterr().out
    assert "P1 -> P2" in text
    assert "A -> B" in text
    assert "and 10 more" in text
    assert "60 violations" in text


@pytest.mark.shared
def test_a_supply_file_is_read_by_its_suffix(shared_data):
    (junction,) = read_supply(shared_data / "signals" / "hamburg_2394_extract.ocit-c.xml").values()
    assert len(junction.programmes) == 5
