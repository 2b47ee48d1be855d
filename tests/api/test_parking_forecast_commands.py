"""`stadttakt parking train` and `evaluate`: what they read, what they print, what they refuse."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from api.errors import ConfigError
from api.parking import evaluate_command, train_command
from api.parking.evaluate_run import evaluate
from api.parking.forecast_report import evaluation_lines
from api.parking.prepared import HistorySettings
from api.parking.recorded import TOLD, capacities, free_series, read_recorded
from api.parking.train_run import TrainSettings, run_train
from parking.forecast.boosting import Growth
from parking.forecast.model_file import read_model, read_report
from parking.forecast.training import TrainingSettings
from traffic_core.errors import FileError

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
WEEKS = 18
FEW = Growth(trees=10, depth=2, rate=0.3, least_rows=20)
SMALL = TrainingSettings(
    timezone="Europe/Berlin",
    holidays="bw",
    growth=FEW,
    spread_growth=FEW,
    odds_growth=FEW,
    fit_rows=2_000,
    validation_rows=1_500,
)


def rows(places=("A", "B")):
    chance = np.random.default_rng(4)
    for quarter in range(WEEKS * 7 * 96):
        at = BEGIN + timedelta(minutes=15 * quarter)
        hour = quarter % 96 / 4.0
        bell = np.exp(-(((hour - 12.0) / 3.0) ** 2)) * (1.05 if quarter // 96 % 7 < 5 else 0.4)
        for place in places:
            yield at, place, int(np.clip(round(100 * (1.0 - bell) + chance.normal()), 0, 100))


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    path = tmp_path_factory.mktemp("histories") / "free.csv.gz"
    with gzip.open(path, "wt") as file:
        file.write("ts_utc,place_id,free\n")
        file.writelines(f"{at:%Y-%m-%dT%H:%M:%S},{place},{free}\n" for at, place, free in rows())
        file.write("2026-05-11T00:00:00,C,7\n")
    return path


def settings(path, **values):
    known = {"capacities": None, "timezone": "Europe/Berlin", "holidays": "bw"}
    return HistorySettings(history=path, **(known | values))


@pytest.mark.slow
def test_evaluation_tests_on_the_last_quarter_and_names_what_it_left_out(history):
    report = evaluate(settings(history), SMALL)
    assert report["history"] == "free.csv.gz"
    assert report["test_from"].startswith("2026-04-09")
    assert [of["id"] for of in report["facilities"]] == ["A", "B"]
    assert report["skipped"] == {"C": "no capacity"}
    overall = report["overall"]["120"]
    assert overall["model"] < overall["persistence"]
    assert 0.8 < overall["within_90"] <= 1.0
    rules = {"naive", "threshold_3", "hysteresis_2_4", "persistence", "learned"}
    assert set(report["signs"]["rules"]) == set(report["signs"]["raw_rules"]) == rules
    assert set(report["overall_forgetful"]) == set(report["overall"])
    assert report["signs"]["persistence_thresholds"].keys() == report["signs"]["thresholds"].keys()
    assert json.loads(json.dumps(report)) == report
    lines = evaluation_lines(report)
    assert sum(line.startswith("  learned") for line in lines) == 2
    assert sum(line.startswith("  persistence") for line in lines) == 2
    assert lines[-1] == "left out: C (no capacity)"


@pytest.mark.slow
def test_training_writes_a_model_that_says_what_won(history, tmp_path, capsys):
    out = tmp_path / "model.npz"
    run_train(TrainSettings(source=settings(history), out=out, as_json=True), SMALL)
    printed = json.loads(capsys.readouterr().out)
    assert read_report(out) == printed
    assert read_model(out).facility_ids == ("A", "B")
    leads = printed["facilities"][0]["leads"]
    assert list(leads) == ["5", "10", "15", "30", "60", "120"]
    assert leads["120"]["variant"] == "model"
    assert leads["120"]["model"] < leads["120"]["persistence"]
    run_train(TrainSettings(source=settings(history), out=out, as_json=False), SMALL)
    assert "taken: model" in capsys.readouterr().out


OCCUPANCY = """Name,LastUpdate,DateUploaded,Occupancy,Capacity,Status
Nord,2026-07-01 12:00:00,2026-07-01 12:01:00,30,100,Filling
Nord,2026-07-01 12:05:00,2026-07-01 12:06:00,40,100,Filling
Nord,2026-07-01 12:10:00,2026-07-01 12:11:00,40,90,Static
Nord,broken,2026-07-01 12:11:00,40,90,Static
Nord,2026-07-01 12:15:00,2026-07-01 12:16:00,many,90,Static
Nord,2026-07-01 12:15:00
Nord,2026-07-01 12:20:00,2026-07-01 12:21:00,10,0,Static
"""


def test_occupancies_become_free_places_of_the_usual_capacity_in_local_time(tmp_path):
    path = tmp_path / "occupancy.csv"
    path.write_text(OCCUPANCY)
    recorded = read_recorded(path, ZoneInfo("Europe/London"))
    known = capacities(recorded, None, 1e12)
    assert (known["Nord"].capacity_veh, known["Nord"].origin) == (100, TOLD)
    series = free_series(recorded, known)["Nord"]
    assert series.free_veh.tolist() == [70, 60, 60]
    assert datetime.fromtimestamp(int(series.at_s[0]), UTC) == datetime(2026, 7, 1, 11, tzinfo=UTC)
    assert dict(recorded.rejected) == {"malformed": 3, "out_of_range": 1}
    assert recorded.rows == 7


def free_file(tmp_path, *lines):
    path = tmp_path / "free.csv"
    path.write_text("\n".join(["ts_utc,place_id,free", *lines]) + "\n")
    return path


def test_an_estimated_capacity_needs_three_witnesses_and_does_not_see_the_future(tmp_path):
    numbers = (50, 60, 60, 61, 9_000)
    path = free_file(tmp_path, *(f"2026-07-01T12:{minute:02d}:00,A,{free}" for minute, free in enumerate(numbers)))
    recorded = read_recorded(path, ZoneInfo("UTC"))
    begin_s = int(recorded.series["A"].at_s[0])
    assert capacities(recorded, None, begin_s + 1e6)["A"].capacity_veh == 60
    assert capacities(recorded, None, begin_s + 150.0)["A"].capacity_veh == 50
    assert capacities(recorded, None, begin_s + 60.0) == {}


def test_a_given_capacity_goes_before_an_estimated_one(tmp_path):
    path = free_file(tmp_path, *(f"2026-07-01T12:0{minute}:00,{key},5" for minute in range(4) for key in "AB"))
    given = tmp_path / "capacities.csv"
    given.write_text("place_id,capacity\nA,80\n")
    known = capacities(read_recorded(path, ZoneInfo("UTC")), given, 1e12)
    assert {key: (of.capacity_veh, of.origin) for key, of in known.items()} == {
        "A": (80, "given"),
        "B": (5, "estimated from the history"),
    }


def test_one_row_of_a_wrong_year_does_not_stretch_the_history(tmp_path):
    lines = [f"2026-07-01T12:{minute:02d}:00,A,5" for minute in range(10)]
    recorded = read_recorded(
        free_file(tmp_path, "2002-01-01T00:00:00,A,5", *lines, "2199-01-01T00:00:00,A,5"), ZoneInfo("UTC")
    )
    assert recorded.series["A"].at_s.size == 10
    assert dict(recorded.rejected) == {"impossible_time": 2}


def test_a_broken_archive_is_read_as_far_as_it_goes(tmp_path):
    path = tmp_path / "occupancy.csv.gz"
    body = OCCUPANCY.splitlines()[0] + "\n" + OCCUPANCY.splitlines()[1] + "\n"
    packed = gzip.compress(("".join([body, *(body.splitlines()[1] + "\n" for _ in range(50_000))])).encode())
    path.write_bytes(packed[: len(packed) // 2])
    assert read_recorded(path, ZoneInfo("UTC")).rows > 100


def run(register, *arguments):
    app = typer.Typer()
    app.callback()(lambda: None)
    register(app)
    result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--timezone", "Mars/Olympus"), r"--timezone = 'Mars/Olympus': must be a time zone"),
        (("--holidays", "by"), r"--holidays = 'by': must be one of bw, none"),
        (("--capacities", "missing.csv"), r"--capacities = 'missing.csv': cannot be read"),
    ],
)
def test_options_that_cannot_be_used_are_named(tmp_path, options, message):
    path = free_file(tmp_path, "2026-07-01T12:00:00,A,5")
    with pytest.raises(ConfigError, match=message):
        run(evaluate_command.register, "evaluate", str(path), *options)


def test_a_history_that_is_missing_or_empty_or_short_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"HISTORY = .*none.csv.*must be a file"):
        run(evaluate_command.register, "evaluate", str(tmp_path / "none.csv"))
    with pytest.raises(FileError, match="rows that can be used"):
        run(evaluate_command.register, "evaluate", str(free_file(tmp_path, "nonsense")))
    with pytest.raises(FileError, match="whose capacity can be told"):
        run(evaluate_command.register, "evaluate", str(free_file(tmp_path, "2026-07-01T12:00:00,A,5")))
    lines = [f"2026-07-01T12:{minute:02d}:00,A,5" for minute in range(10)]
    with pytest.raises(FileError, match="at least 28 days"):
        run(evaluate_command.register, "evaluate", str(free_file(tmp_path, *lines)))


def test_capacities_of_another_form_are_named(tmp_path):
    given = tmp_path / "capacities.csv"
    given.write_text("place_id,capacity\nA,many\n")
    path = free_file(tmp_path, "2026-07-01T12:00:00,A,5")
    with pytest.raises(FileError, match=r"capacities.csv, row 2: row"):
        run(evaluate_command.register, "evaluate", str(path), "--capacities", str(given))


@pytest.mark.slow
def test_a_model_that_cannot_be_written_leaves_the_former_one(history, tmp_path, monkeypatch):
    out = tmp_path / "model.npz"
    out.write_bytes(b"the former")

    def half_written(_model, _report, path):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("api.parking.train_run.write_model", half_written)
    with pytest.raises(ConfigError, match="cannot be written: No space left"):
        run_train(TrainSettings(source=settings(history), out=out, as_json=False), SMALL)
    assert out.read_bytes() == b"the former"
    assert [path.name for path in tmp_path.iterdir()] == ["model.npz"]


def test_a_model_is_written_as_npz(tmp_path):
    path = free_file(tmp_path, "2026-07-01T12:00:00,A,5")
    with pytest.raises(ConfigError, match=r"--out = .*model.json.*must end in .npz"):
        run(train_command.register, "train", str(path), "--out", str(tmp_path / "model.json"))
