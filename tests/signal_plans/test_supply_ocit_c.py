"""OCIT-C supply XML: read, kept, written again, and refused with its line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import canonicalize

import pytest

from signal_plans.supply.ocit_read import document_checksums, read_ocit_c
from signal_plans.supply.ocit_write import keeps_checksums, write_ocit_c
from signal_plans.supply.supply import UnknownXml
from traffic_core.errors import FileError, InvalidValueError

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "signal_supply.ocit-c.xml"
TEXT = GOLDEN.read_text(encoding="utf-8")
CHECKSUM = "0123456789ABCDEF0123456789ABCDEF01234567"


def read(text):
    return read_ocit_c(text.encode("utf-8"), "x.xml")


def line_of(part):
    return TEXT[: TEXT.index(part)].count("\n") + 1


def test_reading_and_writing_gives_the_same_document():
    assert write_ocit_c(read_ocit_c(GOLDEN)) == GOLDEN.read_bytes()


def test_a_file_on_one_line_comes_back_with_the_same_content():
    compact = "".join(line.strip() for line in TEXT.replace("\n      <v:More", "<v:More").splitlines())
    again = write_ocit_c(read(compact)).decode("utf-8")
    assert canonicalize(again, strip_text=True) == canonicalize(compact, strip_text=True)


def test_an_older_encoding_is_read_and_written_as_utf_8():
    old = TEXT.replace("encoding='utf-8'", "encoding='iso-8859-1'").encode("iso-8859-1")
    assert write_ocit_c(read_ocit_c(old)) == GOLDEN.read_bytes()


def test_what_is_read_is_what_the_file_says():
    supply = read_ocit_c(GOLDEN)
    assert (supply.id, supply.name, supply.version) == ("EXAMPLE", "Hauptstraße / Nebenweg", "2.0.2")
    assert {group.id: group.use.value for group in supply.groups} == {
        "K1": "vehicle",
        "K2": "vehicle",
        "F1": "pedestrian",
        "A1": "blind",
        "H1": "auxiliary",
    }
    programme = supply.programme("2")
    assert (programme.cycle_s, programme.change_second, programme.offset_s) == (80, 10, 12)
    assert [(switch.second, switch.code) for switch in programme.lines[1].switches] == [(51, "30"), (68, "03")]
    assert [(end.id, end.switches_on, end.duration_s) for end in supply.end_programmes] == [
        ("88", True, 12),
        ("89", False, 12),
    ]
    assert supply.days[0].commands == ((0, "1"), (21_600, "2"), (72_000, "1"))
    assert [(detector.id, detector.kind.value) for detector in supply.detectors] == [
        ("D1", "loop"),
        ("D2", "loop"),
        ("T1", "push_button"),
    ]
    assert supply.bus_routes[0].calls[0].function == "HAUPTANMELDER"
    assert supply.reporting_points[1].number == 4712
    assert supply.offset_matrices[1].conditions[0].seconds == 2


def test_unknown_blocks_are_kept_word_by_word_with_their_places():
    kept = read_ocit_c(GOLDEN).unknown
    texts = [piece.xml for piece in kept]
    assert "<!-- outputs of the cabinet -->" in texts
    assert any("<v:Text>Größe &amp; Maß</v:Text> mixed <v:Empty/><![CDATA[<raw>]]>" in text for text in texts)
    vendor = next(piece for piece in kept if piece.xml.startswith("<OCITOutstationNr"))
    assert vendor.path == "OIVD/GrundversorgungsdatenLSA/SignalgruppeListe/Signalgruppe[K2]"
    assert vendor.position == 1


def test_a_comment_beside_a_value_is_kept_with_the_value():
    written = write_ocit_c(read(TEXT.replace("<TU>80</TU>", "<TU>80<!-- was 70 --></TU>"))).decode("utf-8")
    assert "<TU>80<!-- was 70 --></TU>" in written


def test_checksums_of_the_file_are_kept_until_something_is_changed():
    supply = read_ocit_c(GOLDEN)
    assert document_checksums(supply) == (CHECKSUM,)
    assert keeps_checksums(supply)
    changed = replace(supply, name="Hauptstraße")
    assert not keeps_checksums(changed)
    assert CHECKSUM not in write_ocit_c(changed).decode("utf-8")


def test_a_group_that_is_taken_out_leaves_its_unknown_piece_without_a_place():
    supply = read_ocit_c(GOLDEN)
    piece = UnknownXml(path="OIVD/GrundversorgungsdatenLSA/EingangListe/Eingang[D9]", position=0, xml="<X/>")
    with pytest.raises(InvalidValueError, match=r"unknown\[0\]\.path = 'OIVD/.*Eingang\[D9\]': must lead to"):
        write_ocit_c(replace(supply, unknown=(piece, *supply.unknown)))


@pytest.mark.parametrize(
    "xml",
    ["<open>", "<a/></lsa:GrundversorgungsdatenLSA>", "<EingangListe><Eingang/></EingangListe>", "&gone;"],
)
def test_an_unknown_piece_cannot_smuggle_anything_in(xml):
    supply = read_ocit_c(GOLDEN)
    piece = UnknownXml(path="OIVD/GrundversorgungsdatenLSA", position=0, xml=xml)
    with pytest.raises(InvalidValueError, match="must be well-formed pieces of XML"):
        write_ocit_c(replace(supply, unknown=(piece, *supply.unknown)))


def test_a_truncated_file_names_its_last_line():
    with pytest.raises(FileError, match=r"^x\.xml, row [0-9]+: xml = 'x\.xml': must be well-formed XML: "):
        read(TEXT[:3_000])


def test_no_truncated_file_is_read():
    for length in range(0, len(TEXT) - 12, 311):
        with pytest.raises(FileError):
            read(TEXT[:length])


@pytest.mark.parametrize(
    "doctype",
    ["<!DOCTYPE OIVD>", '<!DOCTYPE OIVD [<!ENTITY a "aaaa">]>', '<!DOCTYPE OIVD SYSTEM "file:///etc/hostname">'],
)
def test_a_document_type_is_refused(doctype):
    with pytest.raises(FileError, match=r"x\.xml, row 2: doctype = 'OIVD': must not be there"):
        read(TEXT.replace("\n", f"\n{doctype}\n", 1))


@pytest.mark.parametrize(
    ("old", "new", "at", "said"),
    [
        ("lsa:OIVD", "lsa:MAPEM", "<lsa:OIVD", "root = 'lsa:MAPEM': must be OIVD"),
        ("intersection_config_data", "other_data", "<lsa:OIVD", "lsa:OIVD.xmlns = 'http://odg_und_partner/other_data'"),
        ("Unvertraeglichkeitsmatrix", "Matrix", "<lsa:Grund", "Unvertraeglichkeitsmatrix = None: must be given"),
        ("SignalprogrammListe", "Liste", "<lsa:Grund", "SignalprogrammListe = None: must be given"),
        ("<Raeumer>A1<", "<Raeumer>A9<", "<Raeumer>A1<", "Raeumer = 'A9': must name a signal group"),
        ("<SGr2>A1<", "<SGr2>Z<", "<SGr2>A1<", "SGr2 = 'Z': must name a signal group"),
        ("<TU>80<", "<TU>eighty<", "<TU>80<", "TU = 'eighty': must be a whole number"),
        ("<TU>80</TU>", "<TU/>", "<TU>80<", "TU = '': must not be empty"),
        ("<TU>80</TU>", "<TU>80</TU><TU>90</TU>", "<TU>80<", "TU = '90': must stand once in SPKopfzeile"),
        ("<Uhrzeit>06:00:00<", "<Uhrzeit>24:00:00<", "<Uhrzeit>06", "Uhrzeit = '24:00:00': must be a time"),
        ("<Art>EndeEnde<", "<Art>Ende<", "<Art>EndeEnde<", "Art = 'Ende': must name a kind of offset"),
        ("<Bauart>Schleife</Bauart>", "Schleife", "<Eingang>", "must hold elements, no text"),
        (CHECKSUM, "0123", "", "ChecksummeWert = '0123': must be 40 hexadecimal digits"),
        ("encoding='utf-8'", "encoding='utf-7'", "<?xml", "encoding = 'utf-7': must be one of utf-8"),
        ("<Verkehrsart>Kfz<", "<Verkehrsart>Boot<", "<Signalgruppe>", "group[K1].traffic = 'Boot': must be one of Kfz"),
        (
            "<MindestFreigabe>8<",
            "<MindestFreigabe>61<",
            "<Signalgruppe>",
            "group[K1].min_green_s = 61: must be a number",
        ),
        ("<Signalbild>0F<", "<Signalbild>f<", "<Signalgruppe>", "group[K1].opening.code = 'f': must be a lamp code"),
        (
            "<Einfahrer>F1</Einfahrer>\n          <T>5<",
            "<Einfahrer>F1</Einfahrer><T>99<",
            "<ZwiZt>\n          <Raeumer>K1</Raeumer>\n          <Einfahrer>F1",
            "intergreen[K1,F1] = 99: must be a number from 0 to 60",
        ),
    ],
)
def test_a_bad_file_names_line_element_value_and_limit(old, new, at, said):
    with pytest.raises(FileError) as caught:
        read(TEXT.replace(old, new))
    assert said in str(caught.value)
    assert str(caught.value).startswith("x.xml")
    assert caught.value.row == (line_of(at) if at else 0)


def test_an_intergreen_that_is_missing_in_one_direction_is_named():
    start = TEXT.index("<ZwiZt>")
    end = TEXT.index("</ZwiZt>") + len("</ZwiZt>")
    with pytest.raises(FileError, match=r"intergreens = \('K1', 'K2'\): must be given: the groups are incompatible"):
        read(TEXT[:start] + TEXT[end:])


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileError, match=r"gone\.xml: file = .*must be readable"):
        read_ocit_c(tmp_path / "gone.xml")
