"""Area detectors (radar, video) that see the vehicles in front of a stop line, and their table in a model folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signal_plans.signal_group import GroupKind
from traffic_core import require
from traffic_core.provenance import Confidence, Provenance
from traffic_core.readings import FARTHEST_M
from traffic_core.tables import PROVENANCE_COLUMNS, read_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from signal_plans.layout import SignalLayout
    from traffic_core.network import Network

AREA_DETECTOR_COLUMNS = ("detector_id", "link_id", "reach_m", *PROVENANCE_COLUMNS)
ASSUMED_REACH_M = 150.0
"""As far as makers of radar detectors for stop lines promise; assumed where no table says more."""
ASSUMED = Provenance(
    source="assumed: one area detector for each approach link of a signalised junction", confidence=Confidence.ESTIMATED
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaDetector:
    """Watches all lanes of a link, from its stop line back to `reach_m`."""

    id: str
    link_id: str
    reach_m: float
    provenance: Provenance

    def __post_init__(self) -> None:
        require.identifier("area_detector.id", self.id)
        require.between(f"area_detector[{self.id}].reach_m", self.reach_m, 10.0, FARTHEST_M)


def read_area_detectors(folder: Path, network: Network) -> tuple[AreaDetector, ...]:
    """Read `area_detector.csv`; none where a model folder does not have it.

    Raises
    ------
    FileError
        Names file, row, field, value and limit: of a cell that cannot be used, an unknown link, an id given twice.
    """
    path = folder / "area_detector.csv"
    if not path.exists():
        return ()
    found = []
    for row in read_table(path, AREA_DETECTOR_COLUMNS, key=("detector_id",)):
        with row.checked():
            found.append(
                AreaDetector(
                    id=row.text("detector_id"),
                    link_id=row.reference("link_id", network.links, "a link of the network"),
                    reach_m=row.decimal("reach_m"),
                    provenance=row.provenance(),
                )
            )
    return tuple(found)


def assumed_area_detectors(network: Network, layouts: Iterable[SignalLayout]) -> tuple[AreaDetector, ...]:
    """One detector for each link that leads to a vehicle signal, called `area_{link}`."""
    links = dict.fromkeys(link for layout in layouts for link in approach_links(network, layout))
    return tuple(
        AreaDetector(
            id=f"area_{link}",
            link_id=link,
            reach_m=max(10.0, min(network.links[link].length_m, ASSUMED_REACH_M)),
            provenance=ASSUMED,
        )
        for link in links
    )


def approach_links(network: Network, layout: SignalLayout) -> tuple[str, ...]:
    """Links that lead to the vehicle signals of a junction."""
    turns = (
        turn for group in layout.groups.values() if group.kind is GroupKind.VEHICLE for turn in sorted(group.turns)
    )
    return tuple(dict.fromkeys(network.turns[turn].from_link for turn in turns))
