"""`stadttakt simulate`."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from api.whatif.parts import Parts, part_of, seconds_by_part
from api.whatif.progress import run_progress
from simulator.study.result_files import read_result
from simulator.study.running import prepare, programme, run_task
from traffic_core.errors import InvalidValueError


def test_the_figures_are_a_table_in_the_planners_language(toy, scenarios, stadttakt):
    said = stadttakt("simulate", "blocked.yaml", "--seed", 3, "--lang", "de")
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[:3] == ["Ein Fahrstreifen gesperrt", "2026-11-24 07:00 to 08:00, Startwert 3", ""]
    assert lines[3].startswith("Mittlerer Zeitverlust je Fahrt  ")
    assert lines[3].endswith(" s")
    assert "," in lines[3]
    assert lines[13].split() == ["Mittlerer", "zusätzlicher", "Fußweg", "nach", "dem", "Parken", "–"]
    assert "s of CPU" in said.err
    assert toy.runs == [("blocked", 3)]
    assert toy.arguments == {"on_time": None, "checked": False}


def test_json_is_the_same_every_time_and_holds_what_made_it(toy, scenarios, stadttakt, le_model):
    first, second = (stadttakt("simulate", "blocked.yaml", "--json", "--checked") for _ in range(2))
    assert first.out == second.out
    said = json.loads(first.out)
    assert (said["scenario"], said["seed"]) == ("blocked", 1)
    assert said["fingerprint"] == prepare(scenarios / "blocked.yaml", le_model).fingerprint
    assert said["period"]["from"] == "2026-11-24T07:00:00+01:00"
    assert said["period"]["until_s"] - said["period"]["from_s"] == 3600.0
    assert said["figures"]["parking_walk_m"] is None
    assert toy.arguments["checked"] is True


def test_means_that_mislead_are_warned_of_on_the_error_stream(toy, scenarios, stadttakt):
    """In the toy's result as many trips are unfinished as done."""
    german = stadttakt("simulate", "morning.yaml", "--lang", "de")
    assert "Am Ende waren" in german.err
    assert "Am Ende waren" not in german.out
    english = stadttakt("simulate", "morning.yaml", "--json")
    assert "trips were still under way" in english.err
    json.loads(english.out)


def test_result_files_are_written(toy, scenarios, stadttakt):
    said = stadttakt("simulate", "morning.yaml", "--out", scenarios / "new" / "folder")
    assert said.code == 0
    assert "seed-0001.json" in said.err
    result = read_result(scenarios / "new" / "folder", "morning", 1)
    assert result is not None
    assert sorted(result.tables) == ["facility", "link", "town"]


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("nowhere",), ("stadttakt: scenario = 'nowhere'", "must be a scenario file that exists", "base, ")),
        (("blocked.yaml", "--seed", "1.5"), ("--seed", "valid integer")),
        (("blocked.yaml", "--seed", "-1"), ("--seed", "0")),
        (("bad.yaml",), ("bad.yaml, measure 1 (close_link)", "'L9999'", "must name a link")),
        (("morning.yaml", "--model", "no_model"), ("no_model", "must be a model folder")),
        (("morning.yaml", "--out", "morning.yaml"), ("--out = 'morning.yaml'", "must be a folder")),
    ],
)
def test_what_cannot_be_used_is_named_before_anything_runs(toy, scenarios, stadttakt, words, parts):
    bad = "extends: morning.yaml\nid: bad\ntitle_de: B\ntitle_en: B\nmeasures: [{measure: close_link, link: L9999}]\n"
    (scenarios / "bad.yaml").write_text(bad, encoding="utf-8")
    said = stadttakt("simulate", *words)
    assert said.code == 2
    assert all(part in said.err for part in parts), said.err
    assert toy.runs == []


def test_a_shipped_scenario_goes_by_its_id(toy, stadttakt):
    said = stadttakt("simulate", "neuer_markt_closed", "--json")
    assert said.code == 0, said.err
    assert json.loads(said.out)["scenario"] == "neuer_markt_closed"


def test_an_interrupted_run_has_no_result(toy, scenarios, stadttakt):
    toy.fails_at, toy.raises = ("morning", 1), KeyboardInterrupt
    said = stadttakt("simulate", "morning.yaml")
    assert said.code == 130
    assert said.out == ""
    assert "stopped" in said.err


def test_the_profile_says_where_the_time_went(toy, scenarios, stadttakt):
    said = stadttakt("simulate", "morning.yaml", "--profile")
    assert said.code == 0
    assert "with the profile" in said.err
    assert "%" in said.err.splitlines()[-1]


def test_library_time_counts_for_the_part_that_spends_it():
    import simulator  # noqa: PLC0415

    root = next(iter(simulator.__path__))
    lights, recorder = (f"{root}/lights.py", 1, "step"), (f"{root}/results/recorder.py", 1, "sample")
    library, builtin = ("/lib/numpy/core.py", 1, "sum"), ("~", 0, "<reduce>")
    stats = {
        lights: (1, 1, 1.0, 5.0, {}),
        recorder: (1, 1, 2.0, 4.0, {}),
        library: (4, 4, 2.0, 6.0, {lights: (3, 3, 1.5, 4.5), recorder: (1, 1, 0.5, 1.5)}),
        builtin: (4, 4, 4.0, 4.0, {library: (4, 4, 4.0, 4.0)}),
    }
    # Three quarters of numpy's 2 + 4 s are spent for the signals: 1 + 4.5 s, the rest for the recording: 2 + 1.5 s.
    assert seconds_by_part(stats) == pytest.approx({"signals": 5.5, "recording": 3.5})
    assert part_of("/lib/simpy/core.py") == "events (SimPy)"
    assert Parts().lines() == ()


def test_a_bar_shows_the_simulated_time_on_a_terminal_only(monkeypatch, capsys, scenarios, le_model):
    staged = prepare(scenarios / "morning.yaml", le_model).staged
    with run_progress(staged) as on_time:
        assert on_time is None
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    with run_progress(staged) as on_time:
        on_time(staged.start_s + staged.duration_s)
    assert "100 %" in capsys.readouterr().err


def test_a_worker_says_what_it_ran(toy, scenarios, le_model):
    """A task of another programme, model or scenario is done with the fingerprint of this one, and so found out."""
    from simulator.study.plan import Task  # noqa: PLC0415

    task = Task(
        scenario_id="morning", seed=1, fingerprint="x", scenario_file=scenarios / "morning.yaml", model_folder=le_model
    )
    prepared = prepare(scenarios / "morning.yaml", le_model)
    assert run_task(task).fingerprint == prepared.fingerprint != "x"
    assert programme() == programme()
    with pytest.raises(InvalidValueError, match="neither day nor period"):
        run_task(Task(scenario_id="morning", seed=1, fingerprint="x", model_folder=le_model))
    with pytest.raises(InvalidValueError, match="scenario morning names none"):
        run_task(Task(scenario_id="morning", seed=1, fingerprint="y", scenario_file=scenarios / "morning.yaml"))


def test_the_command_line_loads_no_simulator_for_its_help():
    code = "import sys, api.cli; print({'numpy', 'simulator', 'rich.progress', 'yaml'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
