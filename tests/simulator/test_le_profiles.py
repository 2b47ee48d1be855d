"""The shipped model's day: each purpose has its own course, and together they have the measured one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from traffic_core.demand import WAY_BACK, DayType, Demand, Purpose
from traffic_core.demand_files import read_demand
from traffic_core.gmns import read_network

if TYPE_CHECKING:
    from pathlib import Path

WEEKDAY_MORNING_PEAK_SHARE = 0.068


@pytest.fixture(scope="module")
def demand(le_model: Path) -> Demand:
    return read_demand(le_model, read_network(le_model))


def total_shares(demand: Demand, day_type: DayType) -> list[float]:
    """Hourly trips of all purposes over the trips of a weekday."""
    total_veh = sum(cell.veh_24h for cell in demand.cells)
    return [veh_h / total_veh for veh_h in demand.total_veh_h(day_type)]


@pytest.mark.parametrize(
    ("day_type", "level"), [(DayType.WEEKDAY, 1.0), (DayType.SATURDAY, 0.83), (DayType.SUNDAY, 0.66)]
)
def test_all_purposes_together_have_the_measured_day(demand: Demand, day_type: DayType, level: float):
    """Each hour within 0.3 points of the general profile, the day at its level."""
    shares, measured = total_shares(demand, day_type), demand.profiles[day_type, None]
    assert measured.level == pytest.approx(level, abs=1e-6)
    assert sum(shares) == pytest.approx(level, abs=0.01)
    assert shares == pytest.approx(measured.shares, abs=0.003)


def test_a_weekday_peaks_when_the_counts_do(demand: Demand):
    shares = total_shares(demand, DayType.WEEKDAY)
    assert shares[7] == pytest.approx(WEEKDAY_MORNING_PEAK_SHARE, abs=0.003)
    assert max(shares) == shares[16] == pytest.approx(0.076, abs=0.003)
    assert min(shares) == pytest.approx(0.004, abs=0.003)


def test_people_drive_to_work_in_the_morning_and_home_in_the_afternoon(demand: Demand):
    for there in WAY_BACK:
        to, back = demand.shares(DayType.WEEKDAY, there), demand.shares(DayType.WEEKDAY, WAY_BACK[there])
        assert sum(to[:12]) > 0.75, there
        assert sum(back[12:]) > 0.75, there
    to_work = demand.shares(DayType.WEEKDAY, Purpose.COMMUTING)
    home = demand.shares(DayType.WEEKDAY, Purpose.COMMUTING_HOME)
    assert sum(to_work[6:9]) > 0.5
    assert sum(home[15:18]) > 0.4


def test_as_many_come_home_as_went_out(demand: Demand):
    for there, back in WAY_BACK.items():
        went = sum(cell.veh_24h for cell in demand.cells if cell.purpose is there)
        came = sum(cell.veh_24h for cell in demand.cells if cell.purpose is back)
        assert went == pytest.approx(came, rel=0.1), there


def test_few_work_and_hardly_a_shop_is_open_on_a_sunday(demand: Demand):
    level = {purpose: sum(demand.shares(DayType.SUNDAY, purpose)) for purpose in Purpose}
    assert level[Purpose.SHOPPING] < 0.1
    assert level[Purpose.DELIVERY] < 0.1
    assert level[Purpose.COMMUTING] < 0.3 > level[Purpose.COMMUTING_HOME]
    assert level[Purpose.LEISURE] > 1.0
    assert sum(demand.shares(DayType.SATURDAY, Purpose.COMMUTING)) < 0.5
    assert sum(demand.shares(DayType.SATURDAY, Purpose.SHOPPING)) > 1.0


@pytest.mark.shared
def test_the_general_weekday_is_the_captured_profile(demand: Demand, shared_data: Path):
    text = (shared_data / "detectors" / "muenster_weekday_profile.json").read_text(encoding="utf-8")
    captured = yaml.safe_load(text)["weekday_profile"]
    for hour, share in enumerate(demand.profiles[DayType.WEEKDAY, None].shares):
        assert share == pytest.approx(captured[f"h{hour:02d}"], abs=3e-5)
