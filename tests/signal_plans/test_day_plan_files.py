"""Tables of day plans, special days and traffic rules: read as they are, or named with row, field, value and limit."""

from __future__ import annotations

import csv
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from signal_plans.day_plan import HOLIDAY, WEEKDAYS, planned
from signal_plans.day_plan_files import read_selection
from signal_plans.files import read_junctions
from signal_plans.mode import ADAPTIVE
from signal_plans.selection_by_traffic import Quantity
from traffic_core.errors import FileError
from traffic_core.gmns import read_network

BERLIN = ZoneInfo("Europe/Berlin")
ORIGIN = {"confidence": "estimated", "source": "made up"}


@pytest.fixture
def tables():
    """Tables that a test may spoil."""
    entries = [("mon-fri", "00:00", "fixed"), ("mon-fri", "06:00", "adaptive"), ("sat;sun;holiday", "00:00", "fixed")]
    return {
        "junction_group": [{"group_id": "G", "junctions": "J"}, {"group_id": "H", "junctions": "J;K"}],
        "day_plan": [
            {"group_id": "G", "days": days, "from_time": clock, "run": run, "otherwise": ""}
            for days, clock, run in entries
        ],
        "special_day": [
            {"kind": "fair", "first_date": "2027-01-16", "last_date": "2027-01-24", "name": "Messe"},
        ],
        "traffic_rule": [
            {
                "rule_id": "R",
                "group_id": "H",
                "quantity": "occupancy_share",
                "sources": "DJN",
                "on_at": "0.5",
                "off_at": "0.3",
                "dwell_s": "900",
                "run": "fixed",
            }
        ],
    }


@pytest.fixture
def read(tables, build, tmp_path):
    def read_all():
        for name, rows in tables.items():
            with (tmp_path / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, [*rows[0], *ORIGIN])
                writer.writeheader()
                writer.writerows({**row, **ORIGIN} for row in rows)
        junctions = {name: build.junction(name) for name in "JK"}
        return read_selection(tmp_path, junctions, build.network("JK").detectors, BERLIN)

    return read_all


def test_all_tables_are_read(read):
    data = read()
    (plan,) = data.plans.plans
    assert (plan.id, plan.junctions) == ("G", ("J",))
    assert list(plan.days) == [*WEEKDAYS, HOLIDAY]
    assert [entry.clock for entry in plan.days["fri"]] == ["00:00", "06:00"]
    assert plan.days["mon"][1].mode == ADAPTIVE
    assert data.plans.calendar.special[0].last == date(2027, 1, 24)
    (rule,) = data.rules
    assert (rule.junctions, rule.quantity, rule.on_at) == (("J", "K"), Quantity.OCCUPANCY_SHARE, 0.5)


def test_a_folder_without_the_tables_selects_nothing(tmp_path, build):
    data = read_selection(tmp_path, {"J": build.junction("J")}, (), BERLIN)
    assert data.plans is None
    assert data.rules == ()


@pytest.mark.parametrize(
    ("table", "row", "change", "named"),
    [
        ("junction_group", 0, {"junctions": "X"}, "junction_group.csv, row 2: junctions = 'X'.*X is none"),
        ("junction_group", 1, {"junctions": "J;J"}, "row 3.*each junction once"),
        ("day_plan", 0, {"group_id": "X"}, "day_plan.csv, row 2: group_id = 'X': must name a group"),
        ("day_plan", 1, {"run": "night"}, r"row 3: run\[J\] = 'night': must be .* one of fixed"),
        ("day_plan", 1, {"run": "off"}, r"row 3: run\[J\] = 'off'.*only an operator"),
        ("day_plan", 1, {"run": "flashing"}, "only an operator"),
        ("day_plan", 1, {"otherwise": "P9"}, "row 3: otherwise = 'P9'.*junction J: fixed"),
        ("day_plan", 1, {"from_time": "24:00"}, "row 3: from_time = '24:00'.*23:59"),
        ("day_plan", 1, {"from_time": "6:00"}, "row 3: from_time = '6:00'"),
        ("day_plan", 1, {"days": "mon-fair"}, "row 3: days = 'mon-fair'.*mon-fair is none"),
        ("day_plan", 1, {"days": "fri-mon"}, "fri-mon is none"),
        ("day_plan", 1, {"days": "mon;mon-fri"}, "each day once"),
        ("day_plan", 1, {"days": "fri", "from_time": "00:00"}, "row 3.*overlaps row 2: fri 00:00"),
        ("day_plan", 2, {"days": "sat;sun"}, "row 2: days.*must cover holiday too"),
        ("day_plan", 2, {"from_time": "00:01"}, "row 4: from_time = '00:01': must be 00:00 for the first entry of sat"),
        ("special_day", 0, {"first_date": "16.01.2027"}, "special_day.csv, row 2: first_date = '16.01.2027'"),
        ("special_day", 0, {"last_date": "2027-02-30"}, "row 2: last_date = '2027-02-30': must be a day of"),
        ("special_day", 0, {"last_date": "2027-01-01"}, "row 2: special_day.last_date.*not be before"),
        ("traffic_rule", 0, {"sources": "D9"}, "traffic_rule.csv, row 2: sources = 'D9'.*detectors"),
        ("traffic_rule", 0, {"off_at": "0.6"}, r"row 2: traffic_rule\[R\].off_at = 0.6: must be below on_at"),
        ("traffic_rule", 0, {"run": "off"}, "row 2: .*only an operator"),
        ("traffic_rule", 0, {"quantity": "speed"}, "row 2: quantity = 'speed'"),
        ("traffic_rule", 0, {"quantity": "load"}, "sources = 'DJN'.*junctions"),
    ],
)
def test_a_wrong_cell_is_named(read, tables, table, row, change, named):
    tables[table][row] |= change
    with pytest.raises(FileError, match=named):
        read()


def test_two_plans_for_a_junction_are_refused(read, tables):
    tables["day_plan"] += [{**row, "group_id": "H"} for row in tables["day_plan"]]
    with pytest.raises(FileError, match=r"row 5: group_id = 'H': holds junction J, which has the plan of group G"):
        read()


def test_special_days_may_have_a_plan_of_their_own(read, tables):
    tables["day_plan"].append(
        {"group_id": "G", "days": "fair", "from_time": "00:00", "run": "computed", "otherwise": ""}
    )
    data = read()
    noon_s = 1_800_000_000  # 2027-01-15, a Friday
    found = [planned(data.plans.plans[0], data.plans.calendar, noon_s + 86_400 * day).kind for day in range(2)]
    assert found == ["fri", "fair"]


def test_the_shipped_town_has_a_plan_for_every_junction(le_model):
    network = read_network(le_model)
    junctions = read_junctions(le_model, network)
    data = read_selection(le_model, junctions, network.detectors, BERLIN)
    assert all(data.plans.place_of(junction_id) is not None for junction_id in junctions)
