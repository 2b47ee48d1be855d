"""The cases of a day: all signs, none, all but one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.scenario.document import SetKappa
from simulator.scenario.parking_measures import EVERY_SIGN
from simulator.scenario.problems import Place
from simulator.scenario.scenario import PlacedMeasure
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from simulator.scenario.scenario import Scenario
    from simulator.staged import Staged
    from simulator.study.plan import Options

ALL, NONE = "all", "none"
_BETWEEN_SIGNS = "#"
"""Cannot be part of an id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case; its options travel with the tasks of worker processes."""

    id: str
    kappa: float
    dark: tuple[str, ...]
    """Signs that show nothing; `("all",)` for all of them."""
    hours_min: tuple[int, int] | None = None
    """Local minutes after midnight; None: the hours of the scenario."""

    @property
    def options(self) -> Options:
        """As `case_of` reads them."""
        from_min, until_min = self.hours_min or (-1, -1)
        dark = _BETWEEN_SIGNS.join(self.dark)
        return (("kappa", self.kappa), ("dark", dark), ("from_min", float(from_min)), ("until_min", float(until_min)))


def case_of(id_: str, options: Options) -> Case:
    """The case of a task."""
    said = dict(options)
    hours = int(float(said["from_min"])), int(float(said["until_min"]))
    return Case(
        id=id_,
        kappa=float(said["kappa"]),
        dark=tuple(sign for sign in str(said["dark"]).split(_BETWEEN_SIGNS) if sign),
        hours_min=hours if hours[0] >= 0 else None,
    )


def first_cases(kappa: float, hours_min: tuple[int, int] | None) -> tuple[Case, Case]:
    """All signs, and none."""
    return (
        Case(id=ALL, kappa=kappa, dark=(), hours_min=hours_min),
        Case(id=NONE, kappa=kappa, dark=(EVERY_SIGN,), hours_min=hours_min),
    )


def case_without(sign_id: str, kappa: float, hours_min: tuple[int, int] | None) -> Case:
    """All signs but one."""
    return Case(id=f"without_{sign_id}", kappa=kappa, dark=(sign_id,), hours_min=hours_min)


def scenario_of(day: Scenario, case: Case) -> Scenario:
    """The day with the share of sign readers and the hours of a case; all signs are as the day has them."""
    measure = SetKappa(measure="kappa", share=case.kappa)
    place = Place(file="share of sign readers", number=1, kind=measure.measure)
    from_min, until_min = case.hours_min or (day.from_min, day.until_min)
    own = PlacedMeasure(place=place, folder=Path(), measure=measure)
    return replace(day, from_min=from_min, until_min=until_min, measures=(*day.measures, own))


def staged_of(staged: Staged, case: Case) -> Staged:
    """The staged day with the signs of a case dark, as the measure `sign` makes them.

    Raises `InvalidValueError` for a sign that the day does not have.
    """
    signs = tuple(staged.model.parking.signs)
    for sign_id in case.dark:
        if sign_id not in signs and case.dark != (EVERY_SIGN,):
            raise InvalidValueError("sign", sign_id, "must name a sign of the model")
    dark = signs if case.dark == (EVERY_SIGN,) else tuple(sign_id for sign_id in signs if sign_id in case.dark)
    return replace(staged, dark_signs=tuple(sign for sign in signs if sign in {*staged.dark_signs, *dark}))
