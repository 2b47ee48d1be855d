"""Scenario files: what is read, what is inherited, what is refused."""

from __future__ import annotations

import datetime as dt
import pickle
import textwrap

import pytest

from simulator.scenario.loading import load_scenario
from simulator.scenario.problems import ScenarioError
from simulator.scenario.scenario import instant_s, is_skipped, minutes_of, time_of
from simulator.scenario.staging import stage_with_warnings
from traffic_core.errors import FileError
from traffic_core.plain_yaml import read_plain_yaml


def test_defaults_are_those_of_the_schema(written):
    scenario = load_scenario(written())
    assert (scenario.id, scenario.day) == ("case", dt.date(2026, 11, 24))
    assert (scenario.from_min, scenario.until_min, scenario.warm_up_s) == (360, 600, 1_800.0)
    assert (scenario.kappa, scenario.centre, scenario.step_s, scenario.measures) == (0.2, True, 1.0, ())
    assert (scenario.devices.detector_miss_share, scenario.model) == (0.0, None)


def test_a_variant_inherits_and_adds(written, tmp_path):
    written("first", "measure: kappa, share: 0.3", more="kappa: 0.5\nmodel: town\nsources: [a]\n")
    text = "extends: first.yaml\nid: second\ntitle_de: B\ntitle_en: B\nuntil: '24:00'\nsources: [b, a]\n"
    (tmp_path / "second.yaml").write_text(text + "measures: [{measure: remove_sign, sign: S1}]\n", encoding="utf-8")
    scenario = load_scenario(tmp_path / "second.yaml")
    assert (scenario.id, scenario.until_min, scenario.kappa) == ("second", 1_440, 0.5)
    assert scenario.model == tmp_path / "town"
    assert scenario.sources == ("a", "b")
    assert [str(measure.place) for measure in scenario.measures] == [
        "first.yaml, measure 1 (kappa)",
        "second.yaml, measure 1 (remove_sign)",
    ]


def test_files_that_extend_each_other_in_a_circle_are_refused(tmp_path):
    for name, other in (("a", "b"), ("b", "a")):
        text = f"extends: {other}.yaml\nid: {name}\ntitle_de: x\ntitle_en: x\n"
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=r"b\.yaml: extends = 'a\.yaml': must not lead back to the same file"):
        load_scenario(tmp_path / "a.yaml")


def test_all_that_is_wrong_with_the_values_is_said_at_once(written):
    path = written(
        "bad",
        "measure: new_facility, id: G, name: G, district: G, kind: garage, capacity_veh: -4, mean_stay_min: 60",
        "measure: close_link, link: 7",
        "measure: teleport",
        "link: W_X",
        "measure: speed, link: W_X, speed_km_h: .inf, colour: red",
        "measure: incident, link: W_X, lanes_blocked: 1, from: 7:00, until: 25:00",
        "measure: control, junction: X, mode: none",
        more="kappa: 1.5\nstep_s: fast\ncentre: yes\n",
    )
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    lines = str(caught.value).splitlines()
    assert lines[0] == "12 errors"
    for part in (
        "bad.yaml: kappa = 1.5: must be at most 1",
        "bad.yaml: step_s = 'fast': must be a number",
        "bad.yaml: centre = 'yes': must be true or false",
        "bad.yaml, measure 1 (new_facility): capacity_veh = -4: must be at least 1",
        "bad.yaml, measure 2 (close_link): link = 7: must be an id or a list of ids",
        "bad.yaml, measure 4 (?): measure: must have the key measure",
        "bad.yaml, measure 5 (speed): speed_km_h = inf: must be a finite number",
        "bad.yaml, measure 5 (speed): colour = 'red': is no key here",
        "bad.yaml, measure 6 (incident): from = '7:00': must be a local time HH:MM from 00:00 to 24:00",
        "bad.yaml, measure 6 (incident): until = '25:00': must be a local time HH:MM from 00:00 to 24:00",
        "bad.yaml, measure 7 (control): mode = 'none': must be 'own', 'centre' or 'adaptive'",
    ):
        assert part in lines
    assert any(
        line.startswith("bad.yaml, measure 3 (teleport): measure = 'teleport': must be one of") for line in lines
    )


