"""`stadttakt plans coordinate`: from a street of a model to programmes with offsets, a report and a diagram."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import typer

from api.errors import ConfigError
from api.planning.outputs import write_text
from api.plans.coordination_report import Coordination, Quality, coordinated_rows, print_coordination
from api.plans.coordination_traffic import Traffic, served, traffic_of
from api.plans.pictures import language_of, make_folder
from api.plans.programme_table import PROGRAMMES, write_programmes
from api.town import default_model, load_town
from signal_plans.coordination.bands import bands
from signal_plans.coordination.fitting import WaveSettings, arterial_of, fit_to_cycle, shortest_cycle_s
from signal_plans.coordination.green_wave import GreenWave, green_wave
from signal_plans.coordination.platoons import StreetFlows, progress
from signal_plans.coordination.refining import OffsetCost, refined, street_cost, wanted_times_s
from signal_plans.coordination.route import Route, junctions_along, links_named, route_through, signals_between
from signal_plans.coordination.transition import Transition, Transitions
from signal_plans.drawing.green_band import BandLabels, green_band
from signal_plans.drawing.words import word
from signal_plans.errors import UnsafeProgrammeError
from signal_plans.programme import LONGEST_CYCLE_S, SHORTEST_CYCLE_S, SignalProgramme
from traffic_core import require
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from api.town import Town
    from signal_plans.coordination.arterial import Arterial
    from signal_plans.monitor import Fault

PROGRAMME_ID = "wave"
DIAGRAM = "green_band.svg"
REFINED_CYCLES = 3
"""Of a range of cycles so many with the widest bands and so many with the least cost are looked at more closely."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinateSettings:
    """Options of the command."""

    model: Path | None
    along: str | None
    junctions: str | None
    cycle: str | None
    programme: str | None
    flows: str | None
    hour: int
    weights: str
    slowest: float
    queue: float
    keep_band: float
    section_bands: bool
    out: Path | None
    lang: str
    as_json: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Street:
    """The arterial of the model with the programmes to start from."""

    town: Town
    name: str
    routes: tuple[Route, Route]
    base: tuple[SignalProgramme, ...]
    cycles: range
    wanted: WaveSettings
    flows: StreetFlows
    traffic: Traffic | None
    """All movements of the junctions; none where the flows of the street are given."""


_Way = tuple[tuple[SignalProgramme, ...], "Arterial", GreenWave]
"""Programmes with one cycle, the arterial they make, and its wave."""


def run_coordinate(settings: CoordinateSettings) -> None:
    """Coordinate, write the files if asked, print the report.

    Raises
    ------
    FileError, ConfigError, InvalidValueError
        For a model that cannot be read, options that cannot be used, a street that cannot be coordinated.
    """
    language = language_of(settings.lang)
    town = load_town(settings.model or default_model())
    street = _street(town, settings)
    fitted, arterial, wave = _best(street, settings)
    programmes = tuple(replace(each, id=PROGRAMME_ID) for each in _shifted(fitted, wave.offsets_s))
    result = Coordination(
        street=street.name,
        route=street.routes[0],
        back=street.routes[1],
        passed=signals_between(town.network, street.routes[0]),
        base=street.base,
        programmes=programmes,
        wave=wave,
        before=_before(street),
        after=_quality(street, arterial, wave),
        all_before=None if street.traffic is None else served(street.traffic, street.base),
        all_after=None if street.traffic is None else served(street.traffic, programmes),
        transitions=_transitions(street.base, programmes),
        flows=street.flows,
    )
    if settings.out is not None:
        title = f"{word('programme', language)} {PROGRAMME_ID}"
        names = tuple(programme.layout.name for programme in programmes)
        ends = street.routes[0].junctions[0], street.routes[0].junctions[-1]
        labels = BandLabels(street=street.name, signals=names, ends=ends, facts=title)
        make_folder(settings.out)
        write_programmes(settings.out, coordinated_rows(result))
        write_text(settings.out / DIAGRAM, green_band(arterial, wave, labels, language))
    print_coordination(result, as_json=settings.as_json)
    if settings.out is not None and not settings.as_json:
        typer.echo(f"{settings.out / PROGRAMMES}, {settings.out / DIAGRAM} written")


