"""One run of a case, as a worker process does it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from simulator.benefit.cases import case_of, scenario_of, staged_of
from simulator.benefit.figures import benefit_figures
from simulator.results.figures import figures
from simulator.results.run_result import RunResult
from simulator.scenario.loading import load_scenario
from simulator.study.plan import ScenarioPlan
from simulator.study.running import prepare_scenario
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.benefit.cases import Case
    from simulator.simulation import Simulation
    from simulator.staged import Staged
    from simulator.study.plan import Options, Task
    from simulator.study.running import Prepared


def prepare_case(day_file: Path, model: Path | None, case: Case) -> Prepared:
    """Read a day and stage it for a case.  Raises as `study.running.prepare`.

    The fingerprint is that of the day with the case's share and hours, and of the dark signs: to stage and digest the
    whole model for each sign would take longer than to simulate it.
    """
    day = _day(day_file, model, replace(case, id="", dark=()))
    staged = staged_of(day.staged, case)
    said = json.dumps([day.fingerprint, staged.dark_signs])
    return replace(day, staged=staged, fingerprint=hashlib.sha256(said.encode()).hexdigest())


@lru_cache(maxsize=16)
def _day(day_file: Path, model: Path | None, case: Case) -> Prepared:
    return prepare_scenario(scenario_of(load_scenario(day_file), case), day_file, model)


def plan_of_case(day_file: Path, model: Path | None, case: Case) -> ScenarioPlan:
    """The case as workers receive it."""
    prepared = prepare_case(day_file, model, case)
    return ScenarioPlan(
        id=case.id,
        fingerprint=prepared.fingerprint,
        scenario_file=prepared.file,
        model_folder=prepared.model_folder,
        options=case.options,
    )


def run_case(task: Task) -> RunResult:
    """Do one run; raises as `prepare_case` and the run itself do."""
    if task.scenario_file is None:
        raise InvalidValueError("scenario_file", None, "must be given: a model by itself has neither day nor period")
    prepared = _prepared(task.scenario_file, task.model_folder, task.scenario_id, task.options, task.fingerprint)
    return result_of_case(prepared.staged, task.scenario_id, task.seed, prepared.fingerprint)


@lru_cache(maxsize=64)
def _prepared(day_file: Path, model: Path | None, case_id: str, options: Options, _wanted: str) -> Prepared:
    """Once for all seeds of a worker."""
    return prepare_case(day_file, model, case_of(case_id, options))


def result_of_case(staged: Staged, case_id: str, seed: int, fingerprint: str) -> RunResult:
    """Figures of the period, and the table `sign`: whom each sign redirected in the period and with the warm-up."""
    from simulator.run import play  # noqa: PLC0415  brings the compiler along, which staging does not need

    found_full: list[int] = []
    turned: list[dict[str, int]] = []

    def look(simulation: Simulation) -> None:
        found_full.append(sum(garage.found_full_veh for garage in simulation.garages.values()))
        turned.append(dict(simulation.drivers.counts.turned_at))

    played = play(staged, seed=seed, on_begin=look)
    look(played.simulation)
    recorder, book = played.recorder, played.simulation.book
    signs = tuple(staged.model.parking.signs)
    ever = np.array([turned[1].get(sign_id, 0) for sign_id in signs], dtype=np.int64)
    before = np.array([turned[0].get(sign_id, 0) for sign_id in signs], dtype=np.int64)
    town = figures(book.log(), recorder, played.tally)
    return RunResult(
        scenario_id=case_id,
        seed=seed,
        fingerprint=fingerprint,
        begin_s=recorder.begin_s,
        end_s=recorder.end_s,
        figures=benefit_figures(book.parkers(), recorder.begin_s, recorder.end_s, found_full[1] - found_full[0], town),
        tables={"sign": {"sign_id": signs, "turned_veh": ever - before, "turned_ever_veh": ever}},
    )
