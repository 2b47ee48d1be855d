"""`stadttakt network check`: exit codes, the report for people and for machines, drawings in a folder."""

from __future__ import annotations

import pytest

from api.planning.check.check import read_facts
from api.town import load_town
from traffic_core.consistency.check import check_model
from traffic_core.consistency.confidence import read_confidence_shares
from traffic_core.consistency.findings import Severity
from traffic_core.errors import FileError


def edit(path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} must be in {path.name} once"
    path.write_text(text.replace(old, new), encoding="utf-8")


def drop_lines(path, part: str) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if part not in line]
    assert len(kept) < len(lines)
    path.write_text("".join(kept), encoding="utf-8")


def test_a_sound_model_is_left_with_zero(stadttakt, village):
    said = stadttakt("network", "check", village)
    assert said.code == 0
    assert "0 errors" in said.out
    assert "5 nodes" in said.out
    assert "10 links" in said.out


def test_the_json_report_is_one_object_on_stdout(stadttakt, village):
    said = stadttakt("network", "check", village, "--json")
    report = said.json
    assert said.err == ""
    assert report["sizes"]["turns"] == 14
    assert report["found"]["error"] == 0
    assert report["controls"] == {"none": 3, "gate": 2}
    assert [len(part["links"]) for part in report["components"]] == [10]
    node = next(share for share in report["confidence"] if share["table"] == "node")
    assert (node["rows"], node["estimated"]) == (5, 5)
    for finding in report["findings"]:
        assert set(finding) == {"severity", "kind", "record", "value", "limit", "sentence"}


def test_a_street_that_cannot_be_left_is_an_error_and_the_code_is_one(stadttakt, village):
    drop_lines(village / "movement.csv", "C,AC,")
    drop_lines(village / "zone.csv", "ZC")
    drop_lines(village / "demand.csv", "ZC")
    said = stadttakt("network", "check", village, "--json")
    assert said.code == 1
    found = {(finding["severity"], finding["kind"], finding["record"]) for finding in said.json["findings"]}
    assert ("error", "no_way_on", "link AC") in found
    for_people = stadttakt("network", "check", village)
    assert for_people.code == 1
    assert "no_way_on" in for_people.out


def test_the_shipped_model_has_no_errors(le_model):
    findings = check_model(read_facts(le_model, load_town(le_model)))
    assert [finding.sentence for finding in findings if finding.severity is Severity.ERROR] == []


def test_full_names_every_finding(stadttakt, village, monkeypatch):
    monkeypatch.setenv("COLUMNS", "250")
    short, full = (stadttakt("network", "check", village, *more).out for more in ((), ("--full",)))
    assert "for example" in short
    assert "for example" not in full
    assert "record" in full


def test_an_unusable_model_is_left_with_two(stadttakt, village):
    edit(village / "link.csv", "BE,Street BE,B,E", "BE,Street BE,B,X")
    said = stadttakt("network", "check", village)
    assert said.code == 2
    assert "link.csv, row" in said.err
    assert "'X'" in said.err
    assert said.out == ""


def test_each_named_junction_is_drawn(stadttakt, village, tmp_path):
    folder = tmp_path / "plans" / "new"
    said = stadttakt("network", "check", village, "--drawings", folder, "--junction", "B", "--junction", "A", "--json")
    assert [path.rpartition("/")[2] for path in said.json["drawings"]] == ["B.svg", "A.svg"]
    assert sorted(path.name for path in folder.iterdir()) == ["A.svg", "B.svg"]


def test_signals_and_roundabouts_are_drawn_unless_all_are_asked_for(stadttakt, village, tmp_path):
    edit(village / "node.csv", "A,A,9.11,48.7,none", "A,A,9.11,48.7,roundabout")
    some = stadttakt("network", "check", village, "--drawings", tmp_path / "some", "--json")
    every = stadttakt("network", "check", village, "--drawings", tmp_path / "every", "--all", "--json")
    assert len(some.json["drawings"]) == 1
    assert len(every.json["drawings"]) == 5


def test_drawings_of_two_runs_are_the_same_bytes(stadttakt, village, tmp_path):
    for name in ("one", "two"):
        stadttakt("network", "check", village, "--drawings", tmp_path / name, "--junction", "A")
    one, two = ((tmp_path / name / "A.svg").read_bytes() for name in ("one", "two"))
    assert one == two
    assert b"<dc:date>" not in one


@pytest.mark.parametrize(
    ("arguments", "said_of"),
    [
        (("--junction", "B"), "--drawings"),
        (("--all",), "--drawings"),
        (("--drawings", "{plans}", "--junction", "nowhere"), "--junction = 'nowhere'"),
    ],
)
def test_options_that_make_no_sense_are_left_with_two(stadttakt, village, tmp_path, arguments, said_of):
    filled = [argument.format(plans=tmp_path / "plans") for argument in arguments]
    said = stadttakt("network", "check", village, *filled)
    assert said.code == 2
    assert said_of in said.err


def test_a_folder_that_is_a_file_is_named(stadttakt, village, tmp_path):
    (tmp_path / "plans").write_text("a file", encoding="utf-8")
    said = stadttakt("network", "check", village, "--drawings", tmp_path / "plans", "--all")
    assert said.code == 2
    assert "--drawings" in said.err


def test_a_confidence_that_is_none_is_named(village):
    edit(village / "zone.csv", "C,estimated", "C,guessed")
    with pytest.raises(FileError, match=r"zone\.csv, row 4: confidence = 'guessed': must be one of anchor, derived"):
        read_confidence_shares(village)


def test_tables_without_a_confidence_are_not_counted(tmp_path):
    (tmp_path / "a.csv").write_text("id,name\n1,x\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("id,confidence\n1,anchor\n2,derived\n", encoding="utf-8")
    (share,) = read_confidence_shares(tmp_path)
    assert (share.table, share.rows, share.anchor, share.derived) == ("b", 2, 1, 1)