def _street(town: Town, settings: CoordinateSettings) -> _Street:
    if (settings.along is None) == (settings.junctions is None):
        raise ConfigError("--along, --junctions", None, "must name a street or signals in their order, not both")
    require.between("--slowest", settings.slowest, 0.3, 1.0)
    require.between("--queue", settings.queue, 0.0, 30.0)
    require.between("--keep-band", settings.keep_band, 0.0, 1.0)
    allowed = None
    if settings.along is not None:
        order = junctions_along(town.network, town.junctions, settings.along)
        allowed = {link.id for link in links_named(town.network, settings.along)}
    else:
        order = tuple(part.strip() for part in (settings.junctions or "").split(","))
    try:
        routes = (
            route_through(town.network, town.junctions, order, allowed),
            route_through(town.network, town.junctions, order[::-1], allowed),
        )
    except InvalidValueError as error:
        option = "--junctions" if settings.along is None else "--along"
        raise ConfigError(option, error.value, error.limit) from error
    weights = _pair("--weights", settings.weights)
    base = tuple(_programme(town, name, settings.programme) for name in order)
    cycles = _cycles(settings.cycle, base)
    traffic = None if settings.flows is not None else _demand(town, settings, routes)
    flows = traffic.along_veh_h if traffic is not None else _pair("--flows", settings.flows or "")
    layouts = [town.junctions[name].layout for name in order]
    saturation = tuple(
        (layout.groups[there].saturation_flow_veh_h, layout.groups[back].saturation_flow_veh_h)
        for layout, there, back in zip(layouts, routes[0].groups, reversed(routes[1].groups), strict=True)
    )
    return _Street(
        town=town,
        name=settings.along or f"{layouts[0].name} – {layouts[-1].name}",
        routes=routes,
        base=base,
        cycles=cycles,
        wanted=WaveSettings(
            slowest_share=settings.slowest,
            queue_s=settings.queue,
            outbound_weight=weights[0],
            inbound_weight=weights[1],
        ),
        flows=StreetFlows(outbound_veh_h=flows[0], inbound_veh_h=flows[1], saturation_veh_h=saturation),
        traffic=traffic,
    )


def _demand(town: Town, settings: CoordinateSettings, routes: tuple[Route, Route]) -> Traffic:
    folder = settings.model or default_model()
    if not (folder / "demand.csv").is_file():
        raise ConfigError("--flows", None, f"must be given: {folder.name} holds no demand that flows could come from")
    return traffic_of(folder, town, routes, settings.hour)


def _pair(option: str, text: str) -> tuple[float, float]:
    try:
        first, second = (float(part) for part in text.split(","))
    except ValueError as error:
        raise ConfigError(option, text, "must be two numbers with a comma between them") from error
    for value in (first, second):
        require.between(option, value, 0.0, 20_000.0)
    require.positive(option, first + second)
    return first, second


def _programme(town: Town, junction_id: str, programme_id: str | None) -> SignalProgramme:
    junction = town.junctions[junction_id]
    if programme_id is None:
        return junction.fallback
    for programme in junction.programmes:
        if programme.id == programme_id:
            return programme
    raise ConfigError("--programme", programme_id, f"must be a programme of junction {junction_id}")


def _cycles(text: str | None, base: Sequence[SignalProgramme]) -> range:
    if text is None:
        longest_s = max(programme.cycle_s for programme in base)
        return range(longest_s, longest_s + 1)
    low, _, high = text.partition("-")
    try:
        first, last = int(low), int(high or low)
    except ValueError as error:
        raise ConfigError("--cycle", text, "must be whole seconds or a range such as 60-90") from error
    if not SHORTEST_CYCLE_S <= first <= last <= LONGEST_CYCLE_S:
        limit = f"must lie within {SHORTEST_CYCLE_S} to {LONGEST_CYCLE_S} s, the shorter cycle first, such as 60-90"
        raise ConfigError("--cycle", text, limit)
    shortest_s = max(shortest_cycle_s(programme.layout) for programme in base)
    if shortest_s > last:
        raise ConfigError("--cycle", last, f"must be at least {shortest_s} s for the minimum greens of all")
    return range(max(first, shortest_s), last + 1)


