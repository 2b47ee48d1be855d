"""`stadttakt parking benefit`: options, the whole study of a small town, reports, what cannot be used."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from api.parking import benefit_command
from api.parking.benefit import working
from api.parking.benefit.changes import change
from api.parking.benefit.content import Benefit, Cell, SignPlace, benefit_json
from api.parking.benefit.page import page
from api.parking.benefit.settings import settings_of
from api.parking.benefit.summary import in_short, judged_together
from api.parking.benefit.tables import markdown
from simulator.benefit import study as benefit_study
from simulator.benefit.figures import BENEFIT_FIGURES, MAIN
from simulator.benefit.worth import DaysPerYear, Worth
from simulator.results.run_result import RunResult
from simulator.study.intervals import Interval, compare_all
from traffic_core.errors import InvalidValueError

FIGURE = BENEFIT_FIGURES[0]


@pytest.fixture
def call():
    """The command by itself, called with arguments."""
    app = typer.Typer()
    app.callback()(lambda: None)
    benefit_command.register(app)
    return lambda *arguments: CliRunner().invoke(app, ["benefit", *map(str, arguments)])


def settings(**changes):
    usual = {
        "out": Path("out"),
        "model": None,
        "kappas": "0.2,1",
        "days": "normal,fair",
        "hours": None,
        "signs": "all",
        "seeds": 3,
        "first_seed": 1,
        "narrow": 0.0,
        "workers": 0,
        "fresh": False,
        "language": "en",
        "as_json": False,
    }
    return settings_of(**(usual | changes))


# ---- options ----------------------------------------------------------------------------------------------------


def test_options_are_read():
    found = settings(hours="8-09:30", signs="S01, S02")
    assert found.kappas == (0.2, 1.0)
    assert [day.file.stem for day in found.days] == ["parking_weekday", "parking_fair_saturday"]
    assert found.hours_min == (480, 570)
    assert found.signs == ("S01", "S02")
    assert settings().signs is None
    assert settings(signs="none").signs == ()
    assert found.command.startswith("stadttakt parking benefit --kappa 0.2,1 --days normal,fair --seeds 3")


def test_any_scenario_may_be_a_day_and_has_no_value_per_year():
    (day,) = settings(days="base_afternoon").days
    assert (day.file.stem, day.per_year) == ("base_afternoon", None)


@pytest.mark.parametrize(
    ("changes", "option", "limit"),
    [
        ({"kappas": "0.2,two"}, "--kappa", "must be shares from 0 to 1"),
        ({"kappas": "1.1"}, "--kappa", "must be shares from 0 to 1"),
        ({"kappas": "nan"}, "--kappa", "must be shares from 0 to 1"),
        ({"kappas": "0.2,0.20"}, "--kappa", "shares that differ"),
        ({"kappas": "0.2,,1"}, "--kappa", "commas between them"),
        ({"hours": "9-8"}, "--hours", "local times of one day"),
        ({"hours": "9"}, "--hours", "local times of one day"),
        ({"hours": "9-25"}, "--hours", "local times of one day"),
        ({"days": "normal,normal"}, "--days", "each once"),
        ({"days": "someday"}, "scenario", "must be a scenario file that exists"),
        ({"first_seed": 2**64 - 1}, "--first-seed", "below 2^64"),
    ],
)
def test_a_bad_option_is_named(changes, option, limit):
    with pytest.raises(InvalidValueError, match=re.escape(limit)) as caught:
        settings(**changes)
    assert caught.value.field == option


# ---- what is said -----------------------------------------------------------------------------------------------


def runs_of(values):
    """Figures by seed whose main figure is given; all others are 1."""
    return {
        seed: {figure.name: 1.0 for figure in BENEFIT_FIGURES} | {MAIN: value} for seed, value in enumerate(values, 1)
    }


def worth(sign_id, saved, eur_year=None):
    with_signs, without = runs_of([100.0] * len(saved)), runs_of([100.0 + one for one in saved])
    comparisons = compare_all(with_signs, without, main=MAIN)
    return Worth(sign_id=sign_id, comparisons=comparisons, turned_veh=4.5, eur_year=eur_year)


def benefit_of(*signs, all_signs):
    cell = Cell(
        day="normal",
        title_de="Werktag",
        title_en="Weekday",
        period="2026-11-24, 08:00-13:00",
        kappa=0.2,
        seeds=4,
        failed=0,
        parkers=1_940.0,
        all_signs=all_signs,
        signs=signs,
        runs_made=12,
        runs_taken_over=4,
        per_year=DaysPerYear(low=230, high=250),
        warnings=(),
    )
    return Benefit(
        town="Town <A>",
        label_de="erfunden",
        label_en="made up",
        command="stadttakt parking benefit",
        software_version="1",
        confidence=0.95,
        places={name: SignPlace(id=name, name=f"Street {name}") for name in ("S1", "S2")},
        cells=(cell,),
    )


def test_a_change_is_with_minus_without_and_has_an_interval():
    """Saved 2.0 on average: t(3, 0.975) = 3.182, s = 0.1826, so 2.0 ± 3.182 × 0.1826 / 2 = ± 0.29."""
    one = worth(None, (1.8, 2.2, 1.9, 2.1)).main
    assert change(one, FIGURE, "en") == "−2.00 (−2.29 to −1.71)"
    assert change(one, FIGURE, "de") == "−2,00 (−2,29 bis −1,71)"


def test_what_is_not_significant_is_not_distinguishable_from_0_and_what_never_differs_is_exactly_0():
    assert change(worth(None, (1.0, -1.0, 2.0)).main, FIGURE, "en").startswith("not distinguishable from 0 (")
    assert change(worth(None, (1.0, -1.0, 2.0)).main, FIGURE, "de").startswith("von 0 nicht zu unterscheiden (")
    assert change(worth(None, (0.0, 0.0)).main, FIGURE, "en") == "exactly 0"
    assert "one pair of runs only" in change(worth(None, (1.0,)).main, FIGURE, "en")


def test_what_is_significant_alone_only_is_said_so():
    one = replace(worth(None, (1.8, 2.2, 1.9, 2.1)).main, significant=False)
    assert change(one, FIGURE, "en") == "significant alone, but not together with the others (−2.29 to −1.71)"
    assert change(one, FIGURE, "de").startswith("für sich allein gesichert")


def test_the_report_names_assumptions_limits_and_idle_signs():
    benefit = benefit_of(
        worth("S1", (1.8, 2.2, 1.9, 2.1), Interval(low=2_510.0, high=8_480.0)),
        worth("S2", (0.0, 0.0, 0.0, 0.0)),
        all_signs=worth(None, (1.0, -1.0, 2.0, 0.5)),
    )
    english, german = markdown(benefit, "en"), markdown(benefit, "de")
    assert "| S1, Street S1 | 4.5 redirected; −2.00 (−2.29 to −1.71) |" in english
    assert "Exactly 0, as they redirected nobody in any run: S2." in english
    assert "| S1 | +2,500 to +8,500 € |" in english
    assert "| All signs together | not distinguishable from 0 |" in english
    assert "230-250 weekdays" in english
    assert "230-250 Werktage" in german
    assert "15 bis 20 %" in german
    assert "30 %" not in english + german
    assert "Rückstau aus einer vollen Einfahrt" in german


def situations():
    """Nobody redirected at 0.2; at 0.5 with p = 0.019 of Student's t, at 1.0 with p = 0.0002: 2 ± 0.29 h saved."""
    benefit = benefit_of(all_signs=replace(worth(None, (0.0, 0.0, 0.0, 0.0)), turned_veh=0.0))
    (idle,) = benefit.cells
    some = replace(idle, kappa=0.5, all_signs=worth(None, (1.0, 2.0, 1.2, 2.6)))
    sure = replace(idle, kappa=1.0, all_signs=worth(None, (1.8, 2.2, 1.9, 2.1)))
    return replace(benefit, cells=(idle, some, sure))


