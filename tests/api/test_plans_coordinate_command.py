"""`stadttakt plans coordinate` on the shipped model."""

from __future__ import annotations

import csv
import json

import pytest
import typer
from defusedxml.ElementTree import fromstring
from typer.testing import CliRunner

from api.errors import ConfigError
from api.plans import coordinate_command
from api.town import load_town
from signal_plans.programme import GreenWindow, SignalProgramme
from traffic_core.errors import InvalidValueError

THREE = "N04,N111,N05"


def run(*arguments):
    app = typer.Typer()
    coordinate_command.register(app)
    result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("coordinated") / "new"
    return json.loads(
        run("--junctions", THREE, "--cycle", "70", "--flows", "600,600", "--out", str(folder), "--json").stdout
    ), folder


def test_result_names_offsets_bands_and_what_was_before(written):
    result, _ = written
    assert [junction["id"] for junction in result["junctions"]] == THREE.split(",")
    assert result["cycle_s"] == 70
    assert result["junctions"][0]["offset_s"] == 0
    assert result["outbound"]["to"] == "N05"
    assert result["inbound"]["to"] == "N04"
    assert result["outbound"]["band_s"] > 10.0
    assert result["before"]["cycle_s"] == 70
    assert result["after"]["delay_s"] <= result["before"]["delay_s"]


def test_every_junction_has_a_verified_transition(written):
    result, _ = written
    assert all(junction["transition_found"] for junction in result["junctions"])
    longest = max(junction["longest_transition_s"] for junction in result["junctions"])
    assert result["longest_transition_s"] == longest <= 180


def test_written_programmes_are_safe_programmes_of_their_junctions(written, le_model):
    result, folder = written
    layouts = {name: junction.layout for name, junction in load_town(le_model).junctions.items()}
    with (folder / "programme.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for junction in result["junctions"]:
        own = [row for row in rows if row["junction_id"] == junction["id"]]
        greens = {}
        for row in own:
            window = GreenWindow(start_s=int(row["green_start_s"]), length_s=int(row["green_length_s"]))
            greens[row["group_id"]] = (*greens.get(row["group_id"], ()), window)
        programme = SignalProgramme(
            id=own[0]["programme_id"],
            layout=layouts[junction["id"]],
            cycle_s=int(own[0]["cycle_s"]),
            offset_s=int(own[0]["offset_s"]),
            greens=greens,
        )
        assert (programme.cycle_s, programme.offset_s) == (result["cycle_s"], junction["offset_s"])
    assert {row["confidence"] for row in rows} == {"estimated"}


def test_diagram_shows_the_signals_of_the_street(written):
    _, folder = written
    root = fromstring((folder / "green_band.svg").read_text(encoding="utf-8"))
    assert [part.get("data-signal") for part in root.iterfind(".//*[@data-signal]")] == THREE.split(",")


@pytest.mark.slow
def test_demand_of_the_model_tells_all_movements_and_never_makes_them_worse():
    result = json.loads(
        run("--junctions", "N06,N07", "--hour", "16", "--cycle", "70-71", "--keep-band", "0", "--json").stdout
    )
    assert result["cycle_s"] in {70, 71}
    assert result["flows_veh_h"][0] > 50.0
    assert result["all_after"]["delay_s"] <= result["all_before"]["delay_s"] + 0.1
    assert result["all_after"]["delay_veh_h_h"] > 0.0


def test_report_for_people_has_before_and_after():
    result = run("--junctions", "N04,N05", "--flows", "700,500")
    assert "before" in result.stdout
    assert "after" in result.stdout
    assert "longest verified transition to the new offsets:" in result.stdout
    assert "note: the street passes the signals of N111" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("--junctions", "N04,N999"), "--junctions = 'N999': must name a signalised junction"),
        (("--junctions", "N04"), "--junctions = ('N04',): must be at least 2"),
        (("--junctions", THREE, "--cycle", "60-150"), "--cycle = '60-150': must lie within 20 to 120 s"),
        (("--junctions", THREE, "--cycle", "90-60"), "--cycle = '90-60': must lie within 20 to 120 s, the shorter"),
        (("--junctions", THREE, "--cycle", "10"), "--cycle = '10': must lie within 20 to 120 s"),
        ((), "must name a street or signals in their order, not both"),
        (("--along", "Hauptstraße", "--junctions", THREE), "not both"),
        (("--junctions", THREE, "--cycle", "fast"), "--cycle = 'fast': must be whole seconds or a range"),
        (("--junctions", THREE, "--cycle", "30"), "--cycle = 30: must be at least"),
        (("--junctions", THREE, "--flows", "600"), "--flows = '600': must be two numbers"),
        (("--junctions", THREE, "--programme", "P9"), "--programme = 'P9': must be a programme of junction N04"),
        (("--junctions", THREE, "--lang", "fr"), "--lang = 'fr': must be de or en"),
    ],
)
def test_options_that_cannot_be_used_are_named(arguments, part):
    with pytest.raises(ConfigError) as raised:
        run(*arguments)
    assert part in str(raised.value)


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("--along", "Nirgendweg"), "--along = 'Nirgendweg': must be the name of links"),
        (("--junctions", THREE, "--keep-band", "2"), "--keep-band = 2.0: must be a number from 0 to 1"),
        (("--junctions", THREE, "--slowest", "0"), "--slowest = 0.0"),
        (("--junctions", THREE, "--weights", "0,0"), "--weights = 0.0: must be a number above 0"),
    ],
)
def test_values_out_of_their_limits_are_named(arguments, part):
    with pytest.raises(InvalidValueError) as raised:
        run(*arguments)
    assert part in str(raised.value)
