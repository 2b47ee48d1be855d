"""`stadttakt compare`: read two results, write and say their differences."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic_core import to_json
from rich.console import Console
from rich.table import Table

from api.errors import ConfigError
from api.planning.compare.comparison import Comparison
from api.planning.maps.content import Wording, difference_map, figure_text
from api.planning.outputs import check_outputs, write_whole
from api.planning.results.courses import Courses, ResultLinks, places_of
from api.planning.results.files import write_columns, write_geojson
from api.planning.results.reading import read_result
from api.town import load_town
from traffic_core import require
from traffic_core.demand_files import read_demand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.planning.results.courses import Place
    from traffic_core.geometry import LonLat

SUFFIXES = {"--out": (".csv",), "--geojson": (".geojson", ".json"), "--map": (".svg", ".png")}
WORDS = {"veh_km": "Kfz-km / veh-km", "veh_h": "Kfz-h / veh-h"}
MOST_NAMED = 10
"""So many links that one result alone has are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareSettings:
    """Options of the command."""

    a: Path
    b: Path
    net: Path | None
    out: Path | None
    geojson: Path | None
    map: Path | None
    largest: int
    as_json: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the map stands on: courses of links, names, and the words of the model."""

    lines: Mapping[str, tuple[LonLat, ...]]
    places: tuple[Place, ...]
    about: Mapping[str, Any]


def run_compare(settings: CompareSettings) -> None:
    """Do the whole command.

    Raises
    ------
    ConfigError, FileError, InvalidValueError
        Name the file or option, row, field, value and limit.
    """
    outputs = {"--out": settings.out, "--geojson": settings.geojson, "--map": settings.map}
    check_outputs(outputs, SUFFIXES)
    require.between("--largest", settings.largest, 0, 1_000_000)
    comparison = Comparison.of(read_result(settings.a), read_result(settings.b))
    if settings.out is not None:
        write_columns(settings.out, comparison.columns())
    if settings.geojson is not None or settings.map is not None:
        _draw(settings, comparison)
    _say(settings, comparison, [str(path) for path in outputs.values() if path is not None])


def _draw(settings: CompareSettings, comparison: Comparison) -> None:
    """GeoJSON and map, for which the links need courses."""
    ground = _ground(settings, comparison)
    lines = []
    for change in comparison.changes:
        line = ground.lines.get(change.link.id)
        if line is None:
            limit = "has no course: give the results as GeoJSON, or the model folder of the links with --net"
            raise ConfigError(f"link {change.link.id}", None, limit)
        lines.append(line)
    courses = Courses(lines=tuple(lines), places=ground.places)
    if settings.geojson is not None:
        write_geojson(settings.geojson, comparison.columns(), courses, dict(ground.about))
    if settings.map is not None:
        _write_map(settings.map, comparison, courses, ground.about)


def _ground(settings: CompareSettings, comparison: Comparison) -> Ground:
    lines = {
        link.id: link.line
        for result in (comparison.a, comparison.b)
        for link in result.links.values()
        if link.line is not None
    }
    about = {**comparison.a.about, **comparison.b.about}
    if settings.net is None:
        return Ground(lines=lines, places=(), about=about)
    town = load_town(settings.net)
    demand = read_demand(settings.net, town.network)
    info = town.info.model_dump(include={"name", "label_de", "label_en", "licence", "attribution"})
    return Ground(
        lines={link.id: link.line for link in town.network.links.values()} | lines,
        places=places_of(town.network, demand.zones.values()),
        about=about | info,
    )


def _write_map(path: Path, comparison: Comparison, courses: Courses, about: Mapping[str, Any]) -> None:
    from api.planning.maps.picture import write_map  # noqa: PLC0415  # the drawing library is heavy and rarely wanted

    found = [change.link for change in comparison.changes]
    links = ResultLinks(
        ids=tuple(link.id for link in found),
        from_nodes=tuple(link.from_node for link in found),
        to_nodes=tuple(link.to_node for link in found),
        names=tuple(link.name for link in found),
        courses=courses,
    )
    closed = set(comparison.b.about.get("closed_links", ())) - set(comparison.a.about.get("closed_links", ()))
    content = difference_map(
        links,
        np.array([change.difference for change in comparison.changes]),
        unit=comparison.a.units.words,
        wording=_wording(comparison, about),
        closed=tuple(place for place, link in enumerate(found) if link.id in closed),
    )
    write_whole(path, lambda part: write_map(part, content, path.suffix.lower().removeprefix(".")))


def _wording(comparison: Comparison, about: Mapping[str, Any]) -> Wording:
    periods = [about.get("period_de"), about.get("period_en")]
    sums = [
        f"{WORDS.get(each.name, each.name)}: {figure_text(each.a)} → {figure_text(each.b)}"
        for each in comparison.sums()
        if each.a is not None and each.b is not None
    ]
    labels = [str(about[name]) for name in ("label_de", "label_en") if about.get(name)]
    sources = []
    if about.get("attribution"):
        sources.append("Quelle / source: " + "; ".join(about["attribution"]))
    if about.get("licence"):
        sources.append(f"Lizenz / licence: {about['licence']}")
    return Wording(
        title_de="Änderung der Verkehrsstärke" + (f", {periods[0]}" if periods[0] else ""),
        title_en="Change of volume" + (f", {periods[1]}" if periods[1] else ""),
        name=str(about.get("name") or Path(comparison.b.file).stem),
        kind=" · ".join(labels),
        notes=(f"A: {comparison.a.file}", f"B: {comparison.b.file}", *sums),
        sources=tuple(sources),
    )


def _say(settings: CompareSettings, comparison: Comparison, written: list[str]) -> None:
    console = Console()
    document = report(comparison, settings.largest) | {"written": written}
    if settings.as_json:
        console.out(to_json(document).decode(), highlight=False)
        return
    sums = Table("sum", "A", "B", "B - A", "%", title=f"{comparison.a.file} → {comparison.b.file}")
    for each in comparison.sums():
        share = "-" if each.percent is None else f"{each.percent:+.2f}"
        sums.add_row(each.name, _figure(each.a), _figure(each.b), _figure(each.difference, signed=True), share)
    console.print(sums)
    changes = Table("link", "name", "A", "B", "B - A", "%", title=f"largest changes of {comparison.a.units.volume}")
    for change in comparison.largest(settings.largest):
        share = "-" if change.percent is None else f"{change.percent:+.1f}"
        figures = (_figure(change.volume_a), _figure(change.volume_b), _figure(change.difference, signed=True), share)
        changes.add_row(change.link.id, change.link.name, *figures)
    console.print(changes)
    for side, file in (("a", comparison.a.file), ("b", comparison.b.file)):
        if only := comparison.only(side):
            more = " …" if len(only) > MOST_NAMED else ""
            console.print(f"{len(only)} links only in {file}: {', '.join(only[:MOST_NAMED])}{more}", highlight=False)
    for path in written:
        console.print(f"written: {path}", highlight=False, soft_wrap=True)


def report(comparison: Comparison, largest: int) -> dict[str, Any]:
    """The comparison in figures."""
    return {
        "a": comparison.a.file,
        "b": comparison.b.file,
        "volume": comparison.a.units.volume,
        "links": sum(change.present == "both" for change in comparison.changes),
        "only_a": comparison.only("a"),
        "only_b": comparison.only("b"),
        "sums": {
            each.name: {"a": each.a, "b": each.b, "difference": each.difference, "percent": each.percent}
            for each in comparison.sums()
        },
        "largest": [
            {
                "link_id": change.link.id,
                "name": change.link.name,
                "a": change.volume_a,
                "b": change.volume_b,
                "difference": change.difference,
                "percent": change.percent,
            }
            for change in comparison.largest(largest)
        ],
    }


def _figure(value: float | None, *, signed: bool = False) -> str:
    if value is None:
        return "-"
    return f"{value:+,.1f}" if signed else f"{value:,.1f}"
