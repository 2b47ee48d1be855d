"""What was counted, hour by hour or over a day, as an estimate uses it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from traffic_core import require
from traffic_core.counts import COUNT_COLUMNS, LARGEST_COUNT_VEH_24H
from traffic_core.demand import HOURS
from traffic_core.errors import FileError
from traffic_core.provenance import Confidence
from traffic_core.tables import PROVENANCE_COLUMNS, Row, read_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from traffic_core.counts import Count

HOURLY_COLUMNS = ("count_id", "link_id", "hour", "veh_h", *PROVENANCE_COLUMNS)
ERROR_SHARE = 0.05
"""Standard error of a count by its size: a single day's count against the mean of the year's working days."""
ERROR_SHARE_ESTIMATED = 0.20
"""The same where the count's confidence says `estimated`: a wish rather than a measurement."""
LEAST_ERROR_VEH = 10.0
"""Least standard error, vehicles: a count of zero is not certain either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Vehicles counted on one link in one hour, or over the whole day where `hour` is None."""

    count_id: str
    link_id: str
    hour: int | None
    veh: float
    confidence: Confidence = Confidence.DERIVED

    def __post_init__(self) -> None:
        where = f"count[{self.count_id}]"
        require.identifier("count.id", self.count_id)
        if self.hour is not None:
            require.between(f"{where}.hour", self.hour, 0, HOURS - 1)
        require.between(f"{where}.veh", self.veh, 0.0, LARGEST_COUNT_VEH_24H)

    @property
    def variance(self) -> float:
        """Square of the standard error, vehicles²."""
        share = ERROR_SHARE_ESTIMATED if self.confidence is Confidence.ESTIMATED else ERROR_SHARE
        return max(share * self.veh, LEAST_ERROR_VEH) ** 2


def of_day(counts: Iterable[Count]) -> tuple[Observation, ...]:
    """Counts of a day as observations."""
    return tuple(
        Observation(
            count_id=count.id,
            link_id=count.link_id,
            hour=None,
            veh=count.veh_24h,
            confidence=count.provenance.confidence,
        )
        for count in counts
    )


def read_observations(path: Path, links: Collection[str]) -> tuple[Observation, ...]:
    """Read a table of counts: of days (the columns of count.csv), or of hours (count_id, link_id, hour, veh_h).

    `links` are the ids that a count may name.

    Raises
    ------
    FileError
        Names file, row, field, value and limit of the first cell that cannot be used: a link that the network does not
        have, a negative or non-finite number, an hour outside 0 to 23, a line that is cut off.
    """
    if "hour" in _header(path):
        first_link: dict[str, str] = {}
        rows = read_table(path, HOURLY_COLUMNS, key=("count_id", "hour"))
        return tuple(_of_hour(row, links, first_link) for row in rows)
    return tuple(_of_day(row, links) for row in read_table(path, COUNT_COLUMNS, key=("count_id",)))


def _header(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return [name.strip() for name in next(csv.reader(stream), [])]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileError(path.name, 0, "file", str(path), f"must be a readable UTF-8 CSV table ({error})") from error


def _of_day(row: Row, links: Collection[str]) -> Observation:
    row.whole_or_none("year")
    return _observation(row, None, row.decimal("veh_24h"), links)


def _of_hour(row: Row, links: Collection[str], first_link: dict[str, str]) -> Observation:
    known = first_link.setdefault(row.text("count_id"), row.text("link_id"))
    if known != row.text("link_id"):
        raise row.error("link_id", f"must be {known!r} as in the first row of this count")
    return _observation(row, row.whole("hour"), row.decimal("veh_h"), links)


def _observation(row: Row, hour: int | None, veh: float, links: Collection[str]) -> Observation:
    with row.checked():
        return Observation(
            count_id=row.text("count_id"),
            link_id=row.reference("link_id", links, "a link_id of link.csv"),
            hour=hour,
            veh=veh,
            confidence=row.provenance().confidence,
        )
