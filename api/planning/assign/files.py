"""Files that `stadttakt assign` writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.planning.assign.selecting import OD_COLUMNS
from api.planning.assign.settings import beside
from api.planning.maps.content import MapContent, Wording, figure_text, load_map, selection_map
from api.planning.outputs import write_whole
from api.planning.results.columns import Units, digits, result_columns
from api.planning.results.files import write_columns, write_geojson, write_rows
from traffic_core.assignment.results import period_results

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from api.planning.assign.run import Run
    from api.planning.assign.selecting import Selection
    from api.planning.assign.solving import Solution
    from traffic_core.assignment.results import LinkResults


def write_results(run: Run) -> list[str]:
    """Write every file that was asked for; return their paths."""
    settings = run.settings
    selected = run.selection.volume if run.selection is not None else None
    files = [
        *_write_state(run, run.solution, (settings.flows, settings.geojson, settings.map), selected),
        *_write_selection(run),
    ]
    if run.closed is not None:
        paths = (beside(settings.flows), beside(settings.geojson), beside(settings.map))
        files += _write_state(run, run.closed.warm, paths, None, closed=run.closed.links)
    return [str(path) for path in files]


def _write_state(
    run: Run,
    solution: Solution,
    paths: tuple[Path | None, Path | None, Path | None],
    selected: NDArray[np.float64] | None,
    closed: tuple[str, ...] = (),
) -> list[Path]:
    """Table, GeoJSON and map of the network as it is or with closed links."""
    flows, geojson, picture = paths
    case = run.case
    results = period_results(solution.results)
    columns = result_columns(case.links, results, case.units, selected)
    if flows is not None:
        write_columns(flows, columns)
    if geojson is not None and case.links.courses is not None:
        write_geojson(geojson, columns, case.links.courses, about(run, closed))
    if picture is not None:
        content = load_map(
            case.links,
            results.volume,
            results.volume_capacity_ratio,
            unit=case.units.words,
            wording=_wording(run, solution, results, closed),
            peak=case.units is Units.DAY,
            closed=run.shut if closed else (),
        )
        _write_map(picture, content)
    return [path for path in paths if path is not None]


def _write_selection(run: Run) -> list[Path]:
    settings, selection = run.settings, run.selection
    if selection is None or selection.volume is None:
        return []
    if settings.selected_od is not None:
        write_rows(settings.selected_od, (*OD_COLUMNS, run.case.units.volume), selection.rows(digits(run.case.units)))
    if settings.selected_map is not None:
        content = selection_map(
            run.case.links,
            selection.volume,
            unit=run.case.units.words,
            wording=_selection_wording(run, selection),
            chosen=run.selected,
        )
        _write_map(settings.selected_map, content)
    return [path for path in (settings.selected_od, settings.selected_map) if path is not None]


def _selection_wording(run: Run, selection: Selection) -> Wording:
    zones = [f"{zone} {run.case.zone_names.get(zone, '')}".strip() for zone in selection.zones]
    chosen = ", ".join(_named(run, run.selected) or zones)
    german, english = ("Fahrten über", "Trips on") if run.selected else ("Fahrten von und nach", "Trips from and to")
    period = run.case.period
    return Wording(
        title_de=f"{german} {chosen}" + (f" – {period[0]}" if period else ""),
        title_en=f"{english} {chosen}" + (f" – {period[1]}" if period else ""),
        name=run.case.name,
        kind=_kind(run),
        notes=(f"Fahrten / trips: {figure_text(selection.total)}",),
        sources=_sources(run),
    )


def _named(run: Run, places: Iterable[int]) -> list[str]:
    """Links by id and name of the street."""
    links = run.case.links
    return [f"{links.ids[place]} {links.names[place]}".strip() for place in places]


def _write_map(path: Path, content: MapContent) -> None:
    from api.planning.maps.picture import write_map  # noqa: PLC0415  # the drawing library is heavy and rarely wanted

    write_whole(path, lambda part: write_map(part, content, path.suffix.lower().removeprefix(".")))


def about(run: Run, closed: tuple[str, ...] = ()) -> dict[str, Any]:
    """What a result says of itself; `stadttakt compare` reads it."""
    info = run.case.info
    return {
        "name": run.case.name,
        "period_de": run.case.period[0] if run.case.period else "",
        "period_en": run.case.period[1] if run.case.period else "",
        "label_de": info.label_de if info else "",
        "label_en": info.label_en if info else "",
        "licence": info.licence if info else "",
        "attribution": list(info.attribution) if info else [],
        "closed_links": list(closed),
    }


def _wording(run: Run, solution: Solution, results: LinkResults, closed: tuple[str, ...]) -> Wording:
    period = run.case.period
    named = ", ".join(_named(run, run.shut))
    shut = (f", gesperrt: {named}", f", closed: {named}") if closed else ("", "")
    return Wording(
        title_de="Umlegung" + (f" {period[0]}" if period else "") + shut[0],
        title_en="Assignment" + (f", {period[1]}" if period else "") + shut[1],
        name=run.case.name,
        kind=_kind(run),
        notes=(*_totals(run, results), f"Relative Lücke / relative gap: {solution.relative_gap:.1e}"),
        sources=_sources(run),
    )


def _totals(run: Run, results: LinkResults) -> tuple[str, ...]:
    if run.case.units is Units.OWN:
        return ()
    distance_km, time_h = results.vehicle_distance / 1_000.0, results.vehicle_time / 3_600.0
    lines = (
        f"Fahrleistung / distance: {figure_text(distance_km)} Kfz-km",
        f"Fahrzeit / time: {figure_text(time_h)} Kfz-h",
    )
    if time_h <= 0.0:
        return lines
    return (*lines, f"Mittlere Geschw. / mean speed: {distance_km / time_h:.1f} km/h")


def _kind(run: Run) -> str:
    info = run.case.info
    return f"{info.label_de} · {info.label_en}" if info else ""


def _sources(run: Run) -> tuple[str, ...]:
    info = run.case.info
    if info is None:
        return ()
    return ("Quelle / source: " + "; ".join(info.attribution), f"Lizenz / licence: {info.licence}")
