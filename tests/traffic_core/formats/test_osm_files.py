"""Forms of the file, and files that cannot be used."""

from __future__ import annotations

import bz2
import gzip
import re

import osmium
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic_core.errors import FileError
from traffic_core.formats.osm.reader import read_osm
from traffic_core.formats.osm.tags import tag_text


def as_pbf(source, path):
    with osmium.SimpleWriter(str(path)) as writer:
        for found in osmium.FileProcessor(str(source)):
            writer.add(found)
    return path


@pytest.fixture
def forms(town, tmp_path):
    """The same town in every form, by suffix."""
    town.cross(name="Größe")
    plain = town.write()
    found = {suffix: tmp_path / f"copy{suffix}" for suffix in (".osm.xml", ".osm.gz", ".osm.bz2", ".osm.pbf")}
    found[".osm.xml"].write_bytes(plain.read_bytes())
    found[".osm.gz"].write_bytes(gzip.compress(plain.read_bytes()))
    found[".osm.bz2"].write_bytes(bz2.compress(plain.read_bytes()))
    as_pbf(plain, found[".osm.pbf"])
    return {".osm": plain, **found}


@pytest.mark.parametrize("suffix", [".osm.xml", ".osm.gz", ".osm.bz2", ".osm.pbf"])
def test_all_forms_of_a_file_give_the_same_network(forms, suffix):
    model = read_osm(forms[suffix])
    assert model.name == "copy"
    assert model.network == read_osm(forms[".osm"]).network
    assert {link.name for link in model.network.links.values()} == {"Größe"}