def _best(street: _Street, settings: CoordinateSettings) -> _Way:
    """Programmes, arterial and wave of the cycle with the least delay and stops."""
    found: list[_Way] = []
    refused: UnsafeProgrammeError | None = None
    for cycle_s in street.cycles:
        try:
            fitted = tuple(fit_to_cycle(programme, cycle_s) for programme in street.base)
        except UnsafeProgrammeError as error:
            refused = error
            continue
        arterial = arterial_of(street.town.network, street.routes, fitted, street.wanted)
        wave = green_wave(arterial, section_bands=settings.section_bands)
        found.append((fitted, arterial, wave))
    if not found:
        raise ConfigError("--cycle", settings.cycle, f"must allow safe programmes: {refused}")
    closer = []
    for fitted, arterial, wave in _promising(street, found):
        cost = _cost(street, fitted, arterial)
        better = refined(arterial, wave, cost, settings.keep_band)
        closer.append((cost(better.offsets_s), (fitted, arterial, better)))
    return min(closer, key=lambda way: way[0])[1]


def _promising(street: _Street, found: list[_Way]) -> list[_Way]:
    """Cycles worth a closer look: those with the widest bands as shares of the cycle, and those that cost least."""
    wants = street.wanted
    widths = [wants.outbound_weight * way[2].shares[0] + wants.inbound_weight * way[2].shares[1] for way in found]
    costs = [_cost(street, fitted, arterial)(wave.offsets_s) for fitted, arterial, wave in found]
    places = range(len(found))
    chosen = {
        *sorted(places, key=lambda i: (-widths[i], i))[:REFINED_CYCLES],
        *sorted(places, key=lambda i: (costs[i], i))[:REFINED_CYCLES],
    }
    return [found[i] for i in sorted(chosen)]


def _cost(street: _Street, fitted: Sequence[SignalProgramme], arterial: Arterial) -> OffsetCost:
    """Cost of offsets: of all movements where they are known, else of the street."""
    traffic = street.traffic
    if traffic is None:
        return street_cost(arterial, street.flows)
    return lambda offsets_s: served(traffic, _shifted(fitted, offsets_s)).cost_veh


def _shifted(programmes: Sequence[SignalProgramme], offsets_s: Sequence[int]) -> tuple[SignalProgramme, ...]:
    return tuple(replace(each, offset_s=offset_s) for each, offset_s in zip(programmes, offsets_s, strict=True))


def _before(street: _Street) -> Quality | None:
    """Quality of the programmes as they are; none where they have no common cycle and so no bands."""
    if len({programme.cycle_s for programme in street.base}) > 1:
        return None
    arterial = arterial_of(street.town.network, street.routes, street.base, street.wanted)
    times_s = wanted_times_s(arterial)
    offsets_s = [programme.offset_s for programme in street.base]
    outbound, inbound = bands(arterial, offsets_s, *times_s)
    result = progress(arterial, offsets_s, street.flows, *times_s)
    return Quality(cycle_s=arterial.cycle_s, band_s=(outbound.width_s, inbound.width_s), progress=result)


def _quality(street: _Street, arterial: Arterial, wave: GreenWave) -> Quality:
    result = progress(arterial, wave.offsets_s, street.flows, *wanted_times_s(arterial))
    return Quality(cycle_s=wave.cycle_s, band_s=(wave.outbound.width_s, wave.inbound.width_s), progress=result)


def _transitions(
    base: Sequence[SignalProgramme], programmes: Sequence[SignalProgramme]
) -> Mapping[str, Transition | Fault]:
    """Longest transition of each junction from the programme it has to the new one."""
    return {old.layout.junction_id: Transitions(old, new).longest() for old, new in zip(base, programmes, strict=True)}
