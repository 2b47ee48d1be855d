"""What `stadttakt plans compute` writes and prints."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from api.planning.outputs import write_text
from api.plans.compute import Computed, ComputeSettings, compute
from api.plans.into_model import check_into, join_into, told
from api.plans.into_model import document as into_document
from api.plans.performance_rows import performance_row, textbook_delays
from api.plans.period_mean import clock
from api.plans.pictures import make_folder
from api.plans.programme_table import PROGRAMMES, programme_rows, write_programmes
from api.plans.turning_counts import fault_counts
from api.town import default_model
from signal_plans.fixed_time.levels import BOUNDS_ARE_CONFIRMED, LEVEL_BOUNDS_S
from signal_plans.fixed_time.settings import FlowLaw
from traffic_core.provenance import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signal_plans.fixed_time.performance import JunctionPerformance, StreamPerformance
    from signal_plans.programme import SignalProgramme

RESULT = "plans.json"


def run_compute(settings: ComputeSettings) -> int:
    """Compute, write the files and print the figures; 1 where the model with the programmes breaks a rule, else 0.

    Raises like `compute` and `join_into`.
    """
    model = settings.model or default_model()
    if settings.into is not None:
        check_into(model, settings.into)
    found = compute(settings)
    rows = _rows(found, source_of(settings))
    made = document(found)
    if settings.out is not None:
        make_folder(settings.out)
        write_programmes(settings.out, rows)
        write_text(settings.out / RESULT, _text(made))
    joined = None if settings.into is None else join_into(model, settings.into, rows)
    if settings.as_json:
        typer.echo(_text(made if joined is None else made | {"into": into_document(joined)}), nl=False)
    else:
        for line in (*lines(found), *(told(joined) if joined is not None else ())):
            typer.echo(line)
        if settings.out is not None:
            typer.echo(f"{settings.out / PROGRAMMES}, {settings.out / RESULT} written")
    return int(joined is not None and bool(joined.violations))


def _text(made: dict[str, object]) -> str:
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def _rows(found: Computed, source: str) -> list[tuple[object, ...]]:
    return [row for programme in found.programmes for row in programme_rows(programme, Confidence.DERIVED, source)]


def source_of(settings: ComputeSettings) -> str:
    """Where the flows come from, for the source column."""
    begin, end = (clock(minute) for minute in settings.period)
    origin = "the demand model" if settings.counts is None else f"turning counts {settings.counts.name}"
    return f"computed from {origin}, {begin} to {end}"


def document(found: Computed) -> dict[str, object]:
    """The figures as JSON."""
    parts = zip(found.running, found.programmes, found.before.junctions, found.after.junctions, strict=True)
    return {
        "programme": found.programmes[0].id,
        "levels_confirmed": BOUNDS_ARE_CONFIRMED,
        "count_faults": [each.fault_text(fault) for each in found.series.values() for fault in each.faults],
        "missing_hours": list(found.missing_hours),
        "delay_s": {"before": round(found.before.delay_s, 2), "after": round(found.after.delay_s, 2)},
        "stops_per_veh": {"before": round(found.before.stops, 3), "after": round(found.after.stops, 3)},
        "junctions": [
            {
                "id": programme.layout.junction_id,
                "cycle_s": programme.cycle_s,
                "offset_s": programme.offset_s,
                "greens": {
                    group: [[window.start_s, window.length_s] for window in windows]
                    for group, windows in programme.greens.items()
                },
                "before": _junction(before, running, found.group_of),
                "after": _junction(after, programme, found.group_of),
            }
            for running, programme, before, after in parts
        ],
    }


def _junction(
    performance: JunctionPerformance, programme: SignalProgramme, group_of: Mapping[str, str]
) -> dict[str, object]:
    law = FlowLaw()
    lost_s = law.start_loss_s - law.amber_used_s

    def green_s(stream: StreamPerformance) -> float:
        return sum(max(0.0, window.length_s - lost_s) for window in programme.greens[group_of[stream.stream_id]])

    return {
        "cycle_s": performance.cycle_s,
        "delay_s": round(performance.delay_s, 2),
        "stops_per_veh": round(performance.stops, 3),
        "degree_of_saturation": round(performance.degree_of_saturation, 3),
        "movements": [
            performance_row(stream) | textbook_delays(stream, programme.cycle_s, green_s(stream))
            for stream in performance.streams
        ],
    }


def lines(found: Computed) -> Iterator[str]:
    """A summary for people."""
    faults = fault_counts(list(found.series.values()))
    if faults:
        yield "faults in the counts, left out: " + ", ".join(f"{count} {kind}" for kind, count in faults.items())
        for each in found.series.values():
            for fault in each.faults:
                yield f"  {each.fault_text(fault)}"
    if found.missing_hours:
        yield "warning: hours that are not counted on some days, or in part; each time is the mean of days that have it"
        yield from (f"  {text}" for text in found.missing_hours)
    for programme, before, after in zip(found.programmes, found.before.junctions, found.after.junctions, strict=True):
        yield (
            f"{programme.layout.junction_id} {programme.layout.name}: cycle {before.cycle_s} -> {after.cycle_s} s, "
            f"delay {before.delay_s:.1f} -> {after.delay_s:.1f} s/veh, stops {before.stops:.2f} -> {after.stops:.2f}, "
            f"saturation {before.degree_of_saturation:.2f} -> {after.degree_of_saturation:.2f}"
        )
        if len(found.programmes) == 1:
            yield from _movements(before, after)
    bounds = "/".join(f"{bound_s:g}" for bound_s in LEVEL_BOUNDS_S)
    yield (
        f"all: delay {found.before.delay_s:.1f} -> {found.after.delay_s:.1f} s/veh and junction, "
        f"stops {found.before.stops:.2f} -> {found.after.stops:.2f}; levels A to F by {bounds} s, to be confirmed"
    )


def _movements(before: JunctionPerformance, after: JunctionPerformance) -> Iterator[str]:
    for was, is_ in zip(before.streams, after.streams, strict=True):
        a, b = performance_row(was), performance_row(is_)
        yield (
            f"  {was.stream_id}: {is_.flow_veh_h:.0f} veh/h, saturation {was.degree_of_saturation:.2f} -> "
            f"{is_.degree_of_saturation:.2f}, delay {was.delay_s:.0f} -> {is_.delay_s:.0f} s, "
            f"queue 95 % {a['queue_95_veh']} -> {b['queue_95_veh']} veh, level {a['level']} -> {b['level']}"
        )