@pytest.mark.parametrize("suffix", [".osm", ".osm.gz", ".osm.bz2", ".osm.pbf"])
def test_a_file_that_was_cut_short_is_refused(forms, suffix):
    whole = forms[suffix].read_bytes()
    forms[suffix].write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(FileError) as error:
        read_osm(forms[suffix])
    assert error.value.file == forms[suffix].name
    assert error.value.value == str(forms[suffix])
    assert "must be a whole OpenStreetMap file" in str(error.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.osm", b""),
        ("empty.osm.pbf", b""),
        ("text.osm.pbf", b"hello\n"),
        ("other.osm", b"<gpx></gpx>"),
        (
            "latin.osm",
            "<osm version='0.6'><node id='1' lat='1' lon='1'><tag k='a' v='ö'/></node></osm>".encode("latin-1"),
        ),
        ("angle.osm", b"<osm version='0.6'><node id='1' lat='north' lon='1'/></osm>"),
        ("number.osm", b"<osm version='0.6'><node id='x' lat='1' lon='1'/></osm>"),
        ("member.osm", b"<osm version='0.6'><way id='1'><nd ref='x'/></way></osm>"),
        ("table.csv", b"a,b\n1,2\n"),
    ],
)
def test_a_file_that_is_no_openstreetmap_data_is_refused(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileError, match=name):
        read_osm(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(FileError, match=r"none\.osm\.pbf.*whole OpenStreetMap file"):
        read_osm(tmp_path / "none.osm.pbf")
    folder = tmp_path / "folder.osm"
    folder.mkdir()
    with pytest.raises(FileError, match=r"folder\.osm"):
        read_osm(folder)


def test_the_order_of_the_objects_does_not_matter(town):
    town.cross()
    town.node(60, 190, 30, amenity="parking")
    town.relation(5, ("from", "way", 20), ("via", "node", 1), ("to", "way", 30), type="restriction", restriction="no_u")
    in_order = town.read()
    town.parts = {kind: town.parts[kind][::-1] for kind in ("relation", "way", "node")}
    upside_down = town.read()
    assert upside_down.network.nodes.keys() == in_order.network.nodes.keys()
    assert set(upside_down.network.links.values()) == set(in_order.network.links.values())
    assert upside_down.network.turns == in_order.network.turns
    assert upside_down.parking == in_order.parking


def test_a_file_without_a_street_is_refused(town):
    town.node(1, 0, 0)
    town.node(2, 100, 0)
    town.way(10, 1, 2, highway="footway")
    town.way(20, 1, 2, highway="residential", access="no")
    with pytest.raises(FileError, match=r"town\.osm: way = 0: must hold at least one way that cars drive on"):
        town.read()


def test_a_street_whose_nodes_are_all_missing_is_no_street(town):
    town.way(10, 1, 2, highway="primary")
    with pytest.raises(FileError, match="must hold at least one way that cars drive on, with its nodes"):
        town.read()


@pytest.mark.parametrize("tags", [{"highway": "residential", "oneway": "yes"}, {"highway": "service"}])
def test_streets_that_cannot_be_driven_there_and_back_are_refused(town, tags):
    town.node(1, 0, 0)
    town.node(2, 100, 0)
    town.way(10, 1, 2, **tags)
    with pytest.raises(FileError, match="must hold streets that can be driven there and back"):
        town.read()


def test_progress_ends_with_the_number_of_objects(town):
    town.cross()
    heard = []
    read_osm(town.write(), progress=lambda done, total: heard.append((done, total)))
    assert heard == [(4, 4)]


def _parts(text):
    """Split at semicolons and equals signs that no backslash protects."""
    part, parts, signs = "", [], iter(text)
    for sign in signs:
        if sign == "\\":
            part += next(signs)
        elif sign == ";":
            parts.append(part)
            part = ""
        else:
            part += sign
    return [*parts, part]


@given(st.dictionaries(st.text("abc:;\\", min_size=1), st.text("xyz;\\= ")))
def test_tags_kept_aside_can_be_taken_apart_again(tags):
    expected = [f"{key}={value}" for key, value in sorted(tags.items())] or [""]
    assert _parts(tag_text(tags)) == expected


def test_an_answer_that_a_server_broke_off_is_refused(town):
    town.cross()
    remark = "<remark> runtime error: Query timed out in &quot;recurse&quot; </remark>\n</osm>"
    town.path.write_text(town.text().replace("</osm>", remark), encoding="utf-8")
    with pytest.raises(FileError, match=r"town\.osm: remark = 'runtime error: Query timed out .*must not say"):
        read_osm(town.path)
    town.path.write_text(town.text().replace("</osm>", "<remark>all fine</remark></osm>"), encoding="utf-8")
    assert read_osm(town.path).network.links


def test_numbers_below_0_are_those_of_objects_that_an_editor_made(town):
    town.cross()
    whole = town.read().network
    text = re.sub(r'( id| ref)="([1-5])"', r'\1="-\2"', town.text()).replace(' id="20"', ' id="-20"')
    town.path.write_text(text, encoding="utf-8")
    made = read_osm(town.path).network
    assert list(made.nodes) == [f"-{node}" for node in whole.nodes]
    assert [link.length_m for link in made.links.values()] == [link.length_m for link in whole.links.values()]
    assert "-20-1f" in made.links


def test_a_car_park_of_ways_that_an_editor_made_has_its_place(town):
    town.cross()
    for number, (x_m, y_m) in enumerate([(20, 20), (40, 20), (40, 40)], 1):
        town.node(-number, x_m, y_m)
    town.way(-9, -1, -2, -3, -1)
    town.relation(-4, ("outer", "way", -9), type="multipolygon", amenity="parking")
    (site,) = town.read().parking
    assert site.position == pytest.approx(town.position(100 / 3, 80 / 3), abs=1e-6)


def test_what_the_file_calls_deleted_is_passed_over(town):
    town.cross()
    text = town.text().replace('<way version="1" id="50"', '<way version="2" visible="false" id="50"')
    town.path.write_text(text, encoding="utf-8")
    assert {link.id[:2] for link in read_osm(town.path).network.links.values()} == {"20", "30", "40"}


def test_what_stands_there_twice_is_refused(town):
    town.cross()
    town.relation(7, type="multipolygon", amenity="parking")
    town.way(20, 2, 1, highway="primary")
    with pytest.raises(FileError, match=r"town\.osm: way = 20: must occur once: the file is a history"):
        town.read()
    town.parts["way"].pop()
    town.relation(7, type="restriction", restriction="no_u_turn")
    with pytest.raises(FileError, match=r"town\.osm: relation = 7: must occur once"):
        town.read()


def test_a_street_that_no_link_can_hold_is_left_out(town):
    town.cross()
    town.node(6, -100_000, 0)
    town.way(60, 6, 2, highway="primary")
    model = town.read()
    assert model.warnings.examples["street of more than 99 km without a junction left out"] == ["way 60"]
    assert "60-1f" not in model.network.links


def test_pieces_are_not_joined_to_a_link_that_is_too_long(town):
    town.cross()
    for number in range(6, 12):
        town.node(number, -200 - 20_000 * (number - 5), 0)
        town.way(10 * number, number, number - 1 if number > 6 else 2, highway="primary", maxspeed="100")
    lengths_km = sorted(link.length_m / 1_000 for link in town.read().network.links.values() if link.length_m > 1_000)
    assert lengths_km == pytest.approx([40, 40, 80, 80], rel=0.01)
