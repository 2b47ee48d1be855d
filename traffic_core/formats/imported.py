"""What an importer hands on: the part of a file that fits our types, and the rest kept aside."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from traffic_core.counts import Count
    from traffic_core.demand import DemandCell, Zone
    from traffic_core.geometry import LonLat
    from traffic_core.network import Network

    Progress = Callable[[int, int], None]
    """Called now and then with the bytes or records done and their total; total 0 means unknown."""

UNKNOWN_LICENCE = "unknown: ask the owner of the file"


@dataclass(frozen=True, slots=True, kw_only=True)
class AsideTable:
    """Attributes of a file that have no place in the model, in the file's own names and texts."""

    name: str
    """Becomes `aside/NAME.csv`; lower case letters, digits and underscores."""
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedParking:
    """A car park found in a file.  `capacity_veh` is None where the file does not say it: unknown is never a number."""

    id: str
    name: str
    position: LonLat
    kind: str
    """One of the words of facility.csv: garage, park_and_ride, surface, on_street."""
    capacity_veh: int | None
    access_node: str
    source: str


@dataclass(slots=True, kw_only=True)
class Warnings:
    """What had to be assumed or left out, counted by kind, with a few examples of each."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, what: str) -> None:
        """Count one case of a kind, in words like `speed taken from the road class`; `what` names the record."""
        self.counts[kind] += 1
        known = self.examples.setdefault(kind, [])
        if len(known) < 3:
            known.append(what)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedModel:
    """A whole import.  `network` is valid by construction; every reference of the other parts resolves in it."""

    name: str
    """Of the place or the file, for model.yaml."""
    source: str
    """File and format, for model.yaml and as provenance."""
    licence: str
    """Licence of the data as far as the format says, otherwise `UNKNOWN_LICENCE`."""
    network: Network
    zones: tuple[Zone, ...] = ()
    cells: tuple[DemandCell, ...] = ()
    counts: tuple[Count, ...] = ()
    parking: tuple[ImportedParking, ...] = ()
    aside: tuple[AsideTable, ...] = ()
    warnings: Warnings = field(default_factory=Warnings)
