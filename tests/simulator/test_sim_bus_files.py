"""Bus lines from bus_line.csv, bus_call.csv and bus_departure.csv."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.bus_files import CALL_COLUMNS, DEPARTURE_COLUMNS, LINE_COLUMNS, read_lines
from traffic_core.errors import FileError

if TYPE_CHECKING:
    from pathlib import Path

    from traffic_core.network import Network

NOTE = "estimated,made up"
STOPS = (
    "stop_id,name,type,lon,lat,node_id,link_id,confidence,source\n"
    f"S1,Church,bus,9.14,48.69,,W_X,{NOTE}\n"
    f"S2,Market,tram,9.14,48.69,X,,{NOTE}\n"
    f"S3,Station,rail,9.14,48.69,X,,{NOTE}\n"
)
LINE = f"7-1,Line 7 to the east,W_X;X_P;P_E,{NOTE}\n"
CALLS = f"7-1,S1,0,20,1,{NOTE}\n7-1,S2,2,15.5,0,{NOTE}\n"
DEPARTURES = f"7-1,300,360,30,{NOTE}\n7-1,365,400,12.5,{NOTE}\n"


def written(folder: Path, line: str = LINE, calls: str = CALLS, departures: str = DEPARTURES) -> Path:
    tables = {"line": (LINE_COLUMNS, line), "call": (CALL_COLUMNS, calls), "departure": (DEPARTURE_COLUMNS, departures)}
    for name, (columns, rows) in tables.items():
        (folder / f"bus_{name}.csv").write_text(",".join(columns) + "\n" + rows, encoding="utf-8")
    (folder / "stop.csv").write_text(STOPS, encoding="utf-8")
    return folder


def test_a_line_comes_with_its_stops_and_departures(tmp_path: Path, network: Network):
    (line,) = read_lines(written(tmp_path), network)
    assert (line.id, line.name) == ("7-1", "Line 7 to the east")
    assert line.links == ("W_X", "X_P", "P_E")
    assert [(call.stop_id, call.position, call.dwell_s, call.in_lane) for call in line.calls] == [
        ("S1", 0, 20.0, True),
        ("S2", 2, 15.5, False),
    ]


def test_departures_run_up_to_but_not_at_the_end_of_a_row(tmp_path: Path, network: Network):
    (line,) = read_lines(written(tmp_path), network)
    assert line.departures_min == (300.0, 330.0, 365.0, 377.5, 390.0)


def test_lines_keep_the_order_of_their_table(tmp_path: Path, network: Network):
    lines = f"9,Nine,E_P,{NOTE}\n" + LINE
    departures = DEPARTURES + f"9,0,1440,720,{NOTE}\n"
    found = read_lines(written(tmp_path, lines, departures=departures), network)
    assert [line.id for line in found] == ["9", "7-1"]
    assert found[0].calls == ()
    assert found[0].departures_min == (0.0, 720.0)


def test_a_model_without_the_table_has_no_lines(tmp_path: Path, network: Network):
    assert read_lines(tmp_path, network) == ()


def test_a_model_with_an_empty_table_has_no_lines(tmp_path: Path, network: Network):
    assert read_lines(written(tmp_path, "", "", ""), network) == ()


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        (f"7-1,Seven,W_X;X_Q,{NOTE}\n", ("row 2", "links = 'X_Q'", "must name links of the network")),
        (f"7-1,Seven,W_X;P_E,{NOTE}\n", ("row 2", "links = 'W_X;P_E'", "joined by a permitted turn")),
        (f"7-1,Seven,W_X;X_W,{NOTE}\n", ("row 2", "links = 'W_X;X_W'", "joined by a permitted turn")),
        (f"7-1,Seven,,{NOTE}\n", ("row 2", "links = ''", "must not be empty")),
        (f"7-1,Seven,W_X;;X_P,{NOTE}\n", ("row 2", "links", "single semicolons")),
        (LINE + LINE, ("row 3", "line_id = '7-1'", "is in row 2 already")),
        (f"7/1,Seven,W_X,{NOTE}\n", ("bus_call.csv", "row 2", "line_id = '7-1'", "must name a line of bus_line.csv")),
        (LINE + f"8,Eight,W_X,{NOTE}\n", ("row 3", "line_id = '8'", "must have departures in bus_departure.csv")),
        ("7-1,Seven,W_X;X_P;P_E,sure,made up\n", ("row 2", "confidence = 'sure'", "must be one of")),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, network: Network, line: str, parts: tuple[str, ...]):
    with pytest.raises(FileError) as caught:
        read_lines(written(tmp_path, line), network)
    for part in ("bus_", *parts):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("calls", "parts"),
    [
        (f"8,S1,0,20,1,{NOTE}\n", ("row 2", "line_id = '8'", "must name a line of bus_line.csv")),
        (f"7-1,S9,0,20,1,{NOTE}\n", ("row 2", "stop_id = 'S9'", "must name a stop of stop.csv")),
        (f"7-1,S3,0,20,1,{NOTE}\n", ("row 2", "stop_id = 'S3'", "not of trains")),
        (f"7-1,S1,3,20,1,{NOTE}\n", ("row 2", "position = '3'", "must be from 0 to 2")),
        (f"7-1,S1,-1,20,1,{NOTE}\n", ("row 2", "position = '-1'", "must be from 0 to 2")),
        (f"7-1,S1,x,20,1,{NOTE}\n", ("row 2", "position = 'x'", "must be a whole number")),
        (f"7-1,S1,1,20,1,{NOTE}\n7-1,S2,0,20,1,{NOTE}\n", ("row 3", "position = '0'", "must lie above 1")),
        (f"7-1,S1,1,20,1,{NOTE}\n7-1,S2,1,20,1,{NOTE}\n", ("row 3", "7-1/1", "is in row 2 already")),
        (f"7-1,S1,0,601,1,{NOTE}\n", ("row 2", "dwell_s = '601'", "must be from 0 to 600")),
        (f"7-1,S1,0,-1,1,{NOTE}\n", ("row 2", "dwell_s = '-1'", "must be from 0 to 600")),
        (f"7-1,S1,0,nan,1,{NOTE}\n", ("row 2", "dwell_s = 'nan'", "must be a finite number")),
        (f"7-1,S1,0,20,yes,{NOTE}\n", ("row 2", "in_lane = 'yes'", "must be 0 or 1")),
    ],
)
def test_a_wrong_call_is_named(tmp_path: Path, network: Network, calls: str, parts: tuple[str, ...]):
    with pytest.raises(FileError) as caught:
        read_lines(written(tmp_path, calls=calls), network)
    for part in ("bus_call.csv", *parts):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("departures", "parts"),
    [
        (f"8,300,360,30,{NOTE}\n", ("row 2", "line_id = '8'", "must name a line of bus_line.csv")),
        (f"7-1,-1,360,30,{NOTE}\n", ("row 2", "from_min = '-1'", "must be at least 0")),
        (f"7-1,1440,1440,30,{NOTE}\n", ("row 2", "from_min = '1440'", "below 1440")),
        (f"7-1,300,300,30,{NOTE}\n", ("row 2", "until_min = '300'", "must be above from_min and at most 1440")),
        (f"7-1,300,1441,30,{NOTE}\n", ("row 2", "until_min = '1441'", "at most 1440")),
        (f"7-1,300,360,0.5,{NOTE}\n", ("row 2", "every_min = '0.5'", "must be from 1 to 1440")),
        (f"7-1,300,360,0,{NOTE}\n", ("row 2", "every_min = '0'", "must be from 1 to 1440")),
        (f"7-1,300,360,30,{NOTE}\n7-1,350,400,30,{NOTE}\n", ("row 3", "from_min = '350'", "must be at least 360")),
    ],
)
def test_a_wrong_departure_is_named(tmp_path: Path, network: Network, departures: str, parts: tuple[str, ...]):
    with pytest.raises(FileError) as caught:
        read_lines(written(tmp_path, departures=departures), network)
    for part in ("bus_departure.csv", *parts):
        assert part in str(caught.value)


@pytest.mark.parametrize("table", ["bus_call.csv", "bus_departure.csv", "stop.csv"])
def test_a_missing_table_beside_the_lines_is_named(tmp_path: Path, network: Network, table: str):
    (written(tmp_path) / table).unlink()
    with pytest.raises(FileError) as caught:
        read_lines(tmp_path, network)
    assert f"{table}: file" in str(caught.value)
    assert "must be a readable file" in str(caught.value)
