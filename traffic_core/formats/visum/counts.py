"""Counts at the count locations of a Visum network.

Visum has no attribute of its own for a count of a day: each model defines one.  The names below are understood, those
of working days first; the column that is taken is named in the provenance.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from traffic_core.counts import LARGEST_COUNT_VEH_24H, Count
from traffic_core.formats.visum.links import link_id_of
from traffic_core.formats.visum.row import Keys, records
from traffic_core.formats.visum.values import quantity
from traffic_core.provenance import Confidence, Provenance

if TYPE_CHECKING:
    from traffic_core.formats.imported import Warnings
    from traffic_core.formats.visum.links import Links
    from traffic_core.formats.visum.row import Record
    from traffic_core.formats.visum.table import Table, VisumFile

WORKING_DAY_NAMES = ("DTVW", "DTVW5", "DTVWKFZ", "KFZDTVW", "DWV", "DWVKFZ", "ZWDWVFZG", "AAWDT", "AWDT")
ALL_DAYS_NAMES = ("DTV", "DTVKFZ", "KFZDTV", "AADT", "ADT")
OTHER_NAMES = ("KFZ24H", "KFZTAG", "VEH24H", "ZAEHLWERT", "COUNTVALUE", "COUNT", "VOLUME")


def read_counts(file: VisumFile, links: Links, warnings: Warnings) -> tuple[Count, ...]:
    """Read the counts of count locations on links for cars, vehicles of a day in the direction of the location.

    Raises
    ------
    FileError
        For a location that occurs twice or lies on a missing link, and for a count that is negative or no number.
    """
    table = file.table("count")
    if table is None:
        return ()
    table.require("number", "from node", "to node")
    column = _count_column(table)
    if column is None:
        warnings.add("count locations without a count of a day kept aside", f"{len(table.rows)} locations")
    elif _plain(table.columns[column]) in ALL_DAYS_NAMES:
        warnings.add("counts of all days taken for working days", table.columns[column])
    keys = Keys()
    counts: list[Count] = []
    for row in records(table):
        (number,) = keys.add(row, "number")
        link_id = _link_of(row, links)
        if column is None:
            continue
        veh_24h = _veh_24h(row, column)
        if not veh_24h:
            warnings.add("count location with an empty count kept aside", number)
        elif link_id is None:
            warnings.add("count on a link that is not in the model kept aside", number)
        else:
            counts.append(_count(number, link_id, veh_24h, row, column))
    return tuple(counts)


def _count(number: str, link_id: str, veh_24h: float, row: Record, column: int) -> Count:
    year = row.number("year")
    source = f"{row.table.file}, {row.table.name}.{row.table.columns[column]}"
    return Count(
        id=number,
        link_id=link_id,
        veh_24h=veh_24h,
        year=int(year) if year else None,
        provenance=Provenance(source=source, confidence=Confidence.ANCHOR),
    )


def _plain(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", name.upper())


def _count_column(table: Table) -> int | None:
    places = {_plain(name): place for place, name in reversed(list(enumerate(table.columns)))}
    names = (*WORKING_DAY_NAMES, *ALL_DAYS_NAMES, *OTHER_NAMES)
    return next((places[name] for name in names if name in places), None)


def _link_of(row: Record, links: Links) -> str | None:
    """Id of the link of a location, None where cars must not use it."""
    ends = (row.key("from node"), row.key("to node"))
    if ends not in links.all_ends:
        raise row.error("from node", f"must lie on a link of the file: none leads from {ends[0]} to {ends[1]}")
    among = links.by_ends.get(ends, [])
    exact = link_id_of(row.text("link"), *ends)
    return exact if exact in among else next(iter(among), None)


def _veh_24h(row: Record, column: int) -> float:
    text = row.cells[column].strip()
    try:
        value = quantity(text) if text else 0.0
    except ValueError as error:
        raise row.error_at(column, str(error)) from error
    if not 0 <= value <= LARGEST_COUNT_VEH_24H:
        raise row.error_at(column, f"must be a number from 0 to {LARGEST_COUNT_VEH_24H:.0f}")
    return value
