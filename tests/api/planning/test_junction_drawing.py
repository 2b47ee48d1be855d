"""What stands on the drawing of a junction."""

from __future__ import annotations

import matplotlib as mpl
import pytest
from matplotlib.text import Text

from api.planning.check.check import read_facts
from api.planning.junctions.drawing import SETTINGS, draw_junction, write_drawing
from api.planning.junctions.labels import ArmLabel, _moved
from api.planning.junctions.plan import junction_plan
from api.planning.junctions.symbols import _along_ring
from api.planning.junctions.words import movements_text, named, shortened
from api.town import load_town
from traffic_core.network import Movement


@pytest.fixture(scope="module")
def town(le_model):
    return load_town(le_model)


@pytest.fixture(scope="module")
def facts(le_model, town):
    return read_facts(le_model, town)


def texts_of(plan) -> str:
    with mpl.rc_context(SETTINGS):
        figure = draw_junction(plan, "Testdorf")
    return "\n".join(text.get_text() for text in figure.findobj(Text))


def test_the_lammkreuzung_shows_what_a_planner_looks_for(facts):
    said = texts_of(junction_plan(facts, "N06", ("F1", "F2")))
    for part in ("Lammkreuzung", "Testdorf", "Lichtsignalanlage / signal", "Hauptstraße", "Leinfelder Straße"):
        assert part in said
    for part in ("Plieninger Straße", "K1", "F1, F2", "Lage", "km/h", "N", "20 m", "links", "left"):
        assert part in said
    links = facts.network.links
    detectors = [each for each in facts.network.detectors.values() if links[each.link_id].to_node == "N06"]
    assert detectors
    for detector in detectors:
        assert f"{detector.id}\n{detector.to_stop_line_m:g} m" in said


def test_every_node_of_the_shipped_model_has_a_plan(facts):
    for node in facts.network.nodes:
        plan = junction_plan(facts, node)
        assert len(plan.turns) == sum(turn.node_id == node for turn in facts.network.turns.values())


def test_one_node_of_every_kind_can_be_drawn(facts, tmp_path):
    kinds = {node.control: node.id for node in facts.network.nodes.values() if facts.neighbours(node.id)}
    for node in kinds.values():
        write_drawing(tmp_path / f"{node}.svg", junction_plan(facts, node), "Testdorf")
        assert (tmp_path / f"{node}.svg").read_text(encoding="utf-8").startswith("<?xml")


def test_a_drawing_is_the_same_bytes_each_time(facts, tmp_path):
    for name in ("one.svg", "two.svg"):
        write_drawing(tmp_path / name, junction_plan(facts, "N06"), "Testdorf")
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_a_label_moves_up_where_another_one_stands():
    def label(low, above):
        return ArmLabel(text="x", x=0.0, low=low, high=low + 5.0, left=0.0, right=10.0, across="left", above=above)

    assert _moved(label(3.0, above=True), [label(0.0, above=True)]).low == 7.0
    assert _moved(label(3.0, above=False), [label(0.0, above=False)]).high == -2.0
    assert _moved(label(30.0, above=True), [label(0.0, above=True)]).low == 30.0


def test_a_way_round_a_roundabout_runs_counterclockwise_through_its_own_circle():
    points = _along_ring((0.0, -20.0), (0.0, 20.0), 12.0)
    assert (points[0], points[-1]) == ((0.0, -20.0), (0.0, 20.0))
    assert max(x for x, _ in points) == pytest.approx(12.0, abs=0.1), "from the south to the north by the east"
    assert min(x for x, _ in points) > -0.01


def test_words_are_given_in_both_languages():
    assert movements_text([Movement.RIGHT, Movement.LEFT]) == "links, rechts / left, right"
    assert named("N1", "N1", 20) == "N1"
    assert named("N1", "Lammkreuzung", 20) == "N1  Lammkreuzung"
    assert shortened("abcdef", 4) == "abc…"
