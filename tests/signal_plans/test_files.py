"""Signal tables: what is right is read, what is wrong is named with file, row, field, value and limit."""

from __future__ import annotations

import csv

import pytest

from signal_plans.files import GROUP_OPTIONAL, read_junctions
from signal_plans.programme import GreenWindow
from traffic_core.errors import FileError

ORIGIN = {"confidence": "estimated", "source": "made up"}


@pytest.fixture
def tables(build):
    """Tables of one crossing, as lists of rows that a test may spoil."""
    junction = build.junction("J")
    layout = junction.layout
    groups = [
        {
            "junction_id": "J",
            "group_id": group.id,
            "kind": group.kind.value,
            "min_green_s": group.min_green_s,
            "amber_s": group.amber_s,
            "red_amber_s": group.red_amber_s,
            "saturation_flow_veh_h": group.saturation_flow_veh_h or "",
            "turns": ";".join(group.turns),
        }
        for group in layout.groups.values()
    ]
    intergreens = [
        {"junction_id": "J", "clearing_group": clearing, "entering_group": entering, "intergreen_s": time_s}
        for (clearing, entering), time_s in layout.intergreen.times_s.items()
    ]
    stages = [
        {"junction_id": "J", "stage_id": stage.id, "groups": ";".join(sorted(stage.groups))} for stage in layout.stages
    ]
    programmes = [
        {
            "junction_id": "J",
            "programme_id": programme.id,
            "cycle_s": programme.cycle_s,
            "offset_s": programme.offset_s,
            "group_id": group,
            "green_start_s": window.start_s,
            "green_length_s": window.length_s,
        }
        for programme in junction.programmes
        for group, windows in programme.greens.items()
        for window in windows
    ]
    return {"signal_group": groups, "intergreen": intergreens, "stage": stages, "programme": programmes}


@pytest.fixture
def read(tables, build, tmp_path):
    def read_all():
        for name, rows in tables.items():
            with (tmp_path / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, [*rows[0], *ORIGIN])
                writer.writeheader()
                writer.writerows(row | ORIGIN for row in rows)
        return read_junctions(tmp_path, build.network(["J"]))

    return read_all


def test_what_was_written_is_read(read, build):
    junctions = read()
    assert list(junctions) == ["J"]
    assert junctions["J"].layout == build.crossing("J")
    assert junctions["J"].fallback.greens["E"] == (GreenWindow(start_s=30, length_s=22),)


def with_optional(tables, **changes):
    """signal_group with its optional columns; `changes` are (group, cell) by column, all others stay empty."""
    for row in tables["signal_group"]:
        cells = {column: cell for column, (group, cell) in changes.items() if row["group_id"] == group}
        row.update(dict.fromkeys(GROUP_OPTIONAL, "") | cells)


def test_crossings_and_who_gives_way_are_read_where_the_table_has_them(read, tables):
    with_optional(
        tables, crossing_m=("FN", "6.5"), for_blind=("FN", "1"), gives_way_to=("E", "W;FN"), on_request=("FN", "1")
    )
    layout = read()["J"].layout
    assert (layout.groups["FN"].crossing_m, layout.groups["FN"].for_blind) == (6.5, True)
    assert (layout.groups["FE"].crossing_m, layout.groups["FE"].for_blind) == (0.0, False)
    assert [name for name, group in layout.groups.items() if group.on_request] == ["FN"]
    assert layout.permissive == {("E", "W"), ("E", "FN")}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"crossing_m": ("FN", "wide")}, "crossing_m = 'wide': must be a number"),
        ({"crossing_m": ("FN", "60")}, r"min_green_s.*crossing 60 m, half of it"),
        ({"crossing_m": ("N", "6")}, "row 2.*only pedestrians have a crossing"),
        ({"on_request": ("N", "1")}, "only pedestrians and cycles have a button"),
        ({"for_blind": ("FN", "yes")}, "for_blind = 'yes': must be 0 or 1"),
        ({"gives_way_to": ("E", "N")}, r"permissive\[E,N\].*must not be in the intergreen matrix"),
        ({"gives_way_to": ("E", "X")}, r"permissive\[E,X\] = 'X': must name a signal group"),
        ({"gives_way_to": ("FN", "N")}, "pedestrians are never left to give way"),
    ],
)
def test_optional_cells_that_cannot_be_used_are_named(read, tables, changes, expected):
    with_optional(tables, **changes)
    with pytest.raises(FileError, match=expected):
        read()


