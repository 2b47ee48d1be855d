"""What an import found, for people and as JSON."""

from __future__ import annotations

import resource
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from pydantic_core import to_json
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from traffic_core.geojson import bounding_box
from traffic_core.network import NodeControl

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from traffic_core.assignment.problem import AssignmentNetwork
    from traffic_core.formats.imported import ImportedModel, Warnings
    from traffic_core.network import Network

KIBI_PER_MEGA = 1_024 / 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class KindOfWarning:
    """One kind of warning, how often, and up to three examples."""

    kind: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSummary:
    """Figures of an import; None where the format does not have them."""

    format: str
    name: str
    out: str
    nodes: int
    links: int
    street_km: float | None
    """A street with both directions counts once."""
    turns: int | None
    lanes: int | None
    signals: int | None
    zones: int
    trips: float
    """Vehicles of a weekday; for TNTP in the unit of the file."""
    counts: int | None
    car_parks: int | None
    bbox: tuple[float, ...] | None
    """West, south, east, north; for TNTP in the unit of the file."""
    warnings: tuple[KindOfWarning, ...]
    next: str
    """Command to type next."""
    seconds: float = 0.0
    peak_memory_mb: float = 0.0


def summary_of_model(kind: str, model: ImportedModel, out: Path) -> ImportSummary:
    """Figures of a model that has been written to `out`."""
    network = model.network
    box = bounding_box(network)
    return ImportSummary(
        format=kind,
        name=model.name,
        out=str(out),
        nodes=len(network.nodes),
        links=len(network.links),
        street_km=round(_street_m(network) / 1_000.0, 1),
        turns=len(network.turns),
        lanes=sum(link.lanes for link in network.links.values()),
        signals=sum(node.control is NodeControl.SIGNAL for node in network.nodes.values()),
        zones=len(model.zones),
        trips=round(sum(cell.veh_24h for cell in model.cells), 1),
        counts=len(model.counts),
        car_parks=len(model.parking),
        bbox=tuple(box) if box else None,
        warnings=_kinds(model.warnings),
        next=f"stadttakt network check {out}",
    )


def summary_of_abstract(
    name: str,
    network: AssignmentNetwork,
    trips: NDArray[np.float64] | None,
    coordinates: Mapping[str, tuple[float, float]] | None,
    warnings: Warnings,
    out: Path,
) -> ImportSummary:
    """Figures of a network without geography that has been written to `out`."""
    xs, ys = zip(*coordinates.values(), strict=True) if coordinates else ((), ())
    return ImportSummary(
        format="tntp",
        name=name,
        out=str(out),
        nodes=len(network.node_ids),
        links=len(network.link_ids),
        street_km=None,
        turns=None,
        lanes=None,
        signals=None,
        zones=len(network.zone_ids),
        trips=0.0 if trips is None else float(trips.sum()),
        counts=None,
        car_parks=None,
        bbox=(min(xs), min(ys), max(xs), max(ys)) if coordinates else None,
        warnings=_kinds(warnings),
        next=f"stadttakt assign {out}",
    )


def peak_memory_mb() -> float:
    """Largest resident memory of this process so far, MB."""
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    kibi = largest / 1_024 if sys.platform == "darwin" else largest
    return round(kibi * KIBI_PER_MEGA, 1)


def print_summary(summary: ImportSummary, *, as_json: bool) -> None:
    """Print figures on stdout; for people, the warnings go to stderr."""
    out = Console()
    if as_json:
        out.out(to_json(asdict(summary)).decode(), highlight=False)
        return
    table = Table.grid(padding=(0, 2))
    for label, text in _lines(summary):
        table.add_row(label, escape(text))
    out.print(table)
    _print_warnings(summary.warnings)
    out.print(f"next: {summary.next}", highlight=False, markup=False, soft_wrap=True)


def _lines(summary: ImportSummary) -> list[tuple[str, str]]:
    figures = (
        ("nodes", summary.nodes),
        ("links", summary.links),
        ("km of street", summary.street_km),
        ("turns", summary.turns),
        ("lanes", summary.lanes),
        ("signals", summary.signals),
        ("zones", summary.zones),
        ("trips", summary.trips),
        ("counts", summary.counts),
        ("car parks", summary.car_parks),
    )
    lines = [("model", f"{summary.name} in {summary.out}")]
    lines += [(label, f"{value:,}") for label, value in figures if value is not None]
    if summary.bbox:
        lines.append(("box", " ".join(f"{edge:g}" for edge in summary.bbox)))
    lines.append(("took", f"{summary.seconds:g} s, {summary.peak_memory_mb:g} MB at most"))
    return lines


def _print_warnings(warnings: tuple[KindOfWarning, ...]) -> None:
    if not warnings:
        return
    table = Table("warnings", "kind", "for example", box=None)
    for warning in warnings:
        table.add_row(f"{warning.count:,}", escape(warning.kind), escape("; ".join(warning.examples)))
    Console(stderr=True).print(table)


def _kinds(warnings: Warnings) -> tuple[KindOfWarning, ...]:
    return tuple(
        KindOfWarning(kind=kind, count=count, examples=tuple(warnings.examples.get(kind, ())))
        for kind, count in warnings.counts.most_common()
    )


def _street_m(network: Network) -> float:
    joined = {(link.from_node, link.to_node) for link in network.links.values()}
    return sum(
        link.length_m * (0.5 if (link.to_node, link.from_node) in joined else 1.0) for link in network.links.values()
    )
