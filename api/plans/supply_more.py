"""What follows from supply data: stages found from its conflicts, and its days as rows of day_plan.csv."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.errors import ConfigError
from signal_plans.day_plan_files import DAY_PLAN_COLUMNS
from signal_plans.stage_finding import find_stages
from signal_plans.supply.convert import to_day_plan, to_layout, weekdays_of
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from signal_plans.supply.supply import JunctionSupply


def stages_found(supply: JunctionSupply) -> tuple[list[list[str]] | None, str]:
    """Groups of the fewest stages, in the order of the shortest interstages; or None and why there are none."""
    try:
        layout = to_layout(supply)
        stages = find_stages(supply.id, list(layout.groups), layout.intergreen, layout.permissive)
    except InvalidValueError as error:
        return None, str(error)
    return [[group for group in layout.groups if group in stage.groups] for stage in stages], ""


def stage_lines(stages: list[list[str]] | None, refused: str) -> str:
    """The stages as a line for people."""
    if stages is None:
        return f"stages found: none, {refused}"
    return "stages found, fewest and in the order of the shortest interstages: " + " | ".join(map(" ".join, stages))


def day_rows(supply: JunctionSupply, days: str) -> list[list[str]]:
    """Header and rows of day_plan.csv up to the programme.

    days : the supply's days for Monday to Friday, Saturday, and Sunday with holidays, with commas between them
    Raises `ConfigError` or `InvalidValueError` where they are not those of the supply.
    """
    names = [name.strip() for name in days.split(",")]
    if len(names) != 3:
        limit = "must name three days, for Monday to Friday, Saturday, and Sunday with holidays"
        raise ConfigError("--days", days, limit)
    plan = to_day_plan(supply, weekdays_of(*names))
    rows = [[plan.id, kind, time.clock, str(time.mode)] for kind, times in plan.days.items() for time in times]
    return [list(DAY_PLAN_COLUMNS[:4]), *rows]
