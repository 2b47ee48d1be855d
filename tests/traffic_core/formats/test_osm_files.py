"""Forms of the file, and files that cannot be used."""

from __future__ import annotations

import bz2
import gzip

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
