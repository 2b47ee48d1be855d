"""Screenlines: links that cross a line, by direction, and what drives over them."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Annotated

import numpy as np
import yaml
from pydantic import Field, ValidationError

from api.errors import ConfigError
from api.wire.base import WireModel
from traffic_core.calibration.fit import geh
from traffic_core.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from traffic_core.assignment.results import LinkResults
    from traffic_core.counts import Count

CSV_COLUMNS = ("screenline_id", "direction", "link_id")
Directions = dict[str, Annotated[list[str], Field(min_length=1)]]


class ScreenlineFile(WireModel):
    """`screenlines:` with, by name, the directions and the links of each."""

    screenlines: dict[str, Annotated[Directions, Field(min_length=1)]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """One direction of a screenline; `places` are indices among the links of a case."""

    screenline: str
    direction: str
    links: tuple[str, ...]
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossingTotals:
    """What drives over a screenline in one direction."""

    screenline: str
    direction: str
    links: tuple[str, ...]
    volume: float
    volume_capacity_ratio: float | None
    """All links together, in the hour in which it is highest."""
    counted: float | None
    """None unless every link of the direction is counted."""
    difference_percent: float | None
    geh: float | None
    """Of one hour; None for a day."""


def read_screenlines(path: Path, places: Mapping[str, int]) -> tuple[Crossing, ...]:
    """Read a YAML or a CSV file; `places` are the links that may be named.

    Raises
    ------
    ConfigError, FileError
        Name file, row or field, value and limit.
    """
    if path.suffix.lower() == ".csv":
        named = _from_csv(path)
    elif path.suffix.lower() in {".yaml", ".yml"}:
        named = _from_yaml(path)
    else:
        raise ConfigError("--screenlines", str(path), "must end in .yaml, .yml or .csv")
    for (screenline, direction), links in named.items():
        for link_id in links:
            if link_id not in places:
                where = f"{path}: {screenline}.{direction}"
                raise ConfigError(where, link_id, "must be a link of the network")
        if len(set(links)) != len(links):
            raise ConfigError(f"{path}: {screenline}.{direction}", links, "must name each link once")
    return tuple(
        Crossing(
            screenline=screenline,
            direction=direction,
            links=tuple(links),
            places=tuple(places[link_id] for link_id in links),
        )
        for (screenline, direction), links in named.items()
    )


def _from_csv(path: Path) -> dict[tuple[str, str], list[str]]:
    named: dict[tuple[str, str], list[str]] = {}
    for row in read_table(path, CSV_COLUMNS, key=CSV_COLUMNS):
        named.setdefault((row.text("screenline_id"), row.text("direction")), []).append(row.text("link_id"))
    return named


def _from_yaml(path: Path) -> dict[tuple[str, str], list[str]]:
    try:
        found = ScreenlineFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigError("--screenlines", str(path), f"cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError("--screenlines", str(path), f"is no YAML: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{path}: {field}", first["input"], first["msg"]) from error
    return {
        (screenline, direction): links
        for screenline, directions in found.screenlines.items()
        for direction, links in directions.items()
    }


def crossing_totals(
    crossing: Crossing, slices: Sequence[LinkResults], counts: Sequence[Count], counted_share: float | None
) -> CrossingTotals:
    """Totals over the slices of a period; `counted_share` is the share of a counted day that falls into it."""
    places = list(crossing.places)
    volume = sum(float(each.volume[places].sum()) for each in slices)
    counted = _counted(crossing.links, counts, counted_share)
    return CrossingTotals(
        screenline=crossing.screenline,
        direction=crossing.direction,
        links=crossing.links,
        volume=volume,
        volume_capacity_ratio=_highest_ratio(places, slices),
        counted=counted,
        difference_percent=100.0 * (volume - counted) / counted if counted else None,
        geh=geh(volume, counted) if counted is not None and len(slices) == 1 else None,
    )


def _highest_ratio(places: list[int], slices: Sequence[LinkResults]) -> float | None:
    """None where a link has no capacity or one without end."""
    capacity = slices[0].capacity[places]
    if not (np.isfinite(capacity) & (capacity > 0.0)).all():
        return None
    loads = [float((each.volume_capacity_ratio[places] * capacity).sum()) for each in slices]
    return max(loads) / float(capacity.sum())


def _counted(links: Sequence[str], counts: Sequence[Count], share: float | None) -> float | None:
    """Sum of the counts of the links, of several on one link their mean."""
    if share is None:
        return None
    known: dict[str, list[float]] = {}
    for count in counts:
        known.setdefault(count.link_id, []).append(count.veh_24h)
    if not all(link in known for link in links):
        return None
    return share * sum(fmean(known[link]) for link in links)
