"""Parts of the content of a report: figures, approaches, car parks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.whatif.report.content import Approach, CarPark, ComparisonRow, Estimate, Words
from simulator.results.run_result import FIGURES, Figure
from traffic_core.network import NodeControl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from simulator.staged import BaseModel
    from simulator.study import intervals
    from traffic_core.network import Network

JUDGED = (NodeControl.SIGNAL, NodeControl.GIVE_WAY, NodeControl.ROUNDABOUT)
"""Controls whose approaches get a level of service."""
FEWEST_ARMS = 3
"""Of a junction: where fewer streets meet, nobody gives way."""


def comparison_rows(
    comparisons: Mapping[str, intervals.Comparison],
    base: Mapping[str, intervals.Estimate],
    variant: Mapping[str, intervals.Estimate],
) -> tuple[ComparisonRow, ...]:
    """One row for each figure, in the order of `FIGURES`; figures without a label come last, by name."""
    known = {figure.name: figure for figure in FIGURES}
    names = [name for name in known if name in comparisons]
    names += sorted(comparisons.keys() - known.keys())
    return tuple(_row(known.get(name) or _unlabelled(name), comparisons[name], base, variant) for name in names)


def _row(
    figure: Figure,
    one: intervals.Comparison,
    base: Mapping[str, intervals.Estimate],
    variant: Mapping[str, intervals.Estimate],
) -> ComparisonRow:
    return ComparisonRow(
        name=figure.name,
        label=Words(de=figure.label_de, en=figure.label_en),
        unit=figure.unit,
        base=_estimate(base[figure.name].mean, base[figure.name].interval),
        variant=_estimate(variant[figure.name].mean, variant[figure.name].interval),
        difference=_estimate(one.difference, one.interval),
        relative_share=one.relative,
        significant=one.significant,
        lower_is_better=figure.lower_is_better,
    )


def _unlabelled(name: str) -> Figure:
    return Figure(name=name, unit="1", label_de=name, label_en=name, lower_is_better=None)


def _estimate(mean: float | None, interval: intervals.Interval | None) -> Estimate | None:
    if mean is None:
        return None
    if interval is None:
        return Estimate(mean=mean, low=mean, high=mean)
    return Estimate(mean=mean, low=interval.low, high=interval.high)


def approaches_of(model: Network, base: Network, box: tuple[float, float, float, float]) -> tuple[Approach, ...]:
    """Links of `model` into junctions inside the box where at least three streets meet, by junction.

    `base` is the model with the measures of the base scenario: it says how a junction is controlled.
    """
    west, south, east, north = box
    around: dict[str, set[str]] = {}
    into: dict[str, list[str]] = {}
    for link in model.links.values():
        around.setdefault(link.from_node, set()).add(link.to_node)
        around.setdefault(link.to_node, set()).add(link.from_node)
        into.setdefault(link.to_node, []).append(link.id)
    found: list[Approach] = []
    for node in base.nodes.values():
        lon, lat = node.position
        inside = west <= lon <= east and south <= lat <= north
        if inside and node.control in JUDGED and len(around.get(node.id, ())) >= FEWEST_ARMS:
            found += [
                Approach(junction_id=node.id, name=node.name, control=node.control.value, link_id=link_id)
                for link_id in into.get(node.id, ())
            ]
    return tuple(found)


def car_parks_of(models: Iterable[BaseModel]) -> tuple[CarPark, ...]:
    """Car parks that any of the models has."""
    names = {facility.id: facility.name for model in models for facility in model.parking.facilities.values()}
    return tuple(CarPark(facility_id=id_, name=name) for id_, name in names.items())
