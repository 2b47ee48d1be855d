"""`stadttakt plans draw` on the shipped model."""

from __future__ import annotations

import pytest
import typer
from defusedxml.ElementTree import fromstring
from typer.testing import CliRunner

from api.errors import ConfigError
from api.plans import draw_command
from api.plans.sketching import sketch_of
from api.town import load_town
from signal_plans.rilsa.placement import TURNERS


def run(*arguments):
    app = typer.Typer()
    draw_command.register(app)
    result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture(scope="module")
def town(le_model):
    return load_town(le_model)


def test_junction_is_drawn_into_well_formed_files(tmp_path, town):
    result = run("--junction", "N04", "--out", str(tmp_path / "drawings"))
    programmes = [programme.id for programme in town.junctions["N04"].programmes]
    names = [f"N04_timing_{programme}.svg" for programme in programmes] + ["N04_stages.svg", "N04_sketch.svg"]
    assert sorted(path.name for path in (tmp_path / "drawings").iterdir()) == sorted(names)
    assert len(result.stdout.split()) == len(names)
    for name in names:
        root = fromstring((tmp_path / "drawings" / name).read_text(encoding="utf-8"))
        assert root.tag == "{http://www.w3.org/2000/svg}svg"


def test_every_group_of_the_junction_is_in_the_sketch_and_the_plan(tmp_path, town):
    run("--junction", "N12", "--programme", "P1", "--lang", "en", "--out", str(tmp_path))
    groups = list(town.junctions["N12"].layout.groups)
    for name in ("N12_timing_P1.svg", "N12_sketch.svg"):
        root = fromstring((tmp_path / name).read_text(encoding="utf-8"))
        assert [part.get("data-group") for part in root.iterfind(".//*[@data-group]")] == groups


def test_second_run_writes_the_same_bytes(tmp_path):
    for folder in ("a", "b"):
        run("--junction", "N06", "--programme", "P1", "--out", str(tmp_path / folder))
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_sketch_has_the_arms_lanes_turns_and_detectors_of_the_model(town):
    sketch = sketch_of(town, "N04")
    turns = [turn.id for turn in town.network.turns.values() if turn.node_id == "N04"]
    assert sorted(turn.id for turn in sketch.turns) == sorted(turns)
    assert len(sketch.arms) == 4
    assert sum(len(arm.lanes) for arm in sketch.arms) == 7
    assert [name for arm in sketch.arms for name, _ in arm.detectors] == ["D004", "D002", "D003", "D001"]  # clockwise
    assert sketch.without_place() == ()
    crossings = {arm.crossings: {lane.offset_m > 0 for lane in arm.lanes} for arm in sketch.arms}
    assert set(crossings) == {("F1",), ("F2",), ("F3",), ("F4",)}


def test_crossings_of_the_town_lie_where_no_vehicle_of_their_stage_drives_straight_over_them(town):
    unplaced = {}
    for name, junction in town.junctions.items():
        sketch = sketch_of(town, name)
        if missing := sketch.without_place():
            unplaced[name] = missing
        for turn in sketch.turns:
            group, movement = sketch.group_of(turn.id), town.network.turns[turn.id].movement
            over = (*sketch.arms[turn.from_arm].crossings, *sketch.arms[turn.to_arm].crossings)
            meets = [walker for walker in over if not junction.layout.intergreen.conflict(group, walker)]
            assert set(meets) <= set(turn.gives_way_to), turn.id
            assert not meets or movement in TURNERS, turn.id
    assert unplaced == {"N13": ("F3",), "N128": ("F3",)}


def test_yielding_turns_are_dashed_in_sketch_stages_and_hatched_in_the_plan(tmp_path):
    run("--junction", "N04", "--programme", "P1", "--lang", "en", "--out", str(tmp_path))
    sketch, stages, plan = (
        (tmp_path / f"N04_{name}.svg").read_text(encoding="utf-8") for name in ("sketch", "stages", "timing_P1")
    )
    for drawing, legend in (
        (sketch, "dashed: gives way to groups that may be"),
        (stages, "dashed: gives way to others of the stage"),
    ):
        assert legend in drawing
        assert any("<path" in part and "stroke-dasharray" in part for part in drawing.split("/>"))
    assert 'fill="url(#permissive)"' in plan
    assert "Green, turners give way" in plan
    assert "gives way to K2, F1, F3" in plan
    assert "Crossing on foot" in sketch


def test_every_junction_of_the_town_can_be_sketched(town):
    for name, junction in town.junctions.items():
        sketch = sketch_of(town, name)
        served = {turn for group in junction.layout.groups.values() for turn in group.turns}
        assert served >= {turn.id for turn in sketch.turns}


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("--junction", "N999"), "--junction = 'N999': must be a signalised junction with supply data"),
        (("--junction", "N04", "--programme", "P9"), "must be a programme of junction N04: P1"),
        (("--junction", "N04", "--lang", "xx"), "--lang = 'xx': must be de or en"),
    ],
)
def test_options_that_cannot_be_used_are_named(tmp_path, arguments, part):
    with pytest.raises(ConfigError) as raised:
        run(*arguments, "--out", str(tmp_path))
    assert part in str(raised.value)


def test_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"--out = .*: must be a folder that can be written"):
        run("--junction", "N04", "--out", str(tmp_path / "file" / "deeper"))