def test_one_paragraph_says_where_signs_redirect_anybody_and_what_changes():
    english, german = (in_short(situations(), language) for language in ("en", "de"))
    assert "redirect nobody and change nothing in these situations: Weekday (κ = 0.2)." in english
    assert (
        "Weekday (κ = 1): 4 of 1,940 parkers redirected (mean of 4 runs); arrivals at full facilities exactly 0"
        in english
    )
    assert "time of parkers in hours −2.00 (−2.29 to −1.71), without signs 102" in english
    assert "ändert sich, in diesen Lagen: Werktag (κ = 0,2)." in german
    assert "Zeit der Parkenden in Stunden −2,00 (−2,29 bis −1,71), ohne Wegweiser 102" in german
    assert "keine Messung" in german


def test_where_signs_redirect_nobody_no_change_is_told():
    (idle, *_) = situations().cells
    said = in_short(replace(situations(), cells=(idle,)), "en")
    assert "Drivers are redirected" not in said
    assert "parkers redirected" not in said


def test_the_report_says_how_many_situations_are_tested_and_which_hold_together():
    """Two situations differ at all: 0.05 × 2 = 0.10 by chance; 0.019 < 0.05 and 0.0002 < 0.025 hold (Holm)."""
    said, german = (" ".join(judged_together(situations(), language)) for language in ("en", "de"))
    assert "tested in 2 situations (day and κ), each by itself at 5 %" in said
    assert "0.10 of them on average would stand out by chance" in said
    assert "established: Weekday (κ = 0.5 / 1)." in said
    assert "gesichert: Werktag (κ = 0,5 / 1)." in german
    assert "euros" not in said
    unsure = replace(situations().cells[1], all_signs=worth(None, (1.0, -1.0, 2.0, 0.5)))
    both = replace(situations(), cells=(unsure, unsure))
    assert "established: none." in judged_together(both, "en")[0]


