"""TNTP files: generous in form, strict in content, every error with file, line, field, value and limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic_core.errors import FileError
from traffic_core.formats.tntp.reader import read_tntp_network, read_tntp_nodes, read_tntp_trips

if TYPE_CHECKING:
    from pathlib import Path

NET = """\
<NUMBER OF ZONES> 2\t\t
<number  of nodes>  4
~ a comment
<FIRST THRU NODE> 3
<ORIGINAL HEADER>~ \tTail\tHead\t;
<NUMBER OF LINKS>\t5
<END OF METADATA>

~\tinit_node\tterm_node\tcapacity\tlength\tfree_flow_time\tb\tpower\tspeed\ttoll\tlink_type\t;
\t1\t3\t1800\t0.5\t1.25E+00\t0.15\t4\t0\t0\t1\t;
  1   4   900  1  2  0.15  4  0  2.5  1 extra columns ;
3\t2\t1e3\t1\t0\t0\t0\t0\t0\t1;
3\t4\t0\t1\t3\t0\t0\t0\t0\t1\t;  ~ no capacity needed where nothing is congestible
4\t2\t1800\t1\t1\t0.15\t4\t0\t0\t1"""
TRIPS = """\
<NUMBER OF ZONES> 2
<TOTAL OD FLOW> 30.5
<END OF METADATA>

Origin  1
    1 :   0.0;   2 :  20.5;
origin 2
 1 : 1e1 ;
