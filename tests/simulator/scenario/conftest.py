"""Scenarios for the small town of the simulator's tests."""

from __future__ import annotations

import pytest

from simulator.bus_lines import BusLine, BusStopCall
from simulator.scenario.loading import load_scenario
from simulator.scenario.problems import ScenarioError
from simulator.scenario.staging import stage_with_warnings
from simulator.staged import BaseModel

HEAD = """\
id: {name}
title_de: Fall
title_en: Case
day: 2026-11-24
from: 06:00
until: 10:00
"""


@pytest.fixture(name="base")
def base_fixture(network, junctions, parking_with, demand_of):
    line = BusLine(
        id="1",
        name="Line 1",
        links=("W_X", "X_P", "P_E"),
        calls=(
            BusStopCall(stop_id="cross", position=0, dwell_s=20.0, in_lane=True),
            BusStopCall(stop_id="park", position=1, dwell_s=20.0, in_lane=False),
        ),
        departures_min=(400.0,),
    )
    return BaseModel(
        id="small",
        timezone="Europe/Berlin",
        network=network,
        demand=demand_of(),
        junctions=junctions,
        parking=parking_with(),
        lines=(line,),
    )


@pytest.fixture(name="written")
def written_fixture(tmp_path):
    """Function of a name, measures (YAML, one a line) and further keys: the file."""

    def write(name="case", *measures, more="", head=HEAD):
        body = "".join(f"  - {{{measure}}}\n" for measure in measures)
        path = tmp_path / f"{name}.yaml"
        path.write_text(head.format(name=name) + more + ("measures:\n" + body if body else ""), encoding="utf-8")
        return path

    return write


@pytest.fixture(name="staging_of")
def staging_of_fixture(written, base):
    """Function of measures: the staging with its warnings."""

    def staging(*measures, more=""):
        return stage_with_warnings(load_scenario(written("case", *measures, more=more)), base)

    return staging


@pytest.fixture(name="staged_of")
def staged_of_fixture(staging_of):
    """Function of measures: the staged scenario."""
    return lambda *measures, more="": staging_of(*measures, more=more).staged


@pytest.fixture(name="errors_of")
def errors_of_fixture(staging_of):
    """Function of measures: the lines of what is wrong with them."""

    def errors(*measures, more=""):
        with pytest.raises(ScenarioError) as caught:
            staging_of(*measures, more=more)
        return [str(problem) for problem in caught.value.problems]

    return errors
