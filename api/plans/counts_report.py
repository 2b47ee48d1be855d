"""`stadttakt plans counts`: days of counts, faults, daily profile and peak hour of each node."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import typer

from api.plans.hourly_counts import is_hourly, read_hourly_counts
from api.plans.turning_counts import fault_counts, read_turning_counts
from api.town import default_model
from traffic_core.gmns import read_network

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from api.plans.turning_counts import CountSeries

FRIDAY = 4
WORST_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsSettings:
    """Options of the command."""

    file: Path
    model: Path | None
    nodes: tuple[str, ...]
    full: bool
    as_json: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeCounts:
    """What the counts of a node are worth."""

    node: str
    movements: int
    first: str
    last: str
    days: int
    """Days on which any movement was counted."""
    usable: int
    """Intervals without fault."""
    intervals: int
    """All intervals between first and last, of all movements."""
    faults: dict[str, int]
    profile_veh_h: tuple[float | None, ...]
    """(24,) mean of Monday to Friday by hour over all movements ever counted; None where one of them lacks."""
    never: tuple[str, ...]
    """Movements without any good count."""
    worst: tuple[str, ...]
    """The longest faults in words, or all."""

    @property
    def peak(self) -> tuple[int, float] | None:
        """Hour of the day with the most vehicles, and how many."""
        known = [(flow, -hour) for hour, flow in enumerate(self.profile_veh_h) if flow is not None]
        return (-max(known)[1], max(known)[0]) if known else None


def run_counts(settings: CountsSettings) -> None:
    """Read a table of either form and print what it is worth.  Raises `FileError` for what cannot be read."""
    if is_hourly(settings.file):
        series = read_hourly_counts(settings.file, settings.nodes)
    else:
        network = read_network(settings.model or default_model())
        series = list(read_turning_counts(settings.file, network).values())
        series = [each for each in series if not settings.nodes or each.node in settings.nodes]
    found = node_counts(series, full=settings.full)
    if settings.as_json:
        typer.echo(json.dumps([_document(node) for node in found], indent=1))
        return
    for node in found:
        typer.echo(_line(node))
        for text in node.worst if settings.full else ():
            typer.echo(f"  {text}")


def node_counts(series: list[CountSeries], *, full: bool = False) -> list[NodeCounts]:
    """Figures of each node, in order of its id."""
    by_node: dict[str, list[CountSeries]] = {}
    for each in series:
        by_node.setdefault(each.node, []).append(each)
    return [_node(node, by_node[node], full=full) for node in sorted(by_node)]


def _node(node: str, series: list[CountSeries], *, full: bool) -> NodeCounts:
    alive = [each for each in series if each.good.any()]
    total = np.sum([_weekday_profile(each) for each in alive], axis=0) if alive else np.full(24, np.nan)
    faults = sorted(
        ((each, fault) for each in series for fault in each.faults),
        key=lambda pair: (-pair[1].length, pair[0].movement),
    )
    return NodeCounts(
        node=node,
        movements=len(series),
        first=min(each.start for each in series).isoformat(timespec="minutes"),
        last=max(each.time_of(len(each.values)) for each in series).isoformat(timespec="minutes"),
        days=len(_days(series)),
        usable=sum(int(each.good.sum()) for each in series),
        intervals=sum(len(each.values) for each in series),
        faults=fault_counts(series),
        profile_veh_h=tuple(None if np.isnan(flow) else round(float(flow), 1) for flow in total),
        never=tuple(each.movement for each in series if not each.good.any()),
        worst=tuple(each.fault_text(fault) for each, fault in (faults if full else faults[:WORST_SHOWN])),
    )


def _days(series: list[CountSeries]) -> set[int]:
    """Ordinals of the days on which any movement was counted."""
    found: set[int] = set()
    for each in series:
        minutes = each.start.hour * 60 + each.start.minute + each.minutes * np.arange(len(each.values))
        days = each.start.toordinal() + minutes // 1_440
        found |= set(np.unique(days[~np.isnan(each.values)]).tolist())
    return found


def _weekday_profile(series: CountSeries) -> NDArray[np.float64]:
    """(24,) mean veh/h of the good intervals from Monday to Friday; NaN without any."""
    minutes = series.start.hour * 60 + series.start.minute + series.minutes * np.arange(len(series.values))
    weekday = (series.start.weekday() + minutes // 1_440) % 7
    wanted = series.good & (weekday <= FRIDAY)
    hour = (minutes // 60 % 24)[wanted]
    count = np.bincount(hour, minlength=24).astype(np.float64)
    total = np.bincount(hour, weights=series.values[wanted], minlength=24)
    mean: NDArray[np.float64] = np.full(24, np.nan)
    np.divide(total, count, out=mean, where=count > 0)
    return mean * (60.0 / series.minutes)


def _line(node: NodeCounts) -> str:
    faults = ", ".join(f"{count} {kind}" for kind, count in node.faults.items()) or "none"
    never = f", never counted: {' '.join(node.never)}" if node.never else ""
    peak = "no hour is counted on all movements"
    if node.peak is not None:
        peak = f"peak hour {node.peak[0]:02}-{node.peak[0] + 1:02} {node.peak[1]:.0f} veh/h"
    return (
        f"{node.node}: {node.movements} movements{never}, {node.days} days from {node.first} to {node.last}, "
        f"{share_text(node.usable, node.intervals)} usable, faults: {faults}; {peak}"
    )


def share_text(part: int, whole: int) -> str:
    """A share in percent that says 0 and 100 only where it is so."""
    share = part / whole
    if 0 < part < whole and not 0.0005 <= share < 0.9995:
        return "<0.1%" if share < 0.5 else ">99.9%"
    return f"{100.0 * share:.1f}".removesuffix(".0") + "%"


def _document(node: NodeCounts) -> dict[str, object]:
    return {
        "node": node.node,
        "movements": node.movements,
        "first": node.first,
        "last": node.last,
        "days": node.days,
        "usable": node.usable,
        "intervals": node.intervals,
        "usable_share": round(node.usable / node.intervals, 6),
        "faults": node.faults,
        "profile_veh_h": node.profile_veh_h,
        "peak_hour": None if node.peak is None else node.peak[0],
        "peak_veh_h": None if node.peak is None else round(node.peak[1], 1),
        "never_counted": node.never,
        "longest_faults": node.worst,
    }
