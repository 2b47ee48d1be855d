"""What `stadttakt assign` says: one JSON object, or tables."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json
from rich.console import Console
from rich.table import Table

from api.planning.assign.screenlines import crossing_totals
from api.planning.results.columns import Units
from traffic_core.assignment.results import period_results

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.planning.assign.run import Run
    from api.planning.assign.screenlines import CrossingTotals
    from traffic_core.assignment.results import LinkResults

BUSIEST = 10


def print_report(run: Run, written: Sequence[str]) -> None:
    """Print the figures of a run on standard output."""
    results = period_results(run.solution.results)
    totals = [
        crossing_totals(each, run.solution.results, run.case.counts, run.case.counted_share) for each in run.crossings
    ]
    document = report(run, results, totals, written)
    console = Console()
    if run.settings.as_json:
        console.out(to_json(document).decode(), highlight=False)
        return
    console.print(_figures(document))
    if run.case.units is not Units.OWN:
        console.print(_busiest(run, results))
    if totals:
        console.print(_crossings(totals))
    for path in written:
        console.print(f"written: {path}", highlight=False, soft_wrap=True)


def report(run: Run, results: LinkResults, totals: Sequence[CrossingTotals], written: Sequence[str]) -> dict[str, Any]:
    """Figures of a run; the objective keeps every digit."""
    case, solution = run.case, run.solution
    document: dict[str, Any] = {
        "network": case.name,
        "objective": solution.objective,
        "relative_gap": solution.relative_gap,
        "iterations": solution.iterations,
        "cpu_s": solution.cpu_s,
        "compile_s": run.compile_s,
        "converged": run.converged,
        "gap_target": run.settings.gap,
        "max_iterations": run.settings.max_iterations,
        "zones": len(case.zones),
        "nodes": case.nodes,
        "links": len(case.links.ids),
        "trips": solution.trips,
        "classes": list(results.class_names),
        "period": case.period[1] if case.period else None,
    }
    if case.units is Units.OWN:
        document |= {"vehicle_distance": results.vehicle_distance, "vehicle_time": results.vehicle_time}
    else:
        document |= {"veh_km": results.vehicle_distance / 1_000.0, "veh_h": results.vehicle_time / 3_600.0}
    if run.closed is not None:
        document["closed"] = _closed(run)
    if run.selection is not None:
        document["selected"] = {
            "links": list(run.selection.links),
            "zones": list(run.selection.zones),
            "trips": run.selection.total,
        }
    if totals:
        document["screenlines"] = [asdict(each) for each in totals]
    return document | {"written": list(written)}


def _closed(run: Run) -> dict[str, Any]:
    if run.closed is None:
        return {}
    warm, cold = run.closed.warm, run.closed.cold
    return {
        "links": list(run.closed.links),
        "objective": warm.objective,
        "relative_gap": warm.relative_gap,
        "iterations": warm.iterations,
        "cpu_s": warm.cpu_s,
        "cold_iterations": cold.iterations,
        "cold_cpu_s": cold.cpu_s,
        "share": run.closed.share,
        "converged": warm.converged and cold.converged,
    }


def _figures(document: dict[str, Any]) -> Table:
    table = Table("figure", "value", title=f"assignment of {document['network']}", title_justify="left")
    for name, value in document.items():
        if name in {"network", "written", "screenlines", "period"} and name != "period":
            continue
        for part, figure in value.items() if isinstance(value, dict) else ((None, value),):
            table.add_row(name if part is None else f"{name}: {part}", _text(figure))
    return table


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "-"
    if isinstance(value, float):
        return repr(value)
    return "-" if value is None else str(value)


def _busiest(run: Run, results: LinkResults) -> Table:
    """Links with the largest volumes, and how full they are."""
    german, english = run.case.units.words
    table = Table("link", "name", f"{german} · {english}", "v/c", "km/h", title="busiest links", title_justify="left")
    volume = results.volume
    for place in sorted(range(len(volume)), key=lambda each: (-volume[each], each))[:BUSIEST]:
        speed_km_h = 3.6 * results.length[place] / results.time[place]
        table.add_row(
            run.case.links.ids[place],
            run.case.links.names[place],
            f"{volume[place]:,.0f}",
            f"{results.volume_capacity_ratio[place]:.2f}",
            f"{speed_km_h:.0f}",
        )
    return table


def _crossings(totals: Sequence[CrossingTotals]) -> Table:
    table = Table("screenline", "direction", "volume", "v/c", "counted", "difference", "GEH", title="screenlines")
    for each in totals:
        table.add_row(
            each.screenline,
            each.direction,
            f"{each.volume:,.0f}",
            "-" if each.volume_capacity_ratio is None else f"{each.volume_capacity_ratio:.2f}",
            "-" if each.counted is None else f"{each.counted:,.0f}",
            "-" if each.difference_percent is None else f"{each.difference_percent:+.1f} %",
            "-" if each.geh is None else f"{each.geh:.1f}",
        )
    return table