"""


@pytest.fixture
def net(tmp_path):
    def write(text: str) -> Path:
        path = tmp_path / "small_net.tntp"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def changed(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, f"{old!r} must be there once"
    return text.replace(old, new)


def refused(path: Path) -> str:
    with pytest.raises(FileError) as caught:
        read_tntp_network(path)
    return str(caught.value)


def test_a_network_is_read_in_any_spacing_with_comments_and_more_columns(net):
    network = read_tntp_network(net(NET))
    assert network.node_ids == ("1", "2", "3", "4")
    assert network.zone_ids == ("1", "2")
    assert network.zone_node.tolist() == [0, 1]
    assert network.link_ids == ("1", "2", "3", "4", "5")
    assert network.from_node.tolist() == [0, 0, 2, 2, 3]
    assert network.to_node.tolist() == [2, 3, 1, 3, 1]
    assert network.free_flow_time.tolist() == [1.25, 2.0, 0.0, 3.0, 1.0]
    assert network.capacity.tolist() == [1800.0, 900.0, 1000.0, 0.0, 1800.0]
    assert network.toll.tolist() == [0.0, 2.5, 0.0, 0.0, 0.0]
    assert network.b.tolist() == [0.15, 0.15, 0.0, 0.0, 0.15]
    assert network.power.tolist() == [4.0, 4.0, 0.0, 0.0, 4.0]


def test_nodes_before_the_first_through_node_let_nothing_pass(net):
    assert read_tntp_network(net(NET)).passable.tolist() == [0, 0, 1, 1]


def test_without_a_first_through_node_all_let_pass(net):
    assert read_tntp_network(net(changed(NET, "<FIRST THRU NODE> 3\n", ""))).passable.tolist() == [1, 1, 1, 1]


def test_parallel_links_are_kept(net):
    text = changed(NET, "3\t4\t0\t1", "1\t3\t0\t1")
    assert read_tntp_network(net(text)).to_node.tolist().count(2) == 2


@pytest.mark.parametrize("tag", ["NUMBER OF ZONES", "NUMBER OF LINKS"])
def test_a_missing_tag_is_named(net, tag):
    text = "\n".join(line for line in NET.splitlines() if f"<{tag}>" not in line)
    assert refused(net(text)) == f"small_net.tntp: <{tag}> = None: must be given"


def test_names_of_the_columns_may_stand_first_without_being_a_comment(net):
    expected = read_tntp_network(net(NET))
    read = read_tntp_network(net(changed(NET, "~\tinit_node", "init_node")))
    assert (read.from_node == expected.from_node).all()
    assert (read.capacity == expected.capacity).all()


def test_a_network_without_links_is_refused(net):
    text = changed(NET, "LINKS>\t5", "LINKS>\t0")
    assert "<NUMBER OF LINKS> = '0': must be a whole number of at least 1" in refused(net(text))


def test_more_zones_than_a_table_of_trips_can_have_are_refused(net):
    text = changed(changed(NET, "ZONES> 2", "ZONES> 10001"), "nodes>  4", "nodes> 99999")
    assert "<NUMBER OF ZONES> = '10001': must be a whole number of at least 1 and at most 10000" in refused(net(text))


def test_metadata_without_an_end_are_refused(net):
    assert "small_net.tntp: <END OF METADATA> = None: must close" in refused(net(NET.partition("<END")[0]))


def test_a_file_cut_off_says_how_many_links_were_promised_and_found(net):
    for end in (len(NET) - 30, len(NET) - 11, NET.index("3\t4\t0")):
        assert "5 promised, " in refused(net(NET[:end]))
    assert "5 promised, 4 found" in refused(net(NET.rpartition("\n")[0]))


def test_more_links_than_promised_are_refused(net):
    text = changed(NET, "LINKS>\t5", "LINKS>\t4")
    message = refused(net(text))
    assert "row 6: <NUMBER OF LINKS> = 4" in message
    assert "4 promised, 5 found" in message


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("1\t3\t1800", "1\t5\t1800", ("row 10", "term_node = '5'", "from 1 to the 4 of <NUMBER OF NODES>")),
        ("1\t3\t1800", "0\t3\t1800", ("row 10", "init_node = '0'", "from 1 to the 4")),
        ("1\t3\t1800", "1.5\t3\t1800", ("row 10", "init_node = '1.5'", "must be a node")),
        ("1\t3\t1800", "1\t3\t-1800", ("row 10", "capacity = -1800.0", "must not be negative")),
        ("1\t3\t1800", "1\t3\t0", ("row 10", "capacity = 0.0", "must be above 0 where b is above 0")),
        ("1\t3\t1800", "1\t3\tinf", ("row 10", "capacity = 'inf'", "must be a finite number")),
        ("1.25E+00", "nan", ("row 10", "free_flow_time = 'nan'", "must be a finite number")),
        ("1.25E+00", "-1", ("row 10", "free_flow_time = -1.0", "at least 0")),
        ("1.25E+00\t0.15\t4", "1.25\t0.15\t0.5", ("row 10", "power = 0.5", "must be 0 or from 1 to 64")),
        ("1.25E+00", "much", ("row 10", "free_flow_time = 'much'", "must be a number")),
        ("  2.5  1 extra columns ;", " ;", ("row 11", "columns = 8", "at least the 10 columns init_node")),
        ("ZONES> 2", "ZONES> 5", ("row 1", "<NUMBER OF ZONES> = '5'", "at least 1 and at most 4")),
        ("ZONES> 2", "ZONES> inf", ("row 1", "<NUMBER OF ZONES> = 'inf'", "whole number")),
        ("ZONES> 2", "ZONES> two", ("row 1", "<NUMBER OF ZONES> = 'two'", "whole number")),
        ("~ a comment", "<NUMBER OF ZONES> 3", ("row 3", "<NUMBER OF ZONES> = '3'", "must be given once")),
        ("~ a comment", "lost words", ("row 3", "metadata = 'lost words'", "must be a line '<TAG> value'")),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_its_line(net, old, new, parts):
    message = refused(net(changed(NET, old, new)))
    for part in ("small_net.tntp", *parts):
        assert part in message


def test_another_encoding_is_refused_with_its_line(tmp_path):
    path = tmp_path / "latin.tntp"
    path.write_bytes(NET.replace("a comment", "Böblingen").encode("latin-1"))
    with pytest.raises(FileError, match=r"latin\.tntp, row 3: encoding = 'byte 0xf6': must be UTF-8 text"):
        read_tntp_network(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileError, match=r"none\.tntp: file = .*must be readable"):
        read_tntp_network(tmp_path / "none.tntp")


def trips_of(tmp_path, text: str, zones=("1", "2")):
    path = tmp_path / "trips.tntp"
    path.write_text(text, encoding="utf-8")
    return read_tntp_trips(path, zones)


def test_trips_are_read_by_origin_and_destination(tmp_path):
    assert trips_of(tmp_path, TRIPS).tolist() == [[0.0, 20.5], [10.0, 0.0]]


def test_the_last_entry_needs_no_line_end_and_the_last_of_a_line_no_semicolon(tmp_path):
    assert trips_of(tmp_path, TRIPS.rstrip()).tolist() == [[0.0, 20.5], [10.0, 0.0]]
    assert trips_of(tmp_path, TRIPS.replace(" ;", "")).tolist() == [[0.0, 20.5], [10.0, 0.0]]


def test_entries_may_follow_the_origin_in_its_line(tmp_path):
    text = "<END OF METADATA>\nOrigin 1 2 : 3; 1 : 4;"
    assert trips_of(tmp_path, text).tolist() == [[4.0, 3.0], [0.0, 0.0]]


@pytest.mark.parametrize("new", ["2 :\n20.5;", "2\n : 20.5;", "2 ~ a comment\n\n:\n20.5", "2 : 20.5"])
def test_an_entry_may_go_on_in_the_next_line(tmp_path, new):
    assert trips_of(tmp_path, changed(TRIPS, "2 :  20.5;", new)).tolist() == [[0.0, 20.5], [10.0, 0.0]]


@pytest.mark.parametrize("total", ["30.5", "30.47", "20.5", "3.05E1", "31"])
def test_a_total_off_by_a_thousandth_or_its_own_rounding_or_without_the_diagonal_is_accepted(tmp_path, total):
    text = changed(TRIPS, "30.5", total)
    if total == "20.5":
        text = changed(text, " 1 : 1e1 ;", " 2 : 1e1 ;")
    trips_of(tmp_path, text)


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("30.5", "60.5", ("row 2", "<TOTAL OD FLOW> = '60.5'", "total of the trips, 30.5", "promises 60.5")),
        ("origin 2\n 1 : 1e1 ;\n", "", ("row 2", "total of the trips, 20.5", "promises 30.5")),
        ("1 : 1e1 ;\n", "1 : 1e", ("row 8", "trips = '1e'", "must be a number")),
        ("1 : 1e1 ;\n", "1 : 1", ("row 8", "trips = '1 : 1'", "must be closed by ';': the file is cut off")),
        ("1 : 1e1", "1 : -1", ("row 8", "trips = '-1'", "at least 0")),
        ("1 : 1e1", "1 : nan", ("row 8", "trips = 'nan'", "finite")),
        ("1 : 1e1", "3 : 1e1", ("row 8", "destination = '3'", "one of the 2 zones")),
        ("1 : 1e1", "1 : 1; 1 : 9", ("row 8", "trips = '2 -> 1'", "must be given once")),
        ("origin 2", "origin 3", ("row 7", "origin = 'origin 3'", "one of the 2 zones")),
        ("Origin  1\n", "", ("row 5", "destination = '1'", "must follow a line 'Origin n'")),
        ("2 :  20.5;", "2 :", ("row 7", "trips = '2 :'", "must be 'zone : trips;'")),
        ("1 : 1e1", "1 :", ("row 8", "trips = ''", "must be a number")),
        ("1 : 1e1 ;\n", "1 :\n", ("row 8", "trips = '1 :'", "must be 'zone : trips;'")),
        ("1 : 1e1", "few; 1 : 1e1", ("row 8", "trips = 'few'", "must be 'zone : trips;'")),
        ("1 : 1e1", "few", ("row 8", "trips = 'few'", "must be 'zone : trips;'")),
        ("ZONES> 2", "ZONES> 3", ("row 1", "<NUMBER OF ZONES> = 3", "must be the 2 of the network")),
    ],
)
def test_trips_that_cannot_be_used_are_named_with_their_line(tmp_path, old, new, parts):
    with pytest.raises(FileError) as caught:
        trips_of(tmp_path, changed(TRIPS, old, new))
    for part in ("trips.tntp", *parts):
        assert part in str(caught.value)


def test_coordinates_are_read_with_and_without_a_header(tmp_path):
    path = tmp_path / "node.tntp"
    path.write_text("Node\tX\tY\t;\n1\t-96.77\t43.6\t;\n2 1e2 -3.5;", encoding="utf-8")
    assert read_tntp_nodes(path) == {"1": (-96.77, 43.6), "2": (100.0, -3.5)}
    path.write_text("1 2 3\n", encoding="utf-8")
    assert read_tntp_nodes(path) == {"1": (2.0, 3.0)}


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("1 2 3\n1 2 3", r"row 2: node = '1': must be a whole number that occurs once"),
        ("1 2 3\nx 2 3", r"row 2: node = 'x': must be a whole number"),
        ("node x y\n1 2", r"row 2: columns = 2: must be at least node, x and y"),
        ("", r"node.tntp: node = 0: must be at least one"),
        ("node x y\n", r"node.tntp: node = 0: must be at least one"),
        ("1 2 3;\n2 3 4.", r"row 2: y = '4.': must be closed by ';': the file is cut off"),
        ("1 2 inf", r"row 1: y = 'inf': must be a finite number"),
    ],
)
def test_coordinates_that_cannot_be_used_are_named(tmp_path, text, part):
    path = tmp_path / "node.tntp"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=part):
        read_tntp_nodes(path)


amounts = st.floats(0.0, 1e9, allow_subnormal=False)


@given(table=st.lists(st.lists(amounts, min_size=3, max_size=3), min_size=3, max_size=3))
def test_what_is_written_with_all_digits_is_read_exactly(tmp_path_factory, table):
    lines = ["<NUMBER OF ZONES> 3", f"<TOTAL OD FLOW> {np.sum(table)!r}".replace("np.float64(", "").rstrip(")")]
    lines.append("<END OF METADATA>")
    for origin, row in enumerate(table, 1):
        lines.append(f"Origin {origin}")
        lines.append(" ".join(f"{place} : {value!r};" for place, value in enumerate(row, 1)))
    path = tmp_path_factory.mktemp("tntp") / "t.tntp"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert read_tntp_trips(path, ("1", "2", "3")).tolist() == table


@pytest.mark.shared
@pytest.mark.parametrize(
    ("folder", "name", "nodes", "links", "zones", "total"),
    [
        ("SiouxFalls", "SiouxFalls", 24, 76, 24, 360_600.0),
        ("Anaheim", "Anaheim", 416, 914, 38, 104_694.4),
        ("Barcelona", "Barcelona", 1_020, 2_522, 110, 184_679.561),
        ("Braess-Example", "Braess", 4, 5, 2, 6.0),
    ],
)
def test_published_instances_are_read(shared_data, folder, name, nodes, links, zones, total):
    network = read_tntp_network(shared_data / "tntp" / folder / f"{name}_net.tntp")
    trips = read_tntp_trips(shared_data / "tntp" / folder / f"{name}_trips.tntp", network.zone_ids)
    assert (len(network.node_ids), len(network.link_ids), len(network.zone_ids)) == (nodes, links, zones)
    assert trips.sum() == pytest.approx(total, rel=1e-9)