def test_the_report_says_that_ranges_of_single_signs_are_not_widened():
    single = benefit_of(worth("S1", (1.8, 2.2)), all_signs=worth(None, (1.0, -1.0)))
    (said,), (german,) = (judged_together(single, language) for language in ("en", "de"))
    assert "is not widened for the number of signs" in said
    assert "nicht für die Zahl der Wegweiser verbreitert" in german
    assert said in markdown(single, "en")


def test_the_page_has_both_languages_and_escapes_names():
    html = page(benefit_of(all_signs=worth(None, (1.0, -1.0, 2.0, 0.5))))
    assert "Town &lt;A&gt;" in html
    assert "<A>" not in html
    assert html.count('<div lang="de">') == html.count('<div lang="en">') == 1
    assert "von 0 nicht zu unterscheiden" in html
    assert "not distinguishable from 0" in html
    assert "<script" not in html


def test_the_json_is_stable_and_names_its_assumptions():
    benefit = benefit_of(worth("S1", (1.8, 2.2)), all_signs=worth(None, (1.0, -1.0)))
    document = json.loads(benefit_json(benefit))
    assert benefit_json(benefit) == benefit_json(benefit)
    assert document["assumptions"]["days_per_year"]["normal"] == [230, 250]
    assert document["cells"][0]["signs"][0]["sign"] == "S1"
    assert document["cells"][0]["all_signs"]["distinguishable_from_0"] is False


# ---- the whole of it --------------------------------------------------------------------------------------------


SIGNS = tuple(f"S{number:02d}" for number in range(1, 33))


def quick_run(task):
    """Instead of a simulation: with odd seeds S01 redirects one driver and saves an hour; the others never do."""
    dark = dict(task.options)["dark"]
    saved = float(task.seed % 2) if dark in {"all", "S01"} else 0.0
    figures = {figure.name: 10.0 for figure in BENEFIT_FIGURES} | {MAIN: 300.0 + task.seed + saved}
    turned = np.array([task.seed % 2 if sign == "S01" else 0 for sign in SIGNS], dtype=np.int64)
    return RunResult(
        scenario_id=task.scenario_id,
        seed=task.seed,
        fingerprint=task.fingerprint,
        begin_s=0.0,
        end_s=1.0,
        figures=figures,
        tables={"sign": {"sign_id": SIGNS, "turned_veh": turned, "turned_ever_veh": turned}},
    )


@pytest.fixture
def quick(monkeypatch):
    """Runs without simulation; the list of those made."""
    made = []

    def run(task):
        made.append((task.scenario_id, task.seed))
        return quick_run(task)

    async def compiled():
        return None

    monkeypatch.setattr(benefit_study, "run_case", run)
    monkeypatch.setattr(working, "compile_in_child", compiled)
    return made


def test_only_what_can_differ_is_run_and_an_interrupted_study_goes_on(quick, call, tmp_path):
    arguments = ("--days", "normal", "--kappa", "0.5", "--workers", "0", "--out", tmp_path, "--json")
    first = call("--seeds", 3, *arguments)
    assert first.exit_code == 0, first.output
    assert sorted(quick) == sorted(
        [*((case, seed) for case in ("all", "none") for seed in (1, 2, 3)), ("without_S01", 1), ("without_S01", 3)]
    )
    quick.clear()
    again = call("--seeds", 4, *arguments)
    assert again.exit_code == 0
    assert sorted(quick) == [("all", 4), ("none", 4)], "seed 4 redirects nobody"
    (cell,) = json.loads(again.stdout)["cells"]
    assert (cell["seeds"], cell["runs_made"]) == (4, 2)
    s01, s02 = cell["signs"][:2]
    assert (s01["sign"], s01["turned_veh"]) == ("S01", 0.5)
    assert s01["comparisons"][MAIN]["difference"] == pytest.approx(0.5)
    assert s02["comparisons"][MAIN]["unchanged"] is True
    assert {path.name for path in tmp_path.iterdir()} == {
        *("benefit.json", "report.html", "report.de.md", "report.en.md", "parking_weekday-kappa-0.5"),
    }
    assert (tmp_path / "benefit.json").read_text(encoding="utf-8") == again.stdout


def test_signs_can_be_chosen_or_left_out(quick, call, tmp_path):
    shared = ("--seeds", 2, "--days", "normal", "--kappa", "0.5", "--workers", "0")
    assert call("--signs", "none", "--out", tmp_path / "a", *shared).exit_code == 0
    assert {case for case, _ in quick} == {"all", "none"}
    unknown = call("--signs", "S99", "--out", tmp_path / "b", *shared)
    assert isinstance(unknown.exception, InvalidValueError)
    assert "must name signs of the model" in str(unknown.exception)
