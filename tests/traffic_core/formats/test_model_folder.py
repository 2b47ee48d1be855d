"""Writing a model folder: complete, lossless, whole or not at all."""

from __future__ import annotations

import csv
import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking import event_plan_files
from parking import files as parking_files
from signal_plans import day_plan_files as selection_files
from signal_plans import files as signal_files
from signal_plans.adaptive.area import AREA_DETECTOR_COLUMNS
from simulator import bus_files
from traffic_core.counts import Count, read_counts
from traffic_core.demand import DayType
from traffic_core.demand_files import PROFILE_COLUMNS, read_demand
from traffic_core.errors import InvalidValueError
from traffic_core.formats.default_profile import COLUMNS
from traffic_core.formats.imported import AsideTable, ImportedModel, ImportedParking, Warnings
from traffic_core.formats.model_folder import model_id, write_model
from traffic_core.formats.model_tables import EMPTY_TABLES, FACILITY_COLUMNS
from traffic_core.formats.network_tables import exact_text
from traffic_core.formats.own_folder import is_model_folder, read_model_folder
from traffic_core.gmns import read_network
from traffic_core.network import Link, Network, Node, NodeControl, RoadClass, Turn
from traffic_core.provenance import Confidence, Provenance
from traffic_core.turning import permitted_turns

PROVENANCE = Provenance(source="Quelle, mit Komma", confidence=Confidence.DERIVED)
PLACES = {"A": (9.0, 48.0), "B": (9.003, 48.001), "C": (9.006, 48.0)}


def link(name: str, start: str, end: str, **changes) -> Link:
    facts = {
        "id": name,
        "name": "",
        "from_node": start,
        "to_node": end,
        "line": (PLACES[start], (9.004, 48.002), PLACES[end]),
        "length_m": 300.0,
        "free_speed_m_s": 13.123456789,
        "lanes": 3,
        "capacity_veh_h": 1_000.1,
        "road_class": RoadClass.SECONDARY,
        "provenance": PROVENANCE,
    }
    return Link(**{**facts, "line": (PLACES[start], PLACES[end]), "length_m": 249.0, **changes})


def small_network(**changes) -> Network:
    controls = {"A": NodeControl.GATE, "B": NodeControl.SIGNAL, "C": NodeControl.NONE}
    nodes = {
        name: Node(id=name, name=f"Ort {name}", position=place, control=controls[name], provenance=PROVENANCE)
        for name, place in PLACES.items()
    }
    links = {one.id: one for one in (link("1", "A", "B", **changes), link("2", "B", "C"), link("3", "C", "B"))}
    return Network(nodes=nodes, links=links, turns=permitted_turns(links))


def small_model(**changes) -> ImportedModel:
    facts = {
        "name": "Böblingen Süd/Ost",
        "source": "klein.net, a test",
        "licence": "unknown: ask the owner of the file",
        "network": small_network(),
        "counts": (Count(id="K1", link_id="1", veh_24h=1234.5, year=None, provenance=PROVENANCE),),
        "parking": (
            ImportedParking(
                id="P1", name="", position=(9.0, 48.0), kind="garage", capacity_veh=70, access_node="A", source="a sign"
            ),
            ImportedParking(
                id="P2",
                name="Markt",
                position=(9.0, 48.0),
                kind="on_street",
                capacity_veh=0,
                access_node="B",
                source="x",
            ),
        ),
        "aside": (AsideTable(name="strecke", columns=("NR", "TEXT"), rows=(("1", "ä, ö"),)),),
        "warnings": Warnings(),
    }
    return ImportedModel(**{**facts, **changes})


