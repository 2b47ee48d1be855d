from __future__ import annotations

from dataclasses import replace

import pytest
from defusedxml.ElementTree import fromstring

from signal_plans.drawing import svg
from signal_plans.drawing.junction_sketch import junction_sketch
from signal_plans.drawing.sketch import Sketch, SketchArm, SketchLane, SketchTurn
from signal_plans.drawing.stage_sequence import stage_sequence
from signal_plans.drawing.words import Language
from signal_plans.timing import programme_from_stages
from traffic_core.errors import InvalidValueError
from traffic_core.network import Movement

NAMESPACE = {"s": "http://www.w3.org/2000/svg"}


def arm(name, bearing_deg, **more):
    lane = SketchLane(offset_m=2.4, movements=frozenset({Movement.THROUGH, Movement.LEFT}), described=False)
    return SketchArm(
        name=name,
        bearing_deg=bearing_deg,
        stop_m=16.0,
        edges_m=(-4.8, 4.8),
        lanes=(lane,),
        out_offsets_m=(-2.4,),
        **more,
    )


@pytest.fixture
def sketch(crossing):
    arms = (
        arm("Nordstraße", 0.0, detectors=(("DN1", 40.0), ("DN2", 90.0)), crossings=("FN",)),
        arm("Ost & <West>", 90.0),
        arm("Südstraße " * 9, 180.0),
        arm("", 235.0),
    )
    turns = tuple(
        SketchTurn(id=f"J{name}{to}", from_arm=i, to_arm=j, start_offset_m=2.4, end_offset_m=-2.4)
        for i, name in enumerate("NESW")
        for j, to in enumerate("NESW")
        if i != j
    )
    groups = {group.id: group.turns for group in crossing.groups.values()}
    return Sketch(id="J", name="Kreuzung <J>", arms=arms, turns=turns, groups=groups)


def found(drawing, key):
    return [part.get(f"data-{key}") for part in fromstring(drawing).iterfind(f".//s:g[@data-{key}]", NAMESPACE)]


def texts(drawing):
    return [text.text for text in fromstring(drawing).iterfind(".//s:text", NAMESPACE)]


def test_sketch_shows_every_turn_group_detector_and_crossing(sketch, crossing):
    drawing = junction_sketch(sketch, crossing)
    assert found(drawing, "turn") == [turn.id for turn in sketch.turns]
    assert found(drawing, "group") == list(crossing.groups)
    assert found(drawing, "detector") == ["DN2", "DN1"]
    assert found(drawing, "crossing") == ["FN"]


def giving_way(sketch, turn_id, *groups):
    turns = (replace(turn, gives_way_to=groups) if turn.id == turn_id else turn for turn in sketch.turns)
    return replace(sketch, turns=tuple(turns))


def dashed(root):
    return [path for path in root.iterfind(".//s:path", NAMESPACE) if path.get("stroke-dasharray")]


def test_a_turn_that_gives_way_is_dashed_and_the_legend_says_so(sketch, crossing):
    assert dashed(fromstring(junction_sketch(sketch, crossing))) == []
    drawing = junction_sketch(giving_way(sketch, "JNE", "FE"), crossing)
    (turn,) = [part for part in fromstring(drawing).iterfind(".//s:g[@data-turn]", NAMESPACE) if len(dashed(part)) == 1]
    assert turn.get("data-turn") == "JNE"
    assert "gestrichelt: wartepflichtig gegenüber Gruppen, die zugleich" in " ".join(texts(drawing))


def test_a_turn_is_dashed_only_in_stages_in_which_others_go_first(sketch, crossing):
    yielding = giving_way(sketch, "JNE", "FE")
    shown = [dashed(stage) for stage in stage_boxes(stage_sequence(yielding, crossing))]
    assert [len(each) for each in shown] == [1, 0]
    elsewhere = stage_sequence(giving_way(sketch, "JNE", "FN"), crossing)
    assert [len(dashed(stage)) for stage in stage_boxes(elsewhere)] == [0, 0]
    note = "dashed: gives way to others of the stage (permissive)"
    assert note in texts(stage_sequence(yielding, crossing, language=Language.ENGLISH))
    assert note not in texts(stage_sequence(sketch, crossing, language=Language.ENGLISH))


def test_crossings_for_cycles_lie_beside_those_on_foot(sketch, crossing):
    first, *others = sketch.arms
    changed = replace(sketch, arms=(replace(first, cycle_crossings=("FE",)), *others))
    assert changed.without_place() == ()
    drawing = junction_sketch(changed, crossing)
    assert found(drawing, "crossing") == ["FN", "FE"]
    assert {"Fußgängerfurt", "Radfurt"} <= set(texts(drawing))
    on_foot, cycles = (
        [float(line.get("y1")) for line in part.iterfind("s:line", NAMESPACE)]
        for part in fromstring(drawing).iterfind(".//s:g[@data-crossing]", NAMESPACE)
    )
    assert len(cycles) == 2
    assert min(cycles) > max(on_foot), "on the side of the node, which lies south of the arm"
    assert stage_sequence(changed, crossing) != stage_sequence(sketch, crossing)


