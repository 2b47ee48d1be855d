"""What a study is to do: its scenarios, and one run of one of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from traffic_core import require
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from pathlib import Path

    Options: TypeAlias = "tuple[tuple[str, str | float | bool], ...]"

_AS_FOLDER = re.compile(r"\w[\w.-]{0,99}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One run, as a worker process receives it: it can be pickled, and its paths must be readable where it runs."""

    scenario_id: str
    seed: int
    fingerprint: str
    """That the result must carry."""
    scenario_file: Path | None = None
    """None for the model as it is."""
    model_folder: Path | None = None
    """None for the folder that the scenario names."""
    options: Options = ()
    """Names and values, in a fixed order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioPlan:
    """One scenario of a study.  Its id names a folder of results."""

    id: str
    fingerprint: str
    """Of model, scenario, options and programme."""
    scenario_file: Path | None = None
    model_folder: Path | None = None
    options: Options = ()

    def __post_init__(self) -> None:
        require.identifier("scenario.id", self.id)
        if not _AS_FOLDER.fullmatch(self.id):
            raise InvalidValueError(
                "scenario.id", self.id, "must be at most 100 letters, digits, '_', '-' and '.', not beginning with '.'"
            )

    def task(self, seed: int) -> Task:
        """The run with one seed."""
        return Task(
            scenario_id=self.id,
            seed=seed,
            fingerprint=self.fingerprint,
            scenario_file=self.scenario_file,
            model_folder=self.model_folder,
            options=self.options,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPlan:
    """A base, the variants compared with it, and the first of the seeds that all of them share."""

    base: ScenarioPlan
    variants: tuple[ScenarioPlan, ...]
    first_seed: int = 1

    def __post_init__(self) -> None:
        if self.first_seed < 0:
            raise InvalidValueError("first_seed", self.first_seed, "must be an integer of at least 0")
        seen: set[str] = set()
        for scenario in self.scenarios:
            # Two ids that differ in case only would share a folder on some file systems.
            if scenario.id.casefold() in seen:
                raise InvalidValueError("scenario.id", scenario.id, "must differ from the other scenarios of the study")
            seen.add(scenario.id.casefold())

    @property
    def scenarios(self) -> tuple[ScenarioPlan, ...]:
        """The base, then the variants."""
        return (self.base, *self.variants)

    def fingerprints(self) -> dict[str, str]:
        """Fingerprint by id of the scenario."""
        return {scenario.id: scenario.fingerprint for scenario in self.scenarios}
