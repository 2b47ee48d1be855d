"""What makes a Visum file unusable: each error names file, line, field, value and limit."""

from __future__ import annotations

from pathlib import Path

import pytest

from traffic_core.errors import FileError, InvalidValueError
from traffic_core.formats.visum.reader import read_visum

TEXT = Path(__file__).with_name("dorf.net").read_text(encoding="cp1252")


def written(tmp_path: Path, text: str, encoding: str = "cp1252") -> Path:
    path = tmp_path / "town.net"
    path.write_bytes(text.encode(encoding))
    return path


def error_of(path: Path) -> FileError:
    with pytest.raises(FileError) as caught:
        read_visum(path)
    assert caught.value.file == path.name
    return caught.value


def line_of(text: str, start: str) -> int:
    return next(number for number, line in enumerate(text.split("\n"), 1) if line.startswith(start))


@pytest.mark.parametrize(
    ("old", "new", "row_start", "field", "value", "limit"),
    [
        ("11;1;3;", "11;1;77;", "11;1;77", "STRECKE.NACHKNOTNR", "77", "must name a node"),
        ("12;4;1;", "12;66;1;", "12;66;1", "STRECKE.VONKNOTNR", "66", "must name a node"),
        ("1;2;2;500400", "1;88;2;500400", "1;88;2", "STRECKENPOLY.NACHKNOTNR", "88", "must name a node"),
        ("4;1;3;3;", "4;3;1;3;", "4;3;1;3", "ABBIEGER.VONKNOTNR", "4", "none leads from 4 to 3"),
        ("4;1;3;3;", "3;1;99;3;", "3;1;99;3", "ABBIEGER.NACHKNOTNR", "99", "must name a node"),
        ("4;1;3;3;", "2;1;3;3;", "2;1;3;3", "ABBIEGER.VONKNOTNR", "2", "already"),
        ("4;1;3;3;P,R;99999", "4;1;3;3;P,R;-5", "4;1;3;3", "ABBIEGER.KAPIV", "-5", "at least 0"),
        ("100;3;Q;", "400;3;Q;", "400;3;Q", "ANBINDUNG.BEZNR", "400", "must name a zone"),
        ("100;3;Q;", "100;44;Q;", "100;44;Q", "ANBINDUNG.KNOTNR", "44", "must name a node"),
        ("100;3;Q;", "100;3;X;", "100;3;X", "ANBINDUNG.RICHTUNG", "X", "must be Q or O"),
        ("200;;Kordon", "100;;Kordon", "100;;Kordon", "BEZIRK.NR", "100", "already"),
        ("2;;;0;0;5005", "1;;;0;0;5005", "1;;;0;0;5005", "KNOTEN.NR", "1", "already"),
        ("2;;;0;0;5005", ";;;0;0;5005", ";;;0;0;5005", "KNOTEN.NR", "", "must not be empty"),
        ("10;2;1;", "10;1;2;", "10;1;2;Große Straße;40;B,L,P,R;0.539km;1;1600", "STRECKE.NR", "10", "already"),
        (";2;3200;60km/h", ";2;-3200;60km/h", "10;1;2", "STRECKE.KAPIV", "-3200", "at least 0"),
        (";2;3200;60km/h", ";2;3200;-60km/h", "10;1;2", "STRECKE.V0IV", "-60km/h", "at least 0"),
        (";2;3200;60km/h", ";-2;3200;60km/h", "10;1;2", "STRECKE.ANZFAHRSTREIFEN", "-2", "at least 0"),
        (";2;3200;60km/h", ";2;nan;60km/h", "10;1;2", "STRECKE.KAPIV", "nan", "must be a finite number"),
        (";2;3200;60km/h", ";2;inf;60km/h", "10;1;2", "STRECKE.KAPIV", "inf", "must be a finite number"),
        (";2;3200;60km/h", ";2;viel;60km/h", "10;1;2", "STRECKE.KAPIV", "viel", "must be a number"),
        (";2;3200;60km/h", ";2;3200;60kn", "10;1;2", "STRECKE.V0IV", "60kn", "must be in km/h"),
        ("13;1;5;;90;F,R;0.1km;0;0", "13;1;5;;90;F,R;0.1km;0;-7", "13;1;5", "STRECKE.KAPIV", "-7", "at least 0"),
        ("0,4km;1", "-0,4km;1", "12;4;1", "STRECKE.LAENGE", "-0,4km", "at least 0"),
        ("0,4km;1", "1,400;1", "12;4;1", "STRECKE.LAENGE", "1,400", "can be read in two ways"),
        (";2;3200;70km/h", ";2;-1;70km/h", "40;", "STRECKENTYP.KAPIV", "-1", "at least 0"),
        ("500500.0000", "1e999", "2;;;0;0;1e999", "KNOTEN.XKOORD", "1e999", "must be a finite number"),
        ("500500.0000", "", "2;;;0;0;;", "KNOTEN.XKOORD", "", "must not be empty"),
        (
            "500400.0000;5400040",
            "500400.0000;nan",
            "1;2;2",
            "STRECKENPOLY.YKOORD",
            "nan.0000",
            "must be a finite number",
        ),
        ("0.5;8100;8900", "0.5;8100;-8900", "7;Z7", "ZAEHLSTELLE.DTVW", "-8900", "must be a number from 0"),
        ("0.5;8100;8900", "0.5;8100;viele", "7;Z7", "ZAEHLSTELLE.DTVW", "viele", "must be a number"),
        ("10;1;2;0.5", "10;2;3;0.5", "7;Z7", "ZAEHLSTELLE.VONKNOTNR", "2", "must lie on a link"),
        ("10.000;Net", "10.000;Trans", "10.000", "VERSION.FILETYPE", "Trans", "must be Net"),
        ("Net;DEU;KM", "Net;DEU;LEAGUE", "10.000", "VERSION.UNIT", "LEAGUE", "must be KM or MI"),
    ],
)
def test_a_contradiction_names_row_field_value_and_limit(tmp_path, old, new, row_start, field, value, limit):
    text = TEXT.replace(old, new, 1)
    assert text != TEXT
    error = error_of(written(tmp_path, text))
    assert (error.row, error.field, error.value) == (line_of(text, row_start), field, value)
    assert limit in error.limit
    assert f"town.net, row {error.row}: {field}" in str(error)


