"""Figures that the report works out from the tables: sums of the period, busiest hours, levels of service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from api.whatif.report.hbs import LEVELS, hbs_level

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from api.whatif.report.content import Approach, ReportContent, ScenarioTables

    Floats = NDArray[np.float64]

HOUR_S = 3_600.0
GROWTH_SHARE = 0.05
GROWTH_VEH = 5.0
"""A queue grows where those who enter in the hour exceed those who leave by more than both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """An approach in the busiest hour of its junction; the level is empty where nobody left."""

    level: str
    mean_delay_s: float
    first_interval: int


def delay_h(tables: ScenarioTables) -> Floats:
    """Delay of all vehicles of the period by link, (L,), vehicle-hours."""
    total: Floats = (np.nan_to_num(tables.mean_delay_s) * tables.left_veh).sum(axis=1) / HOUR_S
    return total


def mean_delay_s(tables: ScenarioTables) -> Floats:
    """Mean delay of those who left in the period by link, (L,); NaN where nobody did."""
    weight = np.where(np.isnan(tables.mean_delay_s), 0.0, tables.left_veh).sum(axis=1)
    mean: Floats = np.divide(HOUR_S * delay_h(tables), weight, out=np.full(weight.shape, np.nan), where=weight > 0.0)
    return mean


def intervals_of_an_hour(content: ReportContent) -> int:
    """Number of intervals in an hour, at least one and at most all there are."""
    return min(max(1, round(HOUR_S / content.interval_s)), content.base.tables.intervals)


def busiest_first(entered_veh: Floats, count: int) -> int:
    """First of `count` intervals in a row with the most vehicles; the earliest of equals."""
    sums = np.convolve(entered_veh, np.ones(count), mode="valid")
    return int(np.argmax(sums))


def qualities(content: ReportContent, tables: ScenarioTables) -> tuple[Quality, ...]:
    """Level of service of each approach of the content in the busiest hour of its junction."""
    row = {link.link_id: index for index, link in enumerate(content.links)}
    count = intervals_of_an_hour(content)
    begins: dict[str, int] = {}
    for junction_id, links in _links_by_junction(content.approaches, row).items():
        begins[junction_id] = busiest_first(tables.entered_veh[links].sum(axis=0), count)
    return tuple(
        _quality(tables, row[approach.link_id], approach.control, begins[approach.junction_id], count)
        for approach in content.approaches
    )


def _links_by_junction(approaches: Iterable[Approach], row: dict[str, int]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for approach in approaches:
        found.setdefault(approach.junction_id, []).append(row[approach.link_id])
    return found


def _quality(tables: ScenarioTables, link: int, control: str, first: int, count: int) -> Quality:
    hour = slice(first, first + count)
    entered, left = float(tables.entered_veh[link, hour].sum()), float(tables.left_veh[link, hour].sum())
    grows = entered - left > max(GROWTH_VEH, GROWTH_SHARE * left)
    delays = tables.mean_delay_s[link, hour]
    weights = np.where(np.isfinite(delays), tables.left_veh[link, hour], 0.0)
    if weights.sum() <= 0.0:
        return Quality(level="F" if grows else "", mean_delay_s=float("nan"), first_interval=first)
    delay = float((np.nan_to_num(delays) * weights).sum() / weights.sum())
    level = hbs_level(max(delay, 0.0), control, overloaded=grows)
    return Quality(level=level, mean_delay_s=delay, first_interval=first)


def level_change(base: Quality, variant: Quality) -> int:
    """Levels by which the variant is worse, negative where better; 0 where one of them is not known."""
    if not base.level or not variant.level:
        return 0
    return LEVELS.index(variant.level) - LEVELS.index(base.level)


def largest_changes(base: Floats, variant: Floats, count: int) -> list[int]:
    """Rows of (L, K) tables with the largest area between the curves, the largest first; rows without change never."""
    area = np.abs(variant - base).sum(axis=1)
    order = np.argsort(-area, kind="stable")[:count]
    return [int(index) for index in order if area[index] > 0.0]
