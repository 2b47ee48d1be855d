"""A model folder as the simulator takes it."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from simulator.base_model import load_base
from simulator.scenario.fingerprint import fingerprint
from simulator.scenario.loading import load_scenario
from simulator.scenario.staging import stage_with_warnings
from traffic_core.errors import FileError

SCENARIO = """\
id: closure
title_de: Sperrung
title_en: Closure
day: 2026-11-24
from: 06:00
until: 10:00
measures:
  - {measure: close_link, link: [L097, L100]}
  - {measure: incident, link: L134, lanes_blocked: 1, from: 08:00, until: 08:30, position_m: 50}
  - {measure: event, name: Fair, zone: Z44, visitors_veh: 3000, arrive_from: 07:00, arrive_until: 09:30}
  - {measure: close_facility, facility: NEUER-MARKT}
"""


def test_the_shipped_model_is_loaded_and_a_scenario_staged(le_model, tmp_path):
    base = load_base(le_model)
    assert (base.id, base.timezone) == ("leinfelden_echterdingen", "Europe/Berlin")
    assert base.network.links
    assert base.junctions
    (tmp_path / "closure.yaml").write_text(SCENARIO, encoding="utf-8")
    staged, warnings = stage_with_warnings(load_scenario(tmp_path / "closure.yaml"), base)
    assert "closure.yaml, measure 1 (close_link): detector D001 goes with link L097" in warnings
    visitors = [event.veh for event in staged.events if hasattr(event, "veh")]
    assert sum(visitors) == pytest.approx(3_000.0)
    assert fingerprint(staged) != ""


def test_bus_lines_go_round_a_closure_over_permitted_turns(le_model, tmp_path):
    base = load_base(le_model)
    (tmp_path / "closure.yaml").write_text(SCENARIO, encoding="utf-8")
    model = stage_with_warnings(load_scenario(tmp_path / "closure.yaml"), base).staged.model
    joined = {(turn.from_link, turn.to_link) for turn in model.network.turns.values()}
    for line in model.lines:
        assert set(pairwise(line.links)) <= joined
    calls = {line.id: [call.stop_id for call in line.calls] for line in base.lines}
    for line in model.lines:
        kept = [call.stop_id for call in line.calls]
        assert kept == [stop for stop in calls[line.id] if stop in kept]


def test_every_example_of_the_page_but_the_supply_folder_fits_the_shipped_model(le_model, tmp_path):
    base = load_base(le_model)
    page = (Path(__file__).resolve().parents[2] / "docs" / "scenarios.md").read_text(encoding="utf-8")
    examples = re.findall(r"^ *- \{measure: (?!new_signal).*\}$", page, re.MULTILINE)
    assert len(examples) > 20
    head = SCENARIO.split("  - ", maxsplit=1)[0]
    for example in examples:
        (tmp_path / "example.yaml").write_text(f"{head}{example}\n", encoding="utf-8")
        stage_with_warnings(load_scenario(tmp_path / "example.yaml"), base)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("id: x\n", "model.yaml: timezone = None: must be text"),
        ("id: x\ntimezone: Mars/North\n", "model.yaml: timezone = 'Mars/North': must be a time zone"),
        ("id: a/b\ntimezone: Europe/Berlin\n", "model.yaml: id = 'a/b': must be printable"),
        ("- x\n", "must be a mapping"),
        ("id: [\n", "must be YAML"),
    ],
)
def test_a_model_that_does_not_say_what_it_is_is_refused(tmp_path, text, part):
    (tmp_path / "model.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        load_base(tmp_path)
    assert part in str(caught.value)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileError, match="must be a model folder"):
        load_base(tmp_path / "gone")
