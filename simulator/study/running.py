"""One run of a study, as a worker process does it: read, stage, simulate."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.base_model import load_base
from simulator.scenario.fingerprint import fingerprint
from simulator.scenario.loading import load_scenario
from simulator.scenario.staging import stage_with_warnings
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from simulator.results.run_result import RunResult
    from simulator.scenario.scenario import Scenario
    from simulator.staged import BaseModel, Staged
    from simulator.study.plan import Task

_DECIDES = ("parking", "signal_plans", "simulator", "traffic_core")
"""Packages whose source decides what comes out of a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A scenario that is ready to run."""

    scenario: Scenario
    file: Path
    """Of the scenario, absolute."""
    model_folder: Path
    """Absolute"""
    base: BaseModel
    """The model before all measures."""
    staged: Staged
    fingerprint: str
    warnings: tuple[str, ...]


def prepare(scenario_file: Path, default_model: Path | None) -> Prepared:
    """Read a scenario and its model, and stage it; `default_model` is for scenarios that name none.

    Raises
    ------
    ScenarioError
        Lists everything that is wrong with the scenario.
    FileError
        Where a file of the model or the scenario cannot be used.
    InvalidValueError
        Where neither the scenario nor the caller names a model.
    """
    return prepare_scenario(load_scenario(scenario_file), scenario_file, default_model)


def prepare_scenario(scenario: Scenario, scenario_file: Path, default_model: Path | None) -> Prepared:
    """Stage a scenario that was read from a file, and perhaps changed since; raises as `prepare`."""
    folder = scenario.model or default_model
    if folder is None:
        raise InvalidValueError("model", None, f"must be given: scenario {scenario.id} names none")
    base = _base(folder.resolve(), _state_of(folder))
    staging = stage_with_warnings(scenario, base)
    return Prepared(
        scenario=scenario,
        file=scenario_file.resolve(),
        model_folder=folder.resolve(),
        base=base,
        staged=staging.staged,
        fingerprint=fingerprint(staging.staged, programme=programme()),
        warnings=staging.warnings,
    )


def run_task(task: Task) -> RunResult:
    """Do one run.

    The result carries the fingerprint of what ran here: a machine that has another model, scenario or programme than
    the one that keeps the results is found out.  Raises as `prepare` and the run itself do.
    """
    from simulator.run import run_staged  # noqa: PLC0415  brings the compiler along, which staging does not need

    if task.scenario_file is None:
        raise InvalidValueError("scenario_file", None, "must be given: a model by itself has neither day nor period")
    prepared = _prepared(task.scenario_file, task.model_folder, task.fingerprint)
    return run_staged(prepared.staged, seed=task.seed, fingerprint=prepared.fingerprint)


@lru_cache(maxsize=16)
def _prepared(scenario_file: Path, model_folder: Path | None, _wanted: str) -> Prepared:
    """The same as `prepare`, once for all seeds of a worker; another wanted fingerprint means to read again."""
    return prepare(scenario_file, model_folder)


@lru_cache(maxsize=2)
def _base(folder: Path, _state: tuple[tuple[str, int, int], ...]) -> BaseModel:
    return load_base(folder)


def _state_of(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Names, times of change and sizes of the files of a folder."""
    files = sorted(path for path in folder.glob("*") if path.is_file())
    return tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files)


@cache
def programme() -> str:
    """Version of the programme and a digest of the source that decides a run: work in progress has no new version."""
    digest = hashlib.sha256()
    for package in _DECIDES:
        folder = Path(next(iter(import_module(package).__path__)))
        for path in sorted(folder.rglob("*.py")):
            name = path.relative_to(folder)
            if name.parts[0] != "study":  # compares runs, and decides none
                digest.update(f"{package}/{name.as_posix()}\0".encode())
                digest.update(path.read_bytes())
    return f"{version('stadttakt')} {digest.hexdigest()[:16]}"