def test_an_error_survives_the_way_between_processes(written):
    with pytest.raises(ScenarioError) as caught:
        load_scenario(written(more="kappa: 2.0\n"))
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301  own bytes


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("id: [", "must be YAML"),
        ("- a\n", "must be a mapping of keys"),
        ("", "must be a mapping of keys"),
        ("id: a\nid: b\n", "row 2: file = 'x.yaml': must be YAML: the key 'id' stands twice"),
        ("a: &x 1\nb: *x\n", "aliases"),
        ("id: a\ntitle_de: x\ntitle_en: x\n", "day: must be given, here or in a scenario that it extends"),
        ("id: a/b\ntitle_de: x\ntitle_en: x\n", "id = 'a/b': must be at most 80 letters"),
        ("extends: none.yaml\nid: a\ntitle_de: x\ntitle_en: x\n", "none.yaml: file"),
        ("id: a\ntitle_de: x\ntitle_en: x\nday: 2026-02-30\n", "day = '2026-02-30': must be a day YYYY-MM-DD"),
        (
            "id: a\ntitle_de: x\ntitle_en: x\nday: 2026-02-03\nfrom: 10:00\nuntil: 09:00\n",
            "until = '09:00': must be after from = '10:00'",
        ),
        (
            "id: a\ntitle_de: x\ntitle_en: x\nday: 2026-02-03\nfrom: 10:00\nuntil: 11:00\nwarm_up_min: 0.123\n",
            "warm_up_min = 0.123: must be whole seconds",
        ),
    ],
)
def test_a_file_that_is_no_scenario_is_refused(tmp_path, text, part):
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError) as caught:
        load_scenario(path)
    assert part in str(caught.value)
    assert ".yaml" in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileError, match=r"gone\.yaml: file = .*must be readable"):
        load_scenario(tmp_path / "gone.yaml")


def test_words_stay_words():
    text = """\
        time: 10:00
        day: 2026-11-24
        whole: -3
        decimal: 1e3
        truth: true
        word: yes
        nothing:
        """
    assert read_plain_yaml(textwrap.dedent(text)) == {
        "time": "10:00",
        "day": "2026-11-24",
        "whole": -3,
        "decimal": 1_000.0,
        "truth": True,
        "word": "yes",
        "nothing": None,
    }


def test_times_are_those_of_the_clocks_in_town():
    assert (minutes_of("07:30"), time_of(450), minutes_of("24:00")) == (450, "07:30", 1_440)
    day = dt.date(2026, 10, 25)  # the night in which 02:00 to 03:00 comes twice
    assert instant_s(day, 360, "Europe/Berlin") - instant_s(day, 0, "Europe/Berlin") == 7 * 3_600.0
    assert instant_s(day, 1_440, "Europe/Berlin") == instant_s(dt.date(2026, 10, 26), 0, "Europe/Berlin")
    assert instant_s(dt.date(2026, 11, 24), 420, "Europe/Berlin") == 1_795_500_000.0


@pytest.mark.parametrize("day", ["20261124", "24.11.2026", "2026-W48-2", "2026-02-30", "0001-01-01", "9999-12-31"])
def test_a_day_is_written_in_one_way_and_lies_in_the_years_that_clocks_know(tmp_path, day):
    file = tmp_path / "s.yaml"
    file.write_text(f"id: s\ntitle_de: a\ntitle_en: b\nday: {day}\nfrom: 07:00\nuntil: 08:00\n")
    with pytest.raises(ScenarioError, match=r"s.yaml: day = .*must be a day YYYY-MM-DD of the years 1970 to 2199"):
        load_scenario(file)


def test_an_empty_list_is_said_in_plain_words(tmp_path):
    file = tmp_path / "s.yaml"
    text = "id: s\ntitle_de: a\ntitle_en: b\nday: 2026-11-24\nfrom: 07:00\nuntil: 08:00\n"
    file.write_text(text + "measures:\n  - {measure: close_link, link: []}\n")
    with pytest.raises(ScenarioError, match=r"measure 1 \(close_link\): link: must have at least 1 entry"):
        load_scenario(file)


@pytest.mark.parametrize(
    ("day", "time", "skipped"),
    [
        ("2026-03-29", "01:59", False),
        ("2026-03-29", "02:00", True),
        ("2026-03-29", "02:59", True),
        ("2026-03-29", "03:00", False),
        ("2026-10-25", "02:30", False),
        ("2026-03-28", "24:00", False),
    ],
)
def test_the_hour_that_the_clocks_leave_out_in_march_is_known(day, time, skipped):
    assert is_skipped(dt.date.fromisoformat(day), minutes_of(time), "Europe/Berlin") is skipped


def test_times_that_the_clocks_leave_out_are_refused(written, base):
    head = "id: {name}\ntitle_de: a\ntitle_en: b\nday: 2026-03-29\nfrom: 01:00\nuntil: 02:30\n"
    file = written("case", "measure: close_facility, facility: GP, from: 02:10, until: 02:20", head=head)
    with pytest.raises(ScenarioError, match="clocks show on 2026-03-29") as caught:
        stage_with_warnings(load_scenario(file), base)
    named = [(problem.place.number, problem.field) for problem in caught.value.problems]
    assert named[:3] == [(0, "until"), (1, "from"), (1, "until")]