def rows_of(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_shipped_model_comes_back_the_same(le_model, tmp_path):
    model = read_model_folder(le_model)
    write_model(model, tmp_path / "new")
    again = read_model_folder(tmp_path / "new")
    assert again.network == model.network
    assert again.zones == model.zones
    assert again.cells == model.cells
    assert again.counts == model.counts
    assert [(park.id, park.capacity_veh, park.access_node) for park in again.parking] == [
        (park.id, park.capacity_veh, park.access_node) for park in model.parking
    ]


def test_all_tables_of_the_shipped_model_are_written(le_model, tmp_path):
    write_model(small_model(), tmp_path / "new")
    shipped = {path.name for path in le_model.glob("*.csv")}
    assert shipped <= {path.name for path in (tmp_path / "new").glob("*.csv")}
    assert is_model_folder(tmp_path / "new")


def test_the_columns_are_those_of_the_readers():
    assert FACILITY_COLUMNS == parking_files.FACILITY_COLUMNS
    assert (*PROFILE_COLUMNS[:-1], "confidence", PROFILE_COLUMNS[-1]) == COLUMNS
    readers = {
        "facility_profile.csv": parking_files.PROFILE_COLUMNS,
        "sign.csv": parking_files.SIGN_COLUMNS,
        "sign_row.csv": parking_files.SIGN_ROW_COLUMNS,
        "event_plan.csv": event_plan_files.EVENT_PLAN_COLUMNS,
        "signal_group.csv": signal_files.GROUP_COLUMNS,
        "intergreen.csv": signal_files.INTERGREEN_COLUMNS,
        "stage.csv": signal_files.STAGE_COLUMNS,
        "programme.csv": signal_files.PROGRAMME_COLUMNS,
        "junction_group.csv": selection_files.JUNCTION_GROUP_COLUMNS,
        "day_plan.csv": selection_files.DAY_PLAN_COLUMNS,
        "special_day.csv": selection_files.SPECIAL_DAY_COLUMNS,
        "traffic_rule.csv": selection_files.TRAFFIC_RULE_COLUMNS,
        "area_detector.csv": AREA_DETECTOR_COLUMNS,
        "bus_line.csv": bus_files.LINE_COLUMNS,
        "bus_call.csv": bus_files.CALL_COLUMNS,
        "bus_departure.csv": bus_files.DEPARTURE_COLUMNS,
    }
    assert readers.keys() == EMPTY_TABLES.keys()
    for name, columns in readers.items():
        assert set(columns) <= set(EMPTY_TABLES[name]), name


def test_every_reader_accepts_what_is_written(tmp_path):
    out = tmp_path / "new"
    write_model(small_model(), out)
    network = read_network(out)
    assert signal_files.read_junctions(out, network) == {}, "supply data of the signals are not known"
    parking = parking_files.read_parking(out, network)
    assert parking.facilities["P1"].capacity_veh == 70
    assert parking.facilities["P1"].name == "P1"
    assert parking.facilities["P1"].provenance.confidence is Confidence.ESTIMATED
    assert parking.facilities["P2"].capacity_veh is None, "0 is no capacity"
    assert parking.uses["P1"].guided
    assert not parking.uses["P2"].guided
    demand = read_demand(out, network)
    assert not demand.zones
    assert sum(demand.profiles[DayType.WEEKDAY, None].shares) == pytest.approx(1.0, abs=1e-3)
    assert read_counts(out, network.links)[0].veh_24h == 1234.5


def test_an_empty_name_becomes_the_id_and_all_else_is_kept(tmp_path):
    write_model(small_model(), tmp_path / "new")
    network = read_network(tmp_path / "new")
    expected = small_network()
    assert {name: dataclasses.replace(one, name=name) for name, one in expected.links.items()} == network.links
    assert network.nodes == expected.nodes
    assert network.turns == expected.turns


@given(
    speed=st.floats(1.0, 60.0),
    lanes=st.integers(1, 8),
    per_lane=st.floats(50.0, 3_000.0),
    length=st.floats(245.0, 255.0),
    middle=st.tuples(st.floats(9.0014, 9.0016), st.floats(48.0004, 48.0006)),
)
def test_numbers_of_a_link_come_back(tmp_path_factory, speed, lanes, per_lane, length, middle):
    line = (PLACES["A"], middle, PLACES["B"])
    network = small_network(
        free_speed_m_s=speed, lanes=lanes, capacity_veh_h=per_lane * lanes, length_m=length, line=line
    )
    out = tmp_path_factory.mktemp("model") / "new"
    write_model(small_model(network=network), out)
    found, expected = read_network(out).links["1"], network.links["1"]
    assert found.line == expected.line
    assert found.length_m == expected.length_m
    assert math.isclose(found.free_speed_m_s, speed, rel_tol=1e-15)
    assert math.isclose(found.capacity_veh_h, expected.capacity_veh_h, rel_tol=1e-15)


def test_speeds_in_whole_km_h_stay_short():
    assert exact_text(50 / 3.6, 50 / 3.6 * 3.6, lambda km_h: km_h / 3.6) == "50.0"
    assert exact_text(5_400.0, 1_800.0, lambda per_lane: per_lane * 3) == "1800.0"
    assert float(exact_text(1_000.1, 1_000.1 / 3, lambda per_lane: per_lane * 3)) * 3 == pytest.approx(1_000.1)


def test_what_was_assumed_and_what_has_no_place_lie_aside(tmp_path):
    model = small_model()
    model.warnings.add("something odd", "record 7")
    write_model(model, tmp_path / "new")
    aside = tmp_path / "new" / "aside"
    assert rows_of(aside / "strecke.csv") == [{"NR": "1", "TEXT": "ä, ö"}]
    warnings = {row["kind"]: row for row in rows_of(aside / "import_warning.csv")}
    assert warnings["something odd"]["examples"] == "record 7"
    assert warnings["signals without supply data: simulated as give-way"]["examples"] == "node B"
    assert "day profile assumed" in warnings
    assert any(kind.startswith("capacity of a car park") for kind in warnings)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Böblingen Süd/Ost", "boeblingen_sued_ost"), ("Straße 3", "strasse_3"), ("東京", "imported")],
)
def test_a_name_becomes_an_id(name, expected):
    assert model_id(name) == expected


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"network": Network(nodes={}, links={}, turns={})}, "network.links = 0: must be at least one"),
        ({"aside": (AsideTable(name="../x", columns=(), rows=()),)}, "aside.name = '../x'"),
        ({"aside": (AsideTable(name="x", columns=("a",), rows=()),) * 2}, "aside.name = 'x': must occur once"),
    ],
)
def test_what_cannot_be_written_leaves_nothing(tmp_path, changes, part):
    with pytest.raises(InvalidValueError, match=part):
        write_model(small_model(**changes), tmp_path / "new")
    assert not list(tmp_path.iterdir())


def test_a_folder_in_use_is_left_alone(tmp_path):
    (tmp_path / "mine").touch()
    with pytest.raises(InvalidValueError, match="must not exist or be an empty folder"):
        write_model(small_model(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_turn_ids_of_other_files_are_kept(tmp_path):
    links = small_network().links
    turn = Turn(
        id="1>2", node_id="B", from_link="1", to_link="2", movement=next(iter(permitted_turns(links).values())).movement
    )
    network = dataclasses.replace(small_network(), turns={"1>2": turn})
    write_model(small_model(network=network), tmp_path / "new")
    assert read_network(tmp_path / "new").turns == {"1>2": turn}
