"""The options of the command, read and checked."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.whatif.cases import find_scenario
from simulator.benefit.worth import DaysPerYear
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.study.numbers import Language

DAYS = {
    "normal": ("parking_weekday", DaysPerYear(low=230, high=250)),
    "saturday": ("parking_saturday", DaysPerYear(low=35, high=50)),
    "fair": ("parking_fair_saturday", DaysPerYear(low=2, high=12)),
}
"""Scenario of each kind of day, and how many of them a year has: assumed."""
MOST_SHARES = 10
_TIME = re.compile(r"(?P<hour>\d{1,2})(:(?P<minute>[0-5]\d))?")
_SEEDS = 2**64


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A kind of day."""

    name: str
    file: Path
    per_year: DaysPerYear | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitSettings:
    """As the command line gives them, checked."""

    out: Path
    model: Path | None
    kappas: tuple[float, ...]
    days: tuple[Day, ...]
    hours_min: tuple[int, int] | None
    signs: tuple[str, ...] | None
    """None: all signs of the model."""
    seeds: int
    first_seed: int
    narrow: float
    workers: int | None
    fresh: bool
    language: Language
    as_json: bool
    command: str
    """The command line that makes the same study again."""


def settings_of(
    *, kappas: str, days: str, hours: str | None, signs: str, seeds: int, first_seed: int, **others: Any
) -> BenefitSettings:
    """Read the options that are texts.

    Raises
    ------
    InvalidValueError
        Names the option that cannot be used, and its limit.
    """
    if first_seed + seeds > _SEEDS:
        raise InvalidValueError("--first-seed", first_seed, "must leave all seeds below 2^64")
    words = ["stadttakt", "parking", "benefit", "--kappa", kappas, "--days", days, "--seeds", str(seeds)]
    words += ["--first-seed", str(first_seed), "--signs", signs]
    words += [] if hours is None else ["--hours", hours]
    words += [] if not others["narrow"] else ["--narrow", f"{others['narrow']:g}"]
    words += [] if others["model"] is None else ["--model", str(others["model"])]
    return BenefitSettings(
        kappas=_kappas(kappas),
        days=_days(days, others["model"]),
        hours_min=None if hours is None else _hours(hours),
        signs=_signs(signs),
        seeds=seeds,
        first_seed=first_seed,
        command=shlex.join([*words, "--out", str(others["out"])]),
        **others,
    )


def _parts(option: str, text: str) -> list[str]:
    parts = [part.strip() for part in text.split(",")]
    if not all(parts) or len(set(parts)) != len(parts):
        raise InvalidValueError(option, text, "must be one or more entries with commas between them, each once")
    return parts


def _kappas(text: str) -> tuple[float, ...]:
    shares: list[float] = []
    for part in _parts("--kappa", text):
        try:
            share = float(part)
        except ValueError:
            share = -1.0
        if not 0.0 <= share <= 1.0:
            raise InvalidValueError("--kappa", part, "must be shares from 0 to 1, as 0.2,0.5,1.0")
        shares.append(share)
    if len(set(shares)) != len(shares) or len(shares) > MOST_SHARES:
        raise InvalidValueError("--kappa", text, f"must be at most {MOST_SHARES} shares that differ")
    return tuple(shares)


def _days(text: str, model: Path | None) -> tuple[Day, ...]:
    days = []
    for part in _parts("--days", text):
        scenario, per_year = DAYS.get(part, (part, None))
        days.append(Day(name=part, file=find_scenario(scenario, model), per_year=per_year))
    return tuple(days)


def _hours(text: str) -> tuple[int, int]:
    matches = [_TIME.fullmatch(part.strip()) for part in text.split("-")]
    if len(matches) == 2 and all(matches):
        from_min, until_min = (60 * int(m["hour"]) + int(m["minute"] or 0) for m in matches if m)
        if 0 <= from_min < until_min <= 24 * 60:
            return from_min, until_min
    raise InvalidValueError("--hours", text, "must be local times of one day, as 8-13 or 08:30-12:00")


def _signs(text: str) -> tuple[str, ...] | None:
    if text == "all":
        return None
    return () if text == "none" else tuple(_parts("--signs", text))