def test_who_goes_first_is_told_by_group(sketch):
    yielding = giving_way(giving_way(sketch, "JNE", "FE", "S"), "JNW", "FE", "FN")
    assert yielding.gives_way() == {"N": ("FE", "S", "FN")}
    assert sketch.gives_way() == {}


def stage_boxes(drawing):
    return list(fromstring(drawing).iterfind(".//s:g[@data-stage]", NAMESPACE))


def test_group_without_a_place_in_the_model_says_so(sketch, crossing):
    assert sketch.without_place() == ("FE",)
    assert "Fußverkehr (Lage nicht modelliert)" in texts(junction_sketch(sketch, crossing))
    assert "pedestrians (place not modelled)" in texts(junction_sketch(sketch, crossing, Language.ENGLISH))


def test_texts_of_the_sketch_stay_on_the_page(sketch, crossing):
    for text in fromstring(junction_sketch(sketch, crossing)).iterfind(".//s:text", NAMESPACE):
        x, width = float(text.get("x")), svg.text_width(text.text or "", float(text.get("font-size")))
        left = {"start": x, "middle": x - width / 2, "end": x - width}[text.get("text-anchor", "start")]
        assert left >= 0, text.text
        assert left + width <= svg.PAGE_WIDTH, text.text


def test_far_detectors_keep_their_order_along_the_arm(sketch, crossing):
    drawing = fromstring(junction_sketch(sketch, crossing))
    heights = {
        part.get("data-detector"): min(float(c.split(",")[1]) for c in part[0].get("points").split())
        for part in drawing.iterfind(".//s:g[@data-detector]", NAMESPACE)
    }
    assert heights["DN2"] < heights["DN1"]  # farther north


def test_stage_sequence_shows_what_is_green_and_the_seconds_between(sketch, crossing):
    programme = programme_from_stages(crossing, (22, 22), "P")
    drawing = stage_sequence(sketch, crossing, programme)
    assert found(drawing, "stage") == ["1", "2"]
    assert found(drawing, "interstage") == ["0", "1"]
    words = texts(drawing)
    assert words.count("8 s") == 2  # longest intergreen in both interstages
    assert words.count("22 s") == 2
    assert "Freigabe: N, S, FE" in words
    assert "Freigabe: E, W, FN" in words


def test_stages_draw_the_turns_of_their_groups_only(sketch, crossing):
    root = fromstring(stage_sequence(sketch, crossing))
    for stage in root.iterfind(".//s:g[@data-stage]", NAMESPACE):
        curves = [path for path in stage.iterfind(".//s:path", NAMESPACE) if path.get("stroke") == svg.GREEN]
        assert len(curves) == 6  # two approaches with three turns each


def test_stage_without_programme_tells_its_minimum_green(sketch, crossing):
    assert "mind. 8 s" in texts(stage_sequence(sketch, crossing))
    assert "at least 8 s" in texts(stage_sequence(sketch, crossing, language=Language.ENGLISH))


@pytest.mark.parametrize("count", [2, 3, 4, 5, 7, 9, 12])
def test_any_number_of_stages_stays_on_the_page(build, sketch, count):
    names = [f"S{i}" for i in range(count)]
    times_s = {(a, b): 4 for i, a in enumerate(names) for b in names[i + 1 :]}
    layout = build.layout([build.vehicle(name) for name in names], times_s, [[name] for name in names])
    root = fromstring(stage_sequence(sketch, layout))
    boxes = [stage.find("s:rect", NAMESPACE) for stage in root.iterfind(".//s:g[@data-stage]", NAMESPACE)]
    places = [[float(box.get(key)) for key in ("x", "y", "width", "height")] for box in boxes]
    assert len(places) == count
    for x, y, width, height in places:
        assert x >= 0
        assert y >= 258
        assert x + width <= svg.PAGE_WIDTH
        assert y + height <= 2_000
        assert height > 200


def test_same_junction_gives_the_same_bytes(sketch, crossing):
    assert junction_sketch(sketch, crossing) == junction_sketch(sketch, crossing)
    assert stage_sequence(sketch, crossing) == stage_sequence(sketch, crossing)


def test_sketch_without_arms_or_with_a_turn_to_nowhere_is_refused():
    with pytest.raises(InvalidValueError, match=r"sketch\[J\].arms = 0: must be at least 1"):
        Sketch(id="J", name="J", arms=(), turns=())
    lost = SketchTurn(id="T", from_arm=0, to_arm=3, start_offset_m=0.0, end_offset_m=0.0)
    with pytest.raises(InvalidValueError, match=r"sketch\[J\].turn\[T\] = 3: must name an arm"):
        Sketch(id="J", name="J", arms=(arm("A", 0.0),), turns=(lost,))
