"""`stadttakt plans compute`: programmes of a town's junctions from turning counts or from the demand model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from api.errors import ConfigError
from api.plans.assigned_flows import assigned_turn_flows
from api.plans.period_mean import hour_text, period_mean, spans_text
from api.plans.turning_counts import CountSeries, read_turning_counts
from api.town import Town, default_model, load_town
from signal_plans.fixed_time.counts_to_streams import stream_flows_veh_h
from signal_plans.fixed_time.optimise import evaluate, optimise
from signal_plans.fixed_time.settings import OptimiserSettings
from signal_plans.fixed_time.stage_programme import as_it_runs, lengthened, programme_of_plan, with_waiting_groups
from signal_plans.streams.from_layout import stream_town
from signal_plans.streams.model import StreamTown
from traffic_core import require

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from signal_plans.fixed_time.performance import TownPerformance
    from signal_plans.fixed_time.plan import FixedTimePlan
    from signal_plans.programme import SignalProgramme


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputeSettings:
    """Options of the command."""

    model: Path | None
    counts: Path | None
    junctions: tuple[str, ...]
    period: tuple[int, int]
    """First and last minute of the day."""
    cycles_s: tuple[int, int]
    out: Path | None
    into: Path | None
    """Where a copy of the model with the programmes is put."""
    as_json: bool

    @property
    def programme_id(self) -> str:
        """Id of the programmes, such as C0700-0900."""
        return "C" + "-".join(f"{minute // 60:02}{minute % 60:02}" for minute in self.period)


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """Programmes of some junctions with their figures before and after."""

    town: Town
    series: Mapping[str, CountSeries]
    """Counts by turn id; empty where the flows are those of the model."""
    missing_hours: tuple[str, ...]
    """Hours of the period that are not counted, or not as a whole, on some days, in words."""
    running: tuple[SignalProgramme, ...]
    """What the junctions run without the new programmes."""
    programmes: tuple[SignalProgramme, ...]
    group_of: Mapping[str, str]
    """Signal group of each movement that is judged, by its id."""
    before: TownPerformance
    after: TownPerformance


def parse_period(text: str) -> tuple[int, int]:
    """Minutes of the day of a period such as 07:00-09:00.  Raises `ConfigError`."""
    parts = text.split("-")
    minutes = [_minute(part) for part in parts]
    if len(parts) != 2 or None in minutes:
        raise ConfigError("--period", text, "must be two times of day such as 07:00-09:00")
    begin, end = (minute or 0 for minute in minutes)
    if begin >= end:
        raise ConfigError("--period", text, "must end after it begins, on the same day")
    return begin, end


def _minute(text: str) -> int | None:
    hour, colon, minute = text.strip().partition(":")
    if not (colon and hour.isdecimal() and minute.isdecimal() and len(minute) == 2):
        return None
    found = int(hour) * 60 + int(minute)
    return found if int(minute) < 60 and found <= 1_440 else None


def compute(settings: ComputeSettings) -> Computed:
    """Programmes of the wanted junctions.

    Raises
    ------
    ConfigError, FileError, InvalidValueError, UnsafeProgrammeError
        Name the option or file, the junction, the field, the value and the limit.
    """
    folder = settings.model or default_model()
    town = load_town(folder)
    for junction in settings.junctions:
        if junction not in town.junctions:
            raise ConfigError("--junction", junction, "must be a junction with supply data of the model")
    series, turn_flow_veh_h, missing_hours = _turn_flows(settings, folder, town)
    wanted = _wanted(settings, town, series)
    layouts = [town.junctions[junction].layout for junction in wanted]
    streams = stream_town(town.network, layouts, turn_flow_veh_h)
    by_pair = {
        (turn.from_link, turn.to_link): turn_flow_veh_h.get(turn.id, 0.0) for turn in town.network.turns.values()
    }
    flow_veh_h = {junction.id: stream_flows_veh_h(junction, by_pair) for junction in streams.junctions}
    bounds = OptimiserSettings(shortest_cycle_s=settings.cycles_s[0], longest_cycle_s=settings.cycles_s[1])
    plans = _optimised(streams, flow_veh_h, town, bounds)
    programmes = tuple(
        lengthened(programme_of_plan(layout, plan, settings.programme_id))
        for layout, plan in zip(layouts, plans, strict=True)
    )
    running = tuple(town.junctions[junction].fallback for junction in wanted)
    return Computed(
        town=town,
        series=series,
        missing_hours=missing_hours,
        running=running,
        programmes=programmes,
        group_of={stream.id: stream.group for junction in streams.junctions for stream in junction.streams},
        before=_evaluated(streams, flow_veh_h, running),
        after=_evaluated(streams, flow_veh_h, programmes),
    )


class _Flows(NamedTuple):
    """Flows of turns with the counts they come from, and the hours missing in those on some days."""

    series: Mapping[str, CountSeries]
    turn_flow_veh_h: Mapping[str, float]
    missing_hours: tuple[str, ...]


def _hours(begin: int, end: int) -> range:
    return range(begin // 60, -(-end // 60))


def _turn_flows(settings: ComputeSettings, folder: Path, town: Town) -> _Flows:
    begin, end = settings.period
    if settings.counts is None:
        flow_veh_h = assigned_turn_flows(folder, town, _hours(begin, end))
        return _Flows(series={}, turn_flow_veh_h=flow_veh_h, missing_hours=())
    series = read_turning_counts(settings.counts, town.network)
    flows: dict[str, float] = {}
    missing: list[str] = []
    for turn, each in series.items():
        mean = period_mean(each, begin, end)
        if mean.uncovered:
            limit = (
                f"must be made of whole intervals of {settings.counts.name}, of {each.minutes} min: "
                f"none of turn {turn} of node {each.node} lies over {spans_text(mean.uncovered)} within it"
            )
            raise ConfigError("--period", spans_text([settings.period]), limit)
        if mean.veh_h is None:
            wanted = hour_text(mean.never[0]) if mean.is_counted_in_part else spans_text([settings.period])
            limit = f"must hold a count without fault in {wanted} for turn {turn} of node {each.node}"
            raise ConfigError("--counts", str(settings.counts), limit)
        flows[turn] = mean.veh_h
        missing += [f"{each.node} {turn}: {hour.text}" for hour in mean.missing]
    return _Flows(series=series, turn_flow_veh_h=flows, missing_hours=tuple(missing))


def _wanted(settings: ComputeSettings, town: Town, series: Mapping[str, CountSeries]) -> list[str]:
    """Junctions of the options, or all that have supply data and counts; each turn must be counted."""
    counted = {each.node for each in series.values()}
    wanted = [junction for junction in town.junctions if junction in (settings.junctions or counted or town.junctions)]
    if not wanted:
        where = str(settings.counts)
        raise ConfigError("--counts", where, "must hold counts of a junction with supply data")
    for junction in wanted if settings.counts is not None else ():
        turns = [turn.id for turn in town.network.turns.values() if turn.node_id == junction]
        if missing := [turn for turn in turns if turn not in series]:
            turn = town.network.turns[missing[0]]
            limit = f"must hold turn {turn.id} of junction {junction} too, from {turn.from_link} to {turn.to_link}"
            raise ConfigError("--counts", str(settings.counts), limit)
    return wanted


def _optimised(
    streams: StreamTown, flow_veh_h: Mapping[str, Sequence[float]], town: Town, bounds: OptimiserSettings
) -> tuple[FixedTimePlan, ...]:
    """Plans that serve pedestrians, cyclists and buses as well."""
    junctions = tuple(
        with_waiting_groups(junction, town.junctions[junction.id].layout) for junction in streams.junctions
    )
    flows = {
        junction.id: (*flow_veh_h[junction.id], *(0.0,) * (len(junction.streams) - len(flow_veh_h[junction.id])))
        for junction in junctions
    }
    return optimise(StreamTown(junctions=junctions, exits=streams.exits), flows, bounds, None)


def _evaluated(
    streams: StreamTown, flow_veh_h: Mapping[str, Sequence[float]], programmes: Sequence[SignalProgramme]
) -> TownPerformance:
    """Figures of programmes as they run, with the greens of groups."""
    shown = [as_it_runs(junction, programme) for junction, programme in zip(streams.junctions, programmes, strict=True)]
    town = replace(streams, junctions=tuple(junction for junction, _ in shown))
    return evaluate(town, flow_veh_h, tuple(plan for _, plan in shown))


def check_cycles(shortest_s: int, longest_s: int) -> tuple[int, int]:
    """Bounds of the cycle.  Raises `InvalidValueError` where they contradict each other."""
    require.between("--longest-cycle", longest_s, shortest_s, 120)
    return shortest_s, longest_s
