"""Reading facilities and signs: what is right is read, what is wrong names its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from parking.facility import FacilityKind
from parking.files import read_parking
from parking.sign import Arrow
from traffic_core.errors import FileError
from traffic_core.gmns import read_network
from traffic_core.network import Link, Network, Node, NodeControl, RoadClass
from traffic_core.provenance import Confidence, Provenance

if TYPE_CHECKING:
    from pathlib import Path

MADE_UP = Provenance(source="made up for the test", confidence=Confidence.ESTIMATED)
FACILITIES = """\
facility_id,name,district,lat,lon,kind,capacity_veh,reserve_veh,update_interval_s,access_node_id,fee_eur_h,mean_stay_min,guided,confidence,source
A,Garage A,Mitte,48.70,9.10,garage,100,3,60,N1,1.50,90,1,anchor,town
B,Garage B,Mitte,48.71,9.11,surface,,0,300,N2,,45,0,estimated,guess
"""
PROFILES = "facility_id,hour,occupied_share,confidence,source\n" + "".join(
    f"A,{hour},{hour / 100},estimated,guess\n" for hour in range(24)
)
SIGNS = "sign_id,name,link_id,lat,lon,confidence,source\nS1,North,L1,48.72,9.12,estimated,guess\n"
ROWS = """\
sign_id,row,label_de,label_en,arrow,facility_ids
S1,1,Garage A,Garage A,left,A
S1,2,Mitte,Centre,straight,A;B
"""
TABLES = {"facility.csv": FACILITIES, "facility_profile.csv": PROFILES, "sign.csv": SIGNS, "sign_row.csv": ROWS}


@pytest.fixture
def network():
    nodes = {
        key: Node(id=key, name=key, position=(9.1, lat), control=NodeControl.NONE, provenance=MADE_UP)
        for key, lat in (("N1", 48.70), ("N2", 48.71))
    }
    link = Link(
        id="L1",
        name="Street",
        from_node="N1",
        to_node="N2",
        line=((9.1, 48.70), (9.1, 48.71)),
        length_m=1_112.0,
        free_speed_m_s=13.9,
        lanes=1,
        capacity_veh_h=1_500.0,
        road_class=RoadClass.SECONDARY,
        provenance=MADE_UP,
    )
    return Network(nodes=nodes, links={"L1": link}, turns={})


def write(folder: Path, **changed):
    for name, text in (TABLES | {f"{key}.csv": text for key, text in changed.items()}).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_facilities_uses_and_signs_are_read(tmp_path, network):
    model = read_parking(write(tmp_path), network)
    a, b = model.facilities["A"], model.facilities["B"]
    assert (a.name, a.district, a.position, a.kind) == ("Garage A", "Mitte", (9.10, 48.70), FacilityKind.GARAGE)
    assert (a.capacity_veh, a.reserve_veh, a.update_interval_s, a.access_node) == (100, 3, 60.0, "N1")
    assert a.provenance == Provenance(source="town", confidence=Confidence.ANCHOR)
    assert (b.capacity_veh, b.kind) == (None, FacilityKind.SURFACE)
    use = model.uses["A"]
    assert (use.fee_eur_h, use.mean_stay_min, use.guided) == (1.5, 90.0, True)
    assert use.occupied_share[23] == 0.23
    assert (model.uses["B"].fee_eur_h, model.uses["B"].guided, model.uses["B"].occupied_share) == (None, False, ())
    sign = model.signs["S1"]
    assert (sign.name, sign.link_id, sign.position) == ("North", "L1", (9.12, 48.72))
    assert [(row.label_de, row.label_en, row.arrow, row.facility_ids) for row in sign.rows] == [
        ("Garage A", "Garage A", Arrow.LEFT, ("A",)),
        ("Mitte", "Centre", Arrow.STRAIGHT, ("A", "B")),
    ]


@pytest.mark.parametrize(
    ("table", "old", "new", "row", "field"),
    [
        ("facility", "garage,100", "castle,100", 2, "kind"),
        ("facility", "garage,100", "garage,0", 2, "facility[A].capacity_veh"),
        ("facility", "garage,100", "garage,many", 2, "capacity_veh"),
        ("facility", "100,3,60", "100,100,60", 2, "facility[A].reserve_veh"),
        ("facility", "3,60,N1", "3,0,N1", 2, "facility[A].update_interval_s"),
        ("facility", "60,N1", "60,N9", 2, "access_node_id"),
        ("facility", "1.50,90", "-1,90", 2, "use.fee_eur_h"),
        ("facility", "1.50,90", "1.50,nan", 2, "mean_stay_min"),
        ("facility", "90,1,anchor", "90,yes,anchor", 2, "guided"),
        ("facility", "Garage A", "Garage\u0007A", 2, "facility[A].name"),
        ("facility", "Garage B", "G" * 257, 3, "facility[B].name"),
        ("facility", "48.70,9.10", "98.70,9.10", 2, "facility[A].position.lat"),
        ("facility", "B,Garage B", "A,Garage B", 3, "facility_id"),
        ("facility", "anchor,town", "certain,town", 2, "confidence"),
        ("facility_profile", "A,5,0.05", "X,5,0.05", 7, "facility_id"),
        ("facility_profile", "A,5,0.05", "A,5,1.05", 7, "occupied_share"),
        ("facility_profile", "A,5,0.05", "A,25,0.05", 7, "hour"),
        ("facility_profile", "A,5,0.05,estimated,guess\n", "", 24, "hour"),
        ("sign", "L1", "L9", 2, "link_id"),
        ("sign", "guess\n", "guess\nS2,South,L1,48.7,9.1,estimated,guess\n", 3, "sign_id"),
        ("sign_row", "S1,2", "S9,2", 3, "sign_id"),
        ("sign_row", "S1,2", "S1,3", 3, "row"),
        ("sign_row", "straight,A;B", "up,A;B", 3, "arrow"),
        ("sign_row", "A;B", "A;C", 3, "facility_ids"),
        ("sign_row", "A;B", "A;A", 3, "row[Mitte].facility_ids"),
        ("sign_row", "straight,A;B", "straight,", 3, "row[Mitte].facility_ids"),
    ],
)
def test_an_error_names_file_row_and_field(tmp_path, network, table, old, new, row, field):
    text = TABLES[f"{table}.csv"]
    assert old in text
    with pytest.raises(FileError) as caught:
        read_parking(write(tmp_path, **{table: text.replace(old, new, 1)}), network)
    assert (caught.value.file, caught.value.row, caught.value.field) == (f"{table}.csv", row, field)
    assert caught.value.limit


@pytest.mark.parametrize("table", TABLES)
def test_a_missing_table_is_named(tmp_path, network, table):
    (write(tmp_path) / table).unlink()
    with pytest.raises(FileError, match=table):
        read_parking(tmp_path, network)


def test_the_shipped_model_is_read(le_model):
    model = read_parking(le_model, read_network(le_model))
    assert len(model.facilities) >= 15
    assert len(model.signs) >= 12


def test_an_unknown_facility_on_a_sign_names_sign_row_and_facility(tmp_path, network):
    rows = ROWS.replace("A;B", "A;NOWHERE")
    with pytest.raises(FileError) as caught:
        read_parking(write(tmp_path, sign_row=rows), network)
    assert str(caught.value) == (
        "sign_row.csv, row 3: facility_ids = 'A;NOWHERE': must name facilities of facility.csv; "
        "NOWHERE in row 2 of sign S1 is none"
    )


def test_the_shipped_signs_lead_from_districts_to_facilities(le_model):
    """Sums of districts at the entries of the town, single facilities near them."""
    signs = read_parking(le_model, read_network(le_model)).signs.values()
    of_districts = [sign for sign in signs if any(len(row.facility_ids) > 1 for row in sign.rows)]
    of_facilities = [sign for sign in signs if all(len(row.facility_ids) == 1 for row in sign.rows)]
    assert len(of_districts) >= 20
    assert len(of_facilities) >= 4
    entries = [sign for sign in signs if "Ausfahrt B27" in sign.name or "Ortseingang" in sign.name]
    assert len(entries) >= 10
    assert all(any(len(row.facility_ids) > 1 for row in sign.rows) for sign in entries)
