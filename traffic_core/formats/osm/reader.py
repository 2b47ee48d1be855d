"""Read a street network from an OpenStreetMap extract.

Each step is a file of its own: `scan` finds the objects that matter, `ways` says which ways cars drive on, `speed`,
`lanes` and `defaults` what a way's figures are, `split` cuts ways at junctions, `signals` brings signals to their
junctions, `gates` finds where the edge of the extract cuts a through road, `restrictions` and `turns` give the turns,
`connected` keeps what hangs together, `merge` joins pieces, `nodes`, `build`, `parking` and `tags` make the model.
OpenStreetMap knows neither zones inside the town nor demand: the model has the gates as zones and no demand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.errors import FileError
from traffic_core.formats.imported import ImportedModel, Warnings
from traffic_core.formats.osm.build import build_lanes, build_links, build_turns, gate_zones, link_ids
from traffic_core.formats.osm.connected import (
    strongly_connected,
    warn_of_separate_gates,
    without_service_stubs,
    without_traps,
)
from traffic_core.formats.osm.gates import add_gates
from traffic_core.formats.osm.merge import join_pieces
from traffic_core.formats.osm.nodes import build_nodes
from traffic_core.formats.osm.parking import car_parks
from traffic_core.formats.osm.restrictions import rules_of
from traffic_core.formats.osm.scan import read_records
from traffic_core.formats.osm.signals import tagged_controls
from traffic_core.formats.osm.split import split, split_at
from traffic_core.formats.osm.tags import aside_tables
from traffic_core.formats.osm.turns import movements, permitted_turns
from traffic_core.network import Network, NodeControl, keyed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from traffic_core.formats.imported import Progress
    from traffic_core.formats.osm.drafts import Draft
    from traffic_core.formats.osm.records import Records
    from traffic_core.formats.osm.restrictions import Rule
    from traffic_core.formats.osm.signals import Tagged

LICENCE = "ODbL 1.0, © OpenStreetMap contributors"
SUFFIXES = (".gz", ".bz2", ".pbf", ".xml", ".osm")


def read_osm(path: Path, *, progress: Progress | None = None) -> ImportedModel:
    """Network, gates and car parks of an extract: .osm.pbf, .osm.gz, .osm.bz2, .osm or .osm.xml.

    `progress` is called with the objects read so far; their total is known at the end only.

    Raises
    ------
    FileError
        Where the file is missing, cut short, damaged or no OpenStreetMap data, or holds no street that can be driven
        there and back.
    """
    warnings = Warnings()
    records = read_records(path, warnings, progress)
    pieces = split(records, warnings)
    if not pieces.drafts:
        raise FileError(path.name, 0, "way", 0, "must hold at least one way that cars drive on, with its nodes")
    tagged = tagged_controls(pieces.drafts, records, warnings)
    drafts, gates = add_gates(split_at(pieces.drafts, tagged.alone), records, pieces.cut_ends, warnings)
    drafts = without_traps(without_service_stubs(drafts, warnings), gates, warnings)
    rules, unused = rules_of(records.restrictions, drafts, warnings)
    turns = permitted_turns(drafts, rules, gates, records.positions)
    drafts = strongly_connected(drafts, turns, gates, warnings)
    if len(drafts) < 2:
        raise FileError(path.name, 0, "way", len(drafts), "must hold streets that can be driven there and back")
    drafts = _joined(drafts, rules, gates, records, tagged)
    network = _network(drafts, rules, gates, records, tagged, warnings)
    parking, parking_table = car_parks(records, network, warnings)
    name = _stem(path)
    return ImportedModel(
        name=name,
        source=f"OpenStreetMap extract {path.name}, © OpenStreetMap contributors",
        licence=LICENCE,
        network=network,
        zones=tuple(gate_zones(gates, network.nodes)),
        parking=parking,
        aside=(*aside_tables(drafts, link_ids(drafts), records, unused), parking_table),
        warnings=warnings,
    )


def _joined(
    drafts: list[Draft], rules: Mapping[int, list[Rule]], gates: Mapping[int, str], records: Records, tagged: Tagged
) -> list[Draft]:
    """Drafts joined at nodes that are neither junctions nor gates nor signals."""
    controlled = {node for node, control in tagged.control.items() if control is not NodeControl.GIVE_WAY}
    turns = permitted_turns(drafts, rules, gates, records.positions)
    return join_pieces(drafts, turns, controlled | gates.keys(), records.positions)


def _network(
    drafts: list[Draft],
    rules: Mapping[int, list[Rule]],
    gates: Mapping[int, str],
    records: Records,
    tagged: Tagged,
    warnings: Warnings,
) -> Network:
    ids = link_ids(drafts)
    turns = permitted_turns(drafts, rules, gates, records.positions)
    called = movements(drafts, turns, records.positions)
    warn_of_separate_gates(drafts, turns, gates, warnings)
    return Network(
        nodes=keyed(build_nodes(drafts, records, tagged.control, gates)),
        links=keyed(build_links(drafts, ids, records.positions, warnings)),
        turns=keyed(build_turns(drafts, ids, called)),
        lanes=tuple(build_lanes(drafts, ids, called, warnings)),
    )


def _stem(path: Path) -> str:
    """Name of the file without what says its format."""
    name = path.name
    while name.endswith(SUFFIXES) and name not in SUFFIXES:
        name = name[: name.rindex(".")]
    return name
