"""A SUMO file that cannot be used: the error names file, line, element, value and limit."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from traffic_core.errors import FileError, InvalidValueError
from traffic_core.formats.sumo.reader import read_sumo

CROSSING = Path(__file__).parent / "crossing.net.xml"
LANE = 'id="-50_0" index="0"'


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "field", "value", "limit"),
    [
        ('id="10#0" from="C" to="W"', 'id="10#0" from="C" to="X"', "edge[10#0].to", "X", "name a junction"),
        ('id="10#0" from="C" to="W"', 'id="10#0" to="W"', "edge[10#0].from", None, "must be given"),
        ('id="-20" from="C" to="N"', 'id="20" from="C" to="N"', "edge.id", "20", "is in line"),
        ('length="489.00"', 'length="-489.00"', "lane[10#0_0].length", "-489.00", "at least 0"),
        ('length="489.00"', 'length="nan"', "lane[10#0_0].length", "nan", "finite"),
        ('length="489.00"', 'length="long"', "lane[10#0_0].length", "long", "a number"),
        (
            'id="-50_0" index="0" speed="13.89"',
            'id="-50_0" index="0" speed="-1"',
            "lane[-50_0].speed",
            "-1",
            "at least 0",
        ),
        (
            'id="-50_0" index="0" speed="13.89"',
            'id="-50_0" index="0" speed="inf"',
            "lane[-50_0].speed",
            "inf",
            "finite",
        ),
        ('id="-50_0" index="0"', 'id="-50_0" index="1"', "lane[-50_0].index", "1", "must be 0"),
        ('id="-50_0" index="0"', 'id="-50_0" index="-1"', "lane[-50_0].index", "-1", "whole number"),
        ('id="-50_0" index="0"', f'id="-50_0" index="{"9" * 5_000}"', "lane[-50_0].index", "9" * 5_000, "whole number"),
        ("250.00,520.00", "250.00,900520.00", "link[-10~230].length_m", None, "from 1 to 100000"),
        ("250.00,520.00", "250.00,inf", "edge[-10#0].shape", None, "finite"),
        ("250.00,520.00", "250.00", "edge[-10#0].shape", None, "x,y"),
        ("250.00,520.00", "250.00,north", "edge[-10#0].shape", None, "numbers"),
        (
            'id="C" type="traffic_light" x="500.00"',
            'id="C" type="traffic_light" x="NaN"',
            "junction[C].x",
            "NaN",
            "finite",
        ),
        ('id="P" type="priority"', 'id="N" type="priority"', "junction.id", "N", "is in line"),
        ('from="-31" to="40"', 'from="-31" to="41"', "connection.to", "41", "name an edge"),
        ('from="-31" to="40"', 'from="-31" to="50"', "connection.to", "50", "from junction S"),
        (
            'from="-31" to="40" fromLane="0"',
            'from="-31" to="40" fromLane="1"',
            "connection.fromLane",
            "1",
            "below the 1",
        ),
        ('from="-31" to="40" fromLane="0"', 'from="-31" to="40"', "connection.fromLane", None, "must be given"),
        ('nodes="R1 R2"', 'nodes="R1 R9"', "roundabout.nodes", "R9", "name a junction"),
        ("+proj=utm", "+proj=nowhere", "location.projParameter", None, "PROJ knows"),
        ('netOffset="-511000.00,-5392000.00"', 'netOffset=""', "location.netOffset", "", "one point"),
        ('<net version="1.16"', '<routes version="1.16"', "root element", "routes", "SUMO network"),
    ],
)
def test_an_error_names_line_element_value_and_limit(tmp_path, old, new, field, value, limit):
    text = CROSSING.read_text(encoding="utf-8")
    assert text.count(old) == 1
    line = line_of(text, old)
    text = text.replace(old, new)
    path = tmp_path / "bad.net.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError) as refused:
        read_sumo(path)
    error = refused.value
    assert (error.file, error.row, error.field) == ("bad.net.xml", line, field)
    if value is not None:
        assert error.value == value
    assert limit in error.limit


def test_a_truncated_file_is_an_error_with_its_last_line(tmp_path):
    text = CROSSING.read_text(encoding="utf-8")[:5_000]
    path = tmp_path / "cut.net.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(
        FileError, match=r"cut\.net\.xml, row \d+: file = 'cut.net.xml': must be well-formed"
    ) as refused:
        read_sumo(path)
    assert refused.value.row == text.count("\n") + 1


def test_an_empty_file_and_a_missing_one_are_errors(tmp_path):
    (tmp_path / "empty.net.xml").touch()
    with pytest.raises(FileError, match="well-formed"):
        read_sumo(tmp_path / "empty.net.xml")
    with pytest.raises(FileError, match="readable file"):
        read_sumo(tmp_path / "missing.net.xml")


def test_a_truncated_compressed_file_is_an_error(tmp_path):
    path = tmp_path / "cut.net.xml.gz"
    path.write_bytes(gzip.compress(CROSSING.read_bytes())[:800])
    with pytest.raises(FileError, match="readable file"):
        read_sumo(path)


def test_a_wrong_encoding_is_an_error(tmp_path):
    path = tmp_path / "latin.net.xml"
    path.write_bytes(CROSSING.read_text(encoding="utf-8").encode("latin-1"))
    with pytest.raises(FileError, match="invalid token") as refused:
        read_sumo(path)
    assert refused.value.row == 9, "the first line with an ß"


def test_a_stated_encoding_is_followed(tmp_path):
    text = CROSSING.read_text(encoding="utf-8").replace('encoding="UTF-8"', 'encoding="ISO-8859-1"')
    path = tmp_path / "latin.net.xml"
    path.write_bytes(text.encode("latin-1"))
    assert read_sumo(path).network.links["10~230"].name == "Hauptstraße"


def test_an_encoding_that_nobody_knows_is_an_error(tmp_path):
    path = tmp_path / "odd.net.xml"
    path.write_text(CROSSING.read_text(encoding="utf-8").replace('"UTF-8"', '"KLINGON"'), encoding="utf-8")
    with pytest.raises(FileError, match=r"odd\.net\.xml, row 1: encoding = None: must be one that is known .*KLINGON"):
        read_sumo(path)


def test_a_document_type_declaration_is_refused(tmp_path):
    text = CROSSING.read_text(encoding="utf-8")
    bomb = '<!DOCTYPE net [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>\n<net version'
    path = tmp_path / "bomb.net.xml"
    path.write_text(text.replace("<net version", bomb), encoding="utf-8")
    with pytest.raises(FileError, match="document type declaration"):
        read_sumo(path)


def test_a_network_without_streets_for_cars_is_an_error(tmp_path):
    head = '<net><junction id="A" type="dead_end" x="0" y="0"/><junction id="B" type="dead_end" x="9" y="0"/>'
    path = tmp_path / "rail.net.xml"
    path.write_text(f"{head}</net>", encoding="utf-8")
    with pytest.raises(FileError, match="no street"):
        read_sumo(path)
    rail = '<edge id="1" from="A" to="B"><lane id="1_0" index="0" allow="rail" speed="9" length="9"/></edge>'
    path.write_text(f"{head}{rail}</net>", encoding="utf-8")
    with pytest.raises(FileError, match="lane for cars"):
        read_sumo(path)


def test_streets_that_meet_without_any_connection_are_an_error(tmp_path):
    text = re.sub(r"<connection [^>]*/>", "", CROSSING.read_text(encoding="utf-8"))
    path = tmp_path / "old.net.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=r"connection = None: must occur: without any, nobody gets across junction C"):
        read_sumo(path)


def test_a_single_street_needs_no_connection(tmp_path):
    junctions = '<junction id="A" type="dead_end" x="0" y="0"/><junction id="B" type="dead_end" x="90" y="0"/>'
    edges = "".join(
        f'<edge id="{a}{b}" from="{a}" to="{b}"><lane id="{a}{b}_0" index="0" speed="9" length="90"/></edge>'
        for a, b in ("AB", "BA")
    )
    path = tmp_path / "one.net.xml"
    path.write_text(f"<net>{junctions}{edges}</net>", encoding="utf-8")
    assert list(read_sumo(path).network.links) == ["AB", "BA"]


@pytest.mark.parametrize("crs", ["EPSG:0815", "", "EPSG:5773", 'LOCAL_CS["x",UNIT["metre",1]]'])
def test_a_coordinate_system_that_is_unknown_or_no_map_is_an_error(crs):
    with pytest.raises(InvalidValueError, match=r"crs = .*PROJ knows"):
        read_sumo(CROSSING, crs=crs)


def test_a_projection_of_the_file_that_is_no_map_is_an_error(tmp_path):
    text = re.sub('projParameter="[^"]*"', "projParameter='EPSG:5773'", CROSSING.read_text(encoding="utf-8"))
    path = tmp_path / "heights.net.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=r"location\.projParameter = 'EPSG:5773'.*PROJ knows"):
        read_sumo(path)


def test_points_that_are_nowhere_in_the_projection_are_an_error(tmp_path):
    text = CROSSING.read_text(encoding="utf-8").replace('x="500.00" y="500.00"', 'x="1e12" y="500.00"')
    path = tmp_path / "far.net.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match="projection of the network"):
        read_sumo(path)
