from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest
import typer
from typer.testing import CliRunner

from api.errors import ConfigError
from api.plans import from_sumo_command
from traffic_core.errors import FileError

EDGES = {"WJ": ("W", "J"), "EJ": ("E", "J"), "SJ": ("S", "J"), "JW": ("J", "W"), "JE": ("J", "E"), "JS": ("J", "S")}
WAYS = [
    ("WJ", "JE", "s"),
    ("WJ", "JS", "r"),
    ("EJ", "JS", "l"),
    ("EJ", "JW", "s"),
    ("SJ", "JW", "l"),
    ("SJ", "JE", "r"),
]
REQUESTS = ["000000 110100", "000000 000100", "000011 010011", "000000 010000", "001101 001101", "000001 000001"]


@pytest.fixture
def net(tmp_path):
    lines = ["<net>"]
    lines += [
        f'<edge id="{edge}" from="{a}" to="{b}"><lane id="{edge}_0" index="0" speed="13.9" length="200"/></edge>'
        for edge, (a, b) in EDGES.items()
    ]
    lines += [
        '<tlLogic id="T" type="static" programID="0" offset="0"><phase duration="60" state="GGgGrr"/>',
        '<phase duration="3" state="yyyyrr"/><phase duration="24" state="rrrrGG"/><phase duration="3" state="rrrryy"/>',
        "</tlLogic>",
    ]
    lines += [f'<junction id="{node}" type="dead_end" x="0" y="0"/>' for node in "WES"]
    lines.append('<junction id="J" type="traffic_light" x="0" y="0" incLanes="WJ_0 EJ_0 SJ_0">')
    for place, request in enumerate(REQUESTS):
        response, foes = request.split()
        lines.append(f'<request index="{place}" response="{response}" foes="{foes}"/>')
    lines.append("</junction>")
    lines += [
        f'<connection from="{a}" to="{b}" fromLane="0" toLane="0" dir="{way}" tl="T" linkIndex="{place}"/>'
        for place, (a, b, way) in enumerate(WAYS)
    ]
    path = tmp_path / "t.net.xml"
    path.write_text("\n".join([*lines, "</net>"]), encoding="utf-8")
    return path


def run(*arguments):
    app = typer.Typer(pretty_exceptions_enable=False)
    app.callback()(lambda: None)
    from_sumo_command.register(app)
    return CliRunner().invoke(app, ["from-sumo", *(str(each) for each in arguments)], catch_exceptions=False)


def count(folder, counts):
    path = folder / "turn_counts.json"
    path.write_text(json.dumps({"T": counts}), encoding="utf-8")
    return path


@pytest.mark.slow
def test_counts_become_programmes_that_keep_the_rules(net, tmp_path):
    count(tmp_path, [200, 20, 30, 250, 150, 180])
    out = tmp_path / "out"
    said = run(net, "--out", out, "--yellow", 3, "--allred", 2, "--min-green", 6)
    assert said.exit_code == 0
    assert said.stdout.startswith("T: cycle 90 -> ")
    programme = ET.parse(out / "stadttakt.add.xml").getroot().find("tlLogic")  # noqa: S314
    assert (programme.get("id"), programme.get("programID")) == ("T", "stadttakt")
    steps = [(int(step.get("duration")), step.get("state")) for step in programme.findall("phase")]
    shown = "".join(state for duration, state in steps for _ in range(duration))
    assert len(shown) // 6 == json.loads((out / "plans.json").read_text())["junctions"][0]["after"]["cycle_s"]
    for duration, state in steps:
        if "y" in state:
            assert duration == 3
        elif set(state) & set("Gg") and state != "r" * 6:
            assert duration >= 2
    for place in range(6):
        assert any(state[place] in "Gg" for _, state in steps)
    (junction,) = json.loads((out / "plans.json").read_text())["junctions"]
    assert junction["after"]["delay_s"] < junction["before"]["delay_s"]


@pytest.mark.slow
def test_the_same_input_gives_the_same_bytes(net, tmp_path):
    counts = count(tmp_path, [200, 20, 30, 250, 150, 180])
    for name in ("a", "b"):
        run(net, "--out", tmp_path / name, "--counts", counts)
    for file in ("stadttakt.add.xml", "plans.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_missing_counts_are_asked_for(net, tmp_path):
    with pytest.raises(
        ConfigError, match=r"--counts: must be given: no turning counts \(turn_counts\.json\) lie beside"
    ):
        run(net, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_truncated_network_is_refused_and_nothing_is_written(net, tmp_path):
    count(tmp_path, [1] * 6)
    net.write_text(net.read_text()[:700])
    with pytest.raises(FileError, match="must be well-formed XML to its end"):
        run(net, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_counts_of_another_network_are_refused(net, tmp_path):
    count(tmp_path, [1] * 7)
    with pytest.raises(FileError, match="T = 7: must be a list of 6 numbers"):
        run(net, "--out", tmp_path / "out")
