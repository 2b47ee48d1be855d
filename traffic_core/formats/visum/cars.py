"""Which of a Visum network's transport systems are cars.

Rule: among the systems of type IV (English PrT) those with the code P, PKW, C, CAR or AUTO; if none has such a code,
all of type IV but bicycles and pedestrians.  A file without a table of systems is searched for these codes alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from traffic_core.errors import FileError
from traffic_core.formats.visum.row import Record, records
from traffic_core.formats.visum.words import CAR_SYSTEM_KINDS

if TYPE_CHECKING:
    from traffic_core.formats.imported import Warnings
    from traffic_core.formats.visum.table import VisumFile

CAR_CODES = {"P", "PKW", "C", "CAR", "AUTO"}
SMALLEST_CAR_PCE = 0.5

_NOT_A_CAR = re.compile(r"rad|fahrrad|velo|bike|bicycle|cycl|fu[sß]{1,2}|walk|ped", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cars:
    """Codes of the transport systems that are cars."""

    codes: frozenset[str]

    def may_use(self, systems: str) -> bool:
        """Whether a set of systems such as `B,F,P` holds a car; the empty set is closed to all."""
        return any(code.strip() in self.codes for code in systems.split(","))


def cars_of(file: VisumFile, warnings: Warnings) -> Cars:
    """Find the cars among the transport systems of a file.  Raises `FileError` where there are none."""
    table = file.table("system")
    if table is None:
        warnings.add("file without transport systems: cars taken from their usual codes", ", ".join(sorted(CAR_CODES)))
        return Cars(frozenset(CAR_CODES | {code.lower() for code in CAR_CODES} | {code.title() for code in CAR_CODES}))
    table.require("code")
    systems = [row for row in records(table) if not row.has("kind") or row.text("kind").upper() in CAR_SYSTEM_KINDS]
    usual = frozenset(row.text("code") for row in systems if row.text("code").upper() in CAR_CODES)
    if usual:
        return Cars(usual)
    others = frozenset(row.text("code") for row in systems if _may_be_car(row))
    if not others:
        limit = "must list a system of type IV or PrT that is a car"
        raise FileError(file.name, table.line, table.name, [row[0] for row in table.rows], limit)
    for code in sorted(others):
        warnings.add("transport system taken as car after its type alone", code)
    return Cars(others)


def _may_be_car(row: Record) -> bool:
    share = row.not_negative("car share")
    named = _NOT_A_CAR.match(row.text("name")) or _NOT_A_CAR.match(row.text("code"))
    return not named and (share is None or share >= SMALLEST_CAR_PCE)
