"""`stadttakt plans from-sumo`: from turning counts to programmes for the signals of a SUMO network."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import typer

from api.errors import ConfigError
from api.planning.outputs import write_text
from api.plans.performance_rows import performance_row
from api.plans.pictures import make_folder
from api.plans.sumo_counts import read_sumo_counts
from api.plans.sumo_net import read_sumo_net
from api.plans.sumo_programme import additional_file, shipped_plan
from api.plans.sumo_streams import FieldRules, SumoTown, sumo_town
from signal_plans.fixed_time.optimise import evaluate, optimise
from signal_plans.fixed_time.settings import OptimiserSettings

if TYPE_CHECKING:
    from pathlib import Path

    from signal_plans.fixed_time.performance import JunctionPerformance, TownPerformance
    from signal_plans.fixed_time.plan import FixedTimePlan

COUNTS_BESIDE = "turn_counts.json"
PROGRAMMES, RESULT = "stadttakt.add.xml", "plans.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class FromSumoSettings:
    """Options of the command."""

    net: Path
    out: Path
    counts: Path | None
    hours: float
    """Duration of the counts."""
    rules: FieldRules
    cycles_s: tuple[int, int]
    as_json: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SumoResult:
    """Programmes with what the model expects of them and of the programmes of the file."""

    town: SumoTown
    before: tuple[FixedTimePlan, ...]
    plans: tuple[FixedTimePlan, ...]
    performance_before: TownPerformance
    performance: TownPerformance


def run_from_sumo(settings: FromSumoSettings) -> None:
    """Read, compute, write the additional file and the figures, print a summary.

    Raises
    ------
    FileError, ConfigError, InvalidValueError
        Name the file or option, the field, the value and the limit.
    """
    if not settings.net.is_file():
        raise ConfigError("net", str(settings.net), "must be a file")
    counts = settings.counts or settings.net.parent / COUNTS_BESIDE
    if settings.counts is None and not counts.is_file():
        limit = f"must be given: no turning counts ({COUNTS_BESIDE}) lie beside {settings.net.name}"
        raise ConfigError("--counts", None, limit)
    result = compute(settings, counts)
    make_folder(settings.out)
    write_text(settings.out / PROGRAMMES, additional_file(result.town.states, result.plans, settings.rules))
    said = json.dumps(document(settings, result), indent=1, ensure_ascii=False) + "\n"
    write_text(settings.out / RESULT, said)
    typer.echo(said if settings.as_json else summary(settings, result), nl=not settings.as_json)


def compute(settings: FromSumoSettings, counts: Path) -> SumoResult:
    """Programmes from a network and counts.  Raises like `run_from_sumo`."""
    net = read_sumo_net(settings.net)
    flow_veh_h = read_sumo_counts(counts, net, settings.hours)
    town = sumo_town(net, flow_veh_h, settings.rules)
    before = tuple(
        shipped_plan(signal, town.states[signal.id], settings.rules, town.town.junctions[place])
        for place, signal in enumerate(net.signals)
    )
    bounds = OptimiserSettings(shortest_cycle_s=settings.cycles_s[0], longest_cycle_s=settings.cycles_s[1])
    plans = optimise(town.town, flow_veh_h, bounds, None)
    return SumoResult(
        town=town,
        before=before,
        plans=plans,
        performance_before=evaluate(town.town, flow_veh_h, before),
        performance=evaluate(town.town, flow_veh_h, plans),
    )


def document(settings: FromSumoSettings, result: SumoResult) -> dict[str, object]:
    """What `plans.json` holds."""
    parts = zip(
        result.before, result.plans, result.performance_before.junctions, result.performance.junctions, strict=True
    )
    return {
        "network": result.town.net.file,
        "rules": asdict(settings.rules),
        "delay_s": {"before": _round(result.performance_before.delay_s), "after": _round(result.performance.delay_s)},
        "stops_per_veh": {"before": _round(result.performance_before.stops), "after": _round(result.performance.stops)},
        "junctions": [
            {
                "id": after.junction_id,
                "before": _plan(result.town.states[after.junction_id], before, was),
                "after": _plan(result.town.states[after.junction_id], after, is_),
            }
            for before, after, was, is_ in parts
        ],
    }


def _plan(states: tuple[str, ...], plan: FixedTimePlan, performance: JunctionPerformance) -> dict[str, object]:
    return {
        "cycle_s": plan.cycle_s,
        "offset_s": plan.offset_s,
        "stages": [
            {"state": states[stage], "green_s": green_s}
            for stage, green_s in zip(plan.order, plan.green_s, strict=True)
        ],
        "delay_s": _round(performance.delay_s),
        "stops_per_veh": _round(performance.stops),
        "degree_of_saturation": _round(performance.degree_of_saturation),
        "streams": [performance_row(stream) for stream in performance.streams],
    }


def summary(settings: FromSumoSettings, result: SumoResult) -> str:
    """A line for each junction, and where the files are."""
    lines = []
    for before, plan, was, is_ in zip(
        result.before, result.plans, result.performance_before.junctions, result.performance.junctions, strict=True
    ):
        greens = " + ".join(str(green_s) for green_s in plan.green_s)
        lines.append(
            f"{plan.junction_id}: cycle {before.cycle_s} -> {plan.cycle_s} s, offset {plan.offset_s} s, "
            f"{len(plan.order)} stages {greens} s, delay {was.delay_s:.1f} -> {is_.delay_s:.1f} s/veh, "
            f"saturation {was.degree_of_saturation:.2f} -> {is_.degree_of_saturation:.2f}"
        )
    lines.append(f"{settings.out / PROGRAMMES}, {settings.out / RESULT} written")
    return "\n".join(lines)


def _round(value: float) -> float:
    return round(value, 3)
