"""The result of `stadttakt plans coordinate`: for people, as JSON, and as rows of programme.csv."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from api.plans.programme_table import programme_rows
from signal_plans.coordination.transition import Transition
from traffic_core.provenance import Confidence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signal_plans.coordination.green_wave import GreenWave
    from signal_plans.coordination.platoons import Progress, StreetFlows
    from signal_plans.coordination.route import Route
    from signal_plans.fixed_time.performance import TownPerformance
    from signal_plans.monitor import Fault
    from signal_plans.programme import SignalProgramme


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How well a street is coordinated; bands and stops outbound and inbound."""

    cycle_s: int
    band_s: tuple[float, float]
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordination:
    """Everything that the command found."""

    street: str
    route: Route
    back: Route
    passed: tuple[str, ...]
    base: tuple[SignalProgramme, ...]
    programmes: tuple[SignalProgramme, ...]
    wave: GreenWave
    before: Quality | None
    after: Quality
    all_before: TownPerformance | None
    """All movements of the junctions, side streets included; none where only the flows of the street are known."""
    all_after: TownPerformance | None
    transitions: Mapping[str, Transition | Fault]
    flows: StreetFlows


def print_coordination(result: Coordination, *, as_json: bool) -> None:
    """Print on stdout."""
    console = Console()
    if as_json:
        console.out(to_json(_document(result)).decode(), highlight=False)
        return
    console.print(_signals(result))
    console.print(_qualities(result))
    for junction in dict.fromkeys(result.passed):
        console.print(f"note: the street passes the signals of {escape(junction)}, which are not coordinated")
    for junction, found in result.transitions.items():
        if not isinstance(found, Transition):
            console.print(f"note: {escape(junction)} cannot change while it runs: {escape(str(found))}")
    lengths = [found.length_s for found in result.transitions.values() if isinstance(found, Transition)]
    console.print(f"longest verified transition to the new offsets: {max(lengths, default=0)} s")


def _signals(result: Coordination) -> Table:
    table = Table(title=escape(result.street), title_justify="left", box=SIMPLE)
    table.add_column("id", no_wrap=True)
    table.add_column("name", no_wrap=True, overflow="ellipsis", max_width=26)
    for column in ("groups", "offset", "was", "transition"):
        table.add_column(column, justify="right", no_wrap=True)
    back = dict(zip(result.back.junctions, result.back.groups, strict=True))
    for old, new, group in zip(result.base, result.programmes, result.route.groups, strict=True):
        junction = new.layout.junction_id
        change = result.transitions[junction]
        table.add_row(
            escape(junction),
            escape(new.layout.name),
            escape(f"{group}, {back[junction]}"),
            str(new.offset_s),
            str(old.offset_s),
            f"{change.length_s} s {change.way}" if isinstance(change, Transition) else "-",
        )
    return table


def _qualities(result: Coordination) -> Table:
    table = Table("", box=SIMPLE)
    ends = result.route.junctions[-1], result.route.junctions[0]
    rows: list[list[str]] = [
        ["cycle, s"],
        *([f"band towards {escape(end)}, s"] for end in ends),
        ["stops of a vehicle along the street"],
        ["delay of a vehicle along the street, s"],
        ["stops of a vehicle at a junction, all movements"],
        ["delay of a vehicle at a junction, all movements, s"],
    ]
    both = (("before", result.before, result.all_before), ("after", result.after, result.all_after))
    for name, quality, everything in both:
        table.add_column(name, justify="right")
        cells = ["several", *["-"] * 4]
        if quality is not None:
            bands = [f"{band_s:.1f} ({100 * band_s / quality.cycle_s:.0f} %)" for band_s in quality.band_s]
            found = quality.progress
            cells = [str(quality.cycle_s), *bands, f"{found.stops_veh:.2f}", f"{found.delay_s:.1f}"]
        cells += ["-", "-"] if everything is None else [f"{everything.stops:.3f}", f"{everything.delay_s:.2f}"]
        for row, cell in zip(rows, cells, strict=True):
            row.append(cell)
    for row in rows:
        table.add_row(*row)
    return table


def _document(result: Coordination) -> dict[str, Any]:
    wave = result.wave
    lengths = [found.length_s for found in result.transitions.values() if isinstance(found, Transition)]
    return {
        "street": result.street,
        "cycle_s": wave.cycle_s,
        "junctions": [_junction(result, i) for i in range(len(result.programmes))],
        "outbound": _direction(wave.outbound.width_s, wave, wave.outbound_s, result.route),
        "inbound": _direction(wave.inbound.width_s, wave, wave.inbound_s[::-1], result.back),
        "flows_veh_h": [round(result.flows.outbound_veh_h, 1), round(result.flows.inbound_veh_h, 1)],
        "before": _quality(result.before),
        "after": _quality(result.after),
        "all_before": _all(result.all_before),
        "all_after": _all(result.all_after),
        "passed_signals": list(dict.fromkeys(result.passed)),
        "longest_transition_s": max(lengths, default=0),
    }


def _junction(result: Coordination, i: int) -> dict[str, Any]:
    old, new = result.base[i], result.programmes[i]
    change = result.transitions[new.layout.junction_id]
    found = isinstance(change, Transition)
    return {
        "id": new.layout.junction_id,
        "name": new.layout.name,
        "offset_s": new.offset_s,
        "offset_before_s": old.offset_s,
        "cycle_before_s": old.cycle_s,
        "longest_transition_s": change.length_s if isinstance(change, Transition) else None,
        "transition": change.way if isinstance(change, Transition) else str(change),
        "transition_found": found,
    }


def _direction(width_s: float, wave: GreenWave, times_s: tuple[float, ...], route: Route) -> dict[str, Any]:
    return {
        "to": route.junctions[-1],
        "band_s": round(width_s, 2),
        "band_share": round(width_s / wave.cycle_s, 4),
        "travel_s": [round(time_s, 2) for time_s in times_s],
        "groups": list(route.groups),
    }


def _quality(quality: Quality | None) -> dict[str, Any] | None:
    if quality is None:
        return None
    return {
        "cycle_s": quality.cycle_s,
        "band_s": [round(band_s, 2) for band_s in quality.band_s],
        "stops_veh": round(quality.progress.stops_veh, 3),
        "delay_s": round(quality.progress.delay_s, 2),
        "outbound": [round(value, 3) for value in quality.progress.outbound],
        "inbound": [round(value, 3) for value in quality.progress.inbound],
    }


def _all(performance: TownPerformance | None) -> dict[str, Any] | None:
    """Means per vehicle and junction over all movements."""
    if performance is None:
        return None
    return {
        "stops_veh": round(performance.stops, 4),
        "delay_s": round(performance.delay_s, 3),
        "delay_veh_h_h": round(performance.delay_veh_h_h, 3),
    }


def coordinated_rows(result: Coordination) -> list[tuple[object, ...]]:
    """The coordinated programmes as rows of programme.csv."""
    wave, ends = result.wave, (result.route.junctions[0], result.route.junctions[-1])
    return [
        row
        for old, new in zip(result.base, result.programmes, strict=True)
        for row in programme_rows(
            new,
            Confidence.ESTIMATED,
            f"green wave along {result.street}, computed: splits of {old.id}, band {wave.outbound.width_s:.1f} s "
            f"towards {ends[1]} and {wave.inbound.width_s:.1f} s towards {ends[0]}",
        )
    ]