def test_a_column_that_nobody_knows_is_refused(read, tables):
    for row in tables["signal_group"]:
        row["crossing"] = "6"
    with pytest.raises(FileError, match=r"signal_group.csv.*header = 'crossing'.*crossing_m, for_blind, gives_way_to"):
        read()


def test_first_programme_is_the_fallback(read, tables):
    tables["programme"] += [row | {"programme_id": "night"} for row in tables["programme"]]
    assert [programme.id for programme in read()["J"].programmes] == ["fixed", "night"]


def test_two_greens_of_a_group_are_two_rows(read, tables):
    for row in tables["programme"]:
        row["cycle_s"] = 112
    tables["programme"] += [row | {"green_start_s": row["green_start_s"] + 56} for row in tables["programme"]]
    with pytest.raises(FileError, match="must be safe"):
        read()
    for row in tables["programme"]:
        row["cycle_s"] = 120
        row["green_start_s"] += 4 if row["green_start_s"] >= 56 else 0
    assert len(read()["J"].fallback.greens["N"]) == 2


@pytest.mark.parametrize(
    ("table", "row", "change", "expected"),
    [
        ("signal_group", 0, {"junction_id": "X"}, "row 2.*junction_id = 'X'.*node of the network"),
        ("signal_group", 0, {"junction_id": "JN"}, "row 2.*junction_id.*node with signals, not with gate"),
        ("signal_group", 1, {"kind": "tram"}, "row 3.*kind = 'tram'.*vehicle, pedestrian"),
        ("signal_group", 1, {"min_green_s": 4}, "row 3.*min_green_s = 4.*from 5"),
        ("signal_group", 1, {"min_green_s": "x"}, "row 3.*whole number"),
        ("signal_group", 1, {"turns": "nowhere"}, "row 3.*nowhere is not"),
        ("signal_group", 1, {"turns": "JEN;JES"}, "turns.*must serve turn JEW too"),
        ("signal_group", 1, {"turns": "JEN;JES;JEW;JNE"}, "row 3.*JNE is served already"),
        ("intergreen", 0, {"entering_group": "X"}, "intergreen.csv, row 2.*entering_group = 'X'.*junction J"),
        ("intergreen", 0, {"intergreen_s": 61}, "intergreen.*61.*0 to 60"),
        ("intergreen", 0, {"junction_id": "K"}, "intergreen.csv, row 2.*must name a junction of signal_group.csv"),
        ("stage", 0, {"groups": "N;E"}, "conflicting"),
        ("programme", 0, {"group_id": "X"}, "programme.csv, row 2.*group_id = 'X'"),
        ("programme", 1, {"cycle_s": 61}, "programme.csv, row 3.*cycle_s.*must be 60 as in row 2"),
        ("programme", 0, {"green_length_s": 26}, "programme.csv, row 2.*must be safe: .*misses"),
        ("programme", 0, {"green_start_s": 60}, "programme.csv, row 2.*start_s"),
    ],
)
def test_wrong_cell_is_named(read, tables, table, row, change, expected):
    tables[table][row] |= change
    with pytest.raises(FileError, match=expected):
        read()


def test_unsafe_programme_is_refused_with_every_breach(read, tables):
    for row in tables["intergreen"]:
        row["intergreen_s"] += row["intergreen_s"] == 8
    with pytest.raises(FileError, match=r"programme.csv, row 2.*must be safe: .* misses 1 s of"):
        read()


def test_junction_without_programme_is_named(read, tables, tmp_path, build):
    read()
    path = tmp_path / "programme.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    with pytest.raises(FileError, match=r"programme\.csv: junction_id = 'J': must hold a programme"):
        read_junctions(tmp_path, build.network(["J"]))


def test_signalised_node_without_groups_is_left_out_because_its_supply_data_are_not_known(tmp_path, read, build):
    read()
    assert list(read_junctions(tmp_path, build.network(["J", "K"]))) == ["J"]
