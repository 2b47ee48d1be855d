"""Overrides of quality limits and counting settings: `facility_quality.csv` of a model folder, which may be missing."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

from parking.counting.settings import DEFAULT_COUNTING, CountingSettings
from parking.quality.rules import DEFAULT_RULES, LIMITS, QualityRules
from traffic_core.tables import PROVENANCE_COLUMNS, read_table

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

FILE = "facility_quality.csv"
COLUMNS = ("facility_id", "setting", "value", *PROVENANCE_COLUMNS)
COUNTING = tuple(known.name for known in fields(CountingSettings))


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityQuality:
    """What differs from the defaults at one car park."""

    rules: QualityRules = field(default_factory=lambda: DEFAULT_RULES)
    counting: CountingSettings = field(default_factory=lambda: DEFAULT_COUNTING)


def read_quality(folder: Path, facility_ids: Collection[str]) -> dict[str, FacilityQuality]:
    """Read the overrides by car park; none where there is no such file.

    Raises
    ------
    FileError
        Names file, row, field, value and limit of the first cell that cannot be used.
    """
    path = folder / FILE
    if not path.exists():
        return {}
    found: dict[str, FacilityQuality] = {}
    for row in read_table(path, COLUMNS, key=("facility_id", "setting")):
        facility_id = row.reference("facility_id", facility_ids, "a facility of facility.csv")
        name, value = row.text("setting"), row.decimal("value")
        if name not in LIMITS and name not in COUNTING:
            raise row.error("setting", "must be one of " + ", ".join((*LIMITS, *COUNTING)))
        row.provenance()
        known = found.get(facility_id, FacilityQuality())
        with row.checked():
            if name in LIMITS:
                found[facility_id] = replace(known, rules=known.rules.changed(name, value))
            else:
                found[facility_id] = replace(known, counting=known.counting.changed(name, value))
    return found
