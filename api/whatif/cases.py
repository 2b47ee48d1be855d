"""The scenarios that a command names: found, staged, and what a planner should know of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from api.town import default_model
from simulator.scenario.loading import load_scenario
from simulator.scenario.scenario import time_of
from simulator.scenario.shipped import scenario_files
from simulator.study.plan import ScenarioPlan
from simulator.study.running import prepare
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.study.running import Prepared


def find_scenario(name: str, model: Path | None) -> Path:
    """File of a scenario that is named by its file, or by its id if it lies beside the model.

    Raises
    ------
    InvalidValueError
        Where there is neither; names the scenarios that lie there.
    """
    path = Path(name)
    if path.is_file():
        return path
    folder = model or default_model()
    files = scenario_files(folder)
    ids: list[str] = []
    for file in files:
        try:
            own = load_scenario(file).id
        except InvalidValueError:
            own = file.stem  # what is wrong with it is said when it is asked for
        if name == own:
            return file
        ids.append(own)
    known = f"one of {', '.join(ids)}" if ids else f"an id of a scenario, of which there are none in {folder}"
    raise InvalidValueError("scenario", name, f"must be a scenario file that exists, or {known}")


def prepare_named(name: str, model: Path | None) -> Prepared:
    """Find and stage a scenario; notes on it go to stderr.  Raises as `find_scenario` and `prepare` do."""
    file = find_scenario(name, model)
    prepared = prepare(file, model or default_model())
    for warning in prepared.warnings:
        typer.echo(f"note: {warning}", err=True)
    return prepared


def plan_of(prepared: Prepared) -> ScenarioPlan:
    """The scenario as workers receive it."""
    return ScenarioPlan(
        id=prepared.scenario.id,
        fingerprint=prepared.fingerprint,
        scenario_file=prepared.file,
        model_folder=prepared.model_folder,
    )


def require_comparable(base: Prepared, variants: Sequence[Prepared]) -> None:
    """Raise `InvalidValueError` unless all scenarios are of one model and one period."""
    for variant in variants:
        where = f"scenario[{variant.scenario.id}]"
        if variant.model_folder != base.model_folder:
            limit = f"must be the model of scenario {base.scenario.id}, {base.model_folder}"
            raise InvalidValueError(f"{where}.model", str(variant.model_folder), limit)
        if (variant.staged.start_s, variant.staged.duration_s) != (base.staged.start_s, base.staged.duration_s):
            limit = f"must be the period of scenario {base.scenario.id}, {period_of(base)}"
            raise InvalidValueError(f"{where}.period", period_of(variant), limit)


def period_of(prepared: Prepared) -> str:
    """Day and local times."""
    scenario = prepared.scenario
    return f"{scenario.day.isoformat()} {time_of(scenario.from_min)} to {time_of(scenario.until_min)}"