def test_a_bad_figure_of_a_link_type_names_its_line(tmp_path):
    error = error_of(written(tmp_path, TEXT.replace("100km/h;15km/h;50km/h", "-100km/h;15km/h;50km/h", 1)))
    assert (error.field, error.value) == ("STRECKENTYP.VMAX-IVSYS(P)", "-100km/h")


@pytest.mark.parametrize("word", ["$KNOTEN:", "$STRECKE:"])
def test_a_file_without_nodes_or_links_is_refused(tmp_path, word):
    start = TEXT.index(word)
    error = error_of(written(tmp_path, TEXT[:start] + TEXT[TEXT.index("\n\n", start) + 2 :]))
    assert error.field == "table"
    assert word[1:-1] in error.limit


def test_a_table_without_rows_is_refused(tmp_path):
    start = TEXT.index("1;K1;")
    error = error_of(written(tmp_path, TEXT[:start] + TEXT[TEXT.index("\n\n", start) + 1 :]))
    assert error.field == "KNOTEN header"
    assert "at least one row" in error.limit


def test_a_missing_column_is_named_in_both_languages(tmp_path):
    text = TEXT.replace(";VONKNOTNR;NACHKNOTNR;NAME", ";VONKNOTNR;NACH;NAME", 1)
    error = error_of(written(tmp_path, text))
    assert (error.row, error.field) == (line_of(text, "$STRECKE:"), "STRECKE header")
    assert error.limit == "must have a column NACHKNOTNR or TONODENO"


def test_a_network_without_cars_is_refused(tmp_path):
    error = error_of(written(tmp_path, TEXT.replace("P;Pkw;IV", "P;Pkw;OV").replace("L;Lkw;IV", "L;Lkw;OV")))
    assert error.field == "VSYS"
    assert "must list a system of type IV or PrT that is a car" in error.limit


def test_links_none_of_which_cars_may_use_are_refused(tmp_path):
    text = TEXT.replace(";B,L,P,R;", ";R;").replace(";B,P,R;", ";R;").replace(";P,R;", ";R;")
    error = error_of(written(tmp_path, text))
    assert error.field == "STRECKE header"
    assert "must hold a link for cars (transport systems P)" in error.limit


@pytest.mark.parametrize("coordinate", ["1e7", "-1e9"])
def test_a_place_off_the_earth_in_the_stated_system_is_refused(tmp_path, coordinate):
    text = TEXT.replace(";LINKSVERKEHR\n1.21;Dörfle;1;KM;0", ";LINKSVERKEHR;DEFKOORD\n1.21;Dörfle;1;KM;0;EPSG:4326")
    error = error_of(written(tmp_path, text.replace("499600.0000", coordinate)))
    assert error.field == "KNOTEN.XKOORD"
    assert "must be a place on earth in the file's coordinate system" in error.limit


@pytest.mark.parametrize("crs", ["EPSG:1", "", "EPSG:5773", "EPSG:4978", 'LOCAL_CS["x",UNIT["metre",1]]', "9" * 5_000])
def test_a_coordinate_system_that_is_unknown_or_no_map_is_refused(tmp_path, crs):
    with pytest.raises(InvalidValueError, match=r"crs = .*: must be a coordinate system that PROJ knows"):
        read_visum(written(tmp_path, TEXT), crs=crs)
