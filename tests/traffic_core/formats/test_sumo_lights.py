"""Signal programmes of a SUMO network are kept aside, never made supply data."""

from __future__ import annotations

from pathlib import Path

import pytest

from traffic_core.errors import FileError
from traffic_core.formats.sumo.reader import read_sumo

CROSSING = Path(__file__).parent / "crossing.net.xml"


def tables_of(path: Path) -> dict[str, list[dict[str, str]]]:
    return {
        table.name: [dict(zip(table.columns, row, strict=True)) for row in table.rows]
        for table in read_sumo(path).aside
    }


def edited(tmp_path: Path, old: str, new: str) -> Path:
    text = CROSSING.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path = tmp_path / "edited.net.xml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_phases_keep_programme_offset_order_and_state():
    phases = tables_of(CROSSING)["signal_phase"]
    assert [phase["index"] for phase in phases] == ["0", "1", "2"]
    assert [phase["duration"] for phase in phases] == ["42", "3", "31"]
    assert {(phase["tl"], phase["programID"], phase["offset"]) for phase in phases} == {("joint", "day", "7")}
    assert phases[2]["state"] == "rrrrGGGGGGrrrrrrr"
    assert (phases[2]["minDur"], phases[2]["maxDur"], phases[0]["minDur"]) == ("5", "50", "")


def test_each_turn_is_joined_to_its_place_in_the_states():
    links = tables_of(CROSSING)["signal_link"]
    left = next(row for row in links if row["turn_id"] == "-10~230>-20")
    assert (left["tl"], left["linkIndex"], left["node_id"], left["fromLane"]) == ("joint", "2", "C", "2")
    assert "3" not in [row["linkIndex"] for row in links], "the U-turn was left out"


def test_one_signal_may_control_several_junctions():
    links = tables_of(CROSSING)["signal_link"]
    assert {row["node_id"] for row in links} == {"C", "S"}
    assert read_sumo(CROSSING).warnings.examples["signal controls several junctions"] == ["joint: C, S"]


def test_a_signal_without_a_programme_is_a_warning(tmp_path):
    warnings = read_sumo(edited(tmp_path, '<tlLogic id="joint"', '<tlLogic id="other"')).warnings
    assert warnings.examples["signal without a programme in the file"] == ["joint"]


def test_a_state_too_short_for_its_turns_is_a_warning(tmp_path):
    warnings = read_sumo(edited(tmp_path, "yyyyrrrrrryyyGGGG", "yyyyrrrrrryyy")).warnings
    assert warnings.examples["signal state shorter than the list of its turns"] == ["joint"]


@pytest.mark.parametrize(
    ("old", "new", "field", "value"),
    [
        ('duration="3" ', 'duration="-3" ', "phase.duration", "-3"),
        ('duration="3" ', 'duration="inf" ', "phase.duration", "inf"),
        (' state="yyyyrrrrrryyyGGGG"', "", "phase.state", None),
    ],
)
def test_a_phase_that_cannot_be_is_an_error(tmp_path, old, new, field, value):
    with pytest.raises(FileError) as refused:
        read_sumo(edited(tmp_path, old, new))
    assert (refused.value.field, refused.value.value) == (field, value)
    assert refused.value.row == 66
