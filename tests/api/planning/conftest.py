"""Small cases for the planning commands, and the command line as a function."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from api.cli import main
from traffic_core.geometry import line_length_m

# Braess (1968): two ways of 10 x and 50 + x, and a short cut of 10 + x between them.
BRAESS_NET = """<NUMBER OF ZONES> 2
<NUMBER OF NODES> 4
<FIRST THRU NODE> 1
<NUMBER OF LINKS> 5
<END OF METADATA>
~ init term capacity length t0 b power speed toll type ;
1 3 1 1 0.00000001 1000000000 1 0 0 1 ;
1 4 1 2 50 0.02 1 0 3 1 ;
3 2 1 2 50 0.02 1 0 0 1 ;
3 4 1 1 10 0.1 1 0 0 1 ;
4 2 1 1 0.00000001 1000000000 1 0 0 1 ;
"""
BRAESS_TRIPS = """<NUMBER OF ZONES> 2
<TOTAL OD FLOW> 6.0
<END OF METADATA>
Origin 1
2 : 6.0;
"""
BRAESS_OBJECTIVE = 386.0
"""At volumes 4, 2, 2, 2, 4: twice 5 * 4², twice 50 * 2 + 2² / 2, and 10 * 2 + 2² / 2."""

VILLAGE = {"W": (9.10, 48.70), "A": (9.11, 48.70), "B": (9.13, 48.70), "C": (9.12, 48.705), "E": (9.14, 48.70)}
STREETS = ("WA", "AB", "AC", "CB", "BE")
LEVELS = {"weekday": 1.0, "saturday": 0.8, "sunday": 0.6}
PEAK_HOUR, PEAK_SHARE = 7, 0.1
WHERE = {"confidence": "estimated", "source": "made up for a test"}


@dataclass(frozen=True)
class Said:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.out)


@pytest.fixture
def stadttakt(monkeypatch, capsys):
    """The command line, called with arguments in this process."""

    def call(*arguments) -> Said:
        monkeypatch.setattr(sys, "argv", ["stadttakt", *(str(argument) for argument in arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Said(ended.value.code or 0, said.out, said.err)

    return call


@pytest.fixture
def braess(tmp_path):
    """TNTP files of the Braess network."""
    net, trips = tmp_path / "braess_net.tntp", tmp_path / "braess_trips.tntp"
    net.write_text(BRAESS_NET, encoding="utf-8")
    trips.write_text(BRAESS_TRIPS, encoding="utf-8")
    return net, trips


@pytest.fixture
def village(tmp_path, le_model):
    """Model folder of a road from W to E with a village C beside it; two ways from A to B.

    From 7 to 8 on a weekday 900 vehicles drive from W to E, 900 from E to W and 100 from C to W.
    """
    folder = tmp_path / "village"
    folder.mkdir()
    for table in le_model.glob("*.csv"):
        header = table.read_text(encoding="utf-8").splitlines()[0]
        (folder / table.name).write_text(header + "\n", encoding="utf-8")
    shutil.copyfile(le_model / "model.yaml", folder / "model.yaml")
    _fill(folder / "profile.csv", [row for day, level in LEVELS.items() for row in _profile(day, level)])
    gates = {"W", "E"}
    nodes = [_node(name, "gate" if name in gates else "none") for name in VILLAGE]
    ways = [way for street in STREETS for way in (street, street[::-1])]
    _fill(folder / "node.csv", nodes)
    _fill(folder / "link.csv", [_link(way) for way in ways])
    turns = [(a, b) for a in ways for b in ways if a[1] == b[0] and a[0] != b[1]]
    _fill(folder / "movement.csv", [_turn(a, b) for a, b in turns])
    zones = (("ZW", "Weststadt", "outside", "W"), ("ZE", "Oststadt", "outside", "E"), ("ZC", "Dorf", "inside", "C"))
    _fill(folder / "zone.csv", [dict(zip(("zone_id", "name", "kind", "node_id"), zone, strict=True)) for zone in zones])
    cells = (("ZW", "ZE", "through", 9_000), ("ZE", "ZW", "through", 9_000), ("ZC", "ZW", "commuting", 1_000))
    columns = ("o_zone_id", "d_zone_id", "purpose", "veh_24h")
    _fill(folder / "demand.csv", [dict(zip(columns, cell, strict=True)) for cell in cells])
    counts = (("K1", "WA", 8_000, 2024), ("K2", "AW", 11_000, 2024))
    _fill(folder / "count.csv", [dict(zip(("count_id", "link_id", "veh_24h", "year"), c, strict=True)) for c in counts])
    return folder


def _fill(path, rows):
    header = path.read_text(encoding="utf-8").strip().split(",")
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, header, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: cell for name, cell in (WHERE | row).items() if name in header} for row in rows)


def _profile(day, level):
    other = (1.0 - PEAK_SHARE) / 23
    shares = [level * (PEAK_SHARE if hour == PEAK_HOUR else other) for hour in range(24)]
    return [{"day_type": day, "hour": hour, "share": round(share, 6)} for hour, share in enumerate(shares)]


def _node(name, control):
    lon, lat = VILLAGE[name]
    return {"node_id": name, "name": name, "x_coord": lon, "y_coord": lat, "ctrl_type": control}


def _link(way):
    length_m = round(line_length_m((VILLAGE[way[0]], VILLAGE[way[1]])), 1)
    street = {"name": f"Street {min(way)}{max(way)}", "facility_type": "secondary", "directed": 1, "lanes": 1}
    ends = {"from_node_id": way[0], "to_node_id": way[1], "length": length_m, "capacity": 900, "free_speed": 50}
    return {"link_id": way, **street, **ends}


def _turn(come, go):
    return {
        "mvmt_id": f"{come}.{go}",
        "node_id": come[1],
        "ib_link_id": come,
        "ob_link_id": go,
        "type": "through",
    }
