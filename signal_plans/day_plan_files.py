"""Read what programmes are selected by: junction_group, day_plan, special_day, traffic_rule.

All four tables of a model folder may be missing; a town without them computes its programmes from counts.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from signal_plans.day_plan import (
    HOLIDAY,
    SCHOOL_HOLIDAY,
    WEEKDAYS,
    Calendar,
    DayPlan,
    DayPlans,
    SpecialDays,
    SwitchingTime,
)
from signal_plans.mode import Mode, check_unattended, mode_of
from signal_plans.selection import SelectionData, check_selection
from signal_plans.selection_by_traffic import Quantity, TrafficRule
from traffic_core.tables import PROVENANCE_COLUMNS, Row, read_table

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from signal_plans.junction import Junction

JUNCTION_GROUP_COLUMNS = ("group_id", "junctions", *PROVENANCE_COLUMNS)
DAY_PLAN_COLUMNS = ("group_id", "days", "from_time", "run", "otherwise", *PROVENANCE_COLUMNS)
SPECIAL_DAY_COLUMNS = ("kind", "first_date", "last_date", "name", *PROVENANCE_COLUMNS)
TRAFFIC_RULE_COLUMNS = (
    *("rule_id", "group_id", "quantity", "sources", "on_at", "off_at", "dwell_s", "run"),
    *PROVENANCE_COLUMNS,
)
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

_Groups = dict[str, tuple[str, ...]]


def read_selection(
    folder: Path, junctions: Mapping[str, Junction], detectors: Collection[str], zone: ZoneInfo
) -> SelectionData:
    """Read the tables of a model folder.

    Raises
    ------
    FileError
        Names file, row, field, value and limit: of a cell that cannot be used, an unknown junction, programme,
        detector or kind of day, two entries for the same time, a day without an entry.
    """
    groups = _groups(_rows(folder, "junction_group.csv", JUNCTION_GROUP_COLUMNS, ("group_id",)), junctions)
    special = tuple(map(_special_days, _rows(folder, "special_day.csv", SPECIAL_DAY_COLUMNS, ())))
    kinds = (*WEEKDAYS, HOLIDAY, SCHOOL_HOLIDAY, *dict.fromkeys(days.kind for days in special))
    plan_rows: dict[str, list[Row]] = {}
    for row in _rows(folder, "day_plan.csv", DAY_PLAN_COLUMNS, ("group_id", "days", "from_time")):
        plan_rows.setdefault(_group(row, groups), []).append(row)
    plans = []
    for group_id, rows in plan_rows.items():
        with rows[0].checked():
            plans.append(_plan(group_id, groups[group_id], rows, kinds, junctions))
    rules = [
        _rule(row, groups[_group(row, groups)], junctions, detectors)
        for row in _rows(folder, "traffic_rule.csv", TRAFFIC_RULE_COLUMNS, ("rule_id",))
    ]
    _check_one_plan_each(plans, plan_rows)
    data = SelectionData(
        plans=DayPlans(calendar=Calendar(zone=zone, special=special), plans=tuple(plans)) if plans else None,
        rules=tuple(rules),
    )
    check_selection(data, junctions)
    return data


def _rows(folder: Path, name: str, columns: tuple[str, ...], key: tuple[str, ...]) -> list[Row]:
    path = folder / name
    return read_table(path, columns, key=key) if path.exists() else []


def _groups(rows: list[Row], junctions: Mapping[str, Junction]) -> _Groups:
    groups: _Groups = {}
    for row in rows:
        members = row.texts("junctions")
        if not members:
            raise row.error("junctions", "must not be empty")
        for junction_id in members:
            if junction_id not in junctions:
                raise row.error("junctions", f"must name junctions of signal_group.csv, {junction_id} is none")
        if len(set(members)) < len(members):
            raise row.error("junctions", "must name each junction once")
        groups[row.text("group_id")] = members
    return groups


def _group(row: Row, groups: _Groups) -> str:
    return row.reference("group_id", groups, "a group of junction_group.csv")


def _special_days(row: Row) -> SpecialDays:
    with row.checked():
        return SpecialDays(kind=row.text("kind"), first=_day(row, "first_date"), last=_day(row, "last_date"))


def _day(row: Row, field: str) -> date:
    text = row.text(field)
    if not _DATE.fullmatch(text):
        raise row.error(field, "must be a date like 2027-01-31")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise row.error(field, "must be a day of the calendar") from error


def _plan(
    group_id: str,
    members: tuple[str, ...],
    rows: list[Row],
    kinds: tuple[str, ...],
    junctions: Mapping[str, Junction],
) -> DayPlan:
    entries: dict[str, dict[int, tuple[Row, SwitchingTime]]] = {}
    for row in rows:
        minute = _minute(row)
        mode = _mode(row, members, junctions)
        otherwise = _otherwise(row, members, junctions)
        entry = SwitchingTime(minute=minute, mode=mode, otherwise=otherwise)
        for kind in _days(row, kinds):
            of_kind = entries.setdefault(kind, {})
            if minute in of_kind:
                other = of_kind[minute][0].number
                raise row.error("days", f"overlaps row {other}: {kind} {entry.clock} is given there already")
            of_kind[minute] = row, entry
    for kind in (*WEEKDAYS, HOLIDAY):
        if kind not in entries:
            raise rows[0].error("days", f"of group {group_id} must cover {kind} too: that day would have no entry")
    for kind, of_kind in entries.items():
        first = min(of_kind)
        if first != 0:
            raise of_kind[first][0].error("from_time", f"must be 00:00 for the first entry of {kind}")
    days = {kind: tuple(of_kind[minute][1] for minute in sorted(of_kind)) for kind, of_kind in entries.items()}
    return DayPlan(id=group_id, junctions=members, days=days)


def _minute(row: Row) -> int:
    found = _CLOCK.fullmatch(row.text("from_time"))
    if found is None:
        raise row.error("from_time", "must be a time from 00:00 to 23:59")
    return int(found[1]) * 60 + int(found[2])


def _days(row: Row, kinds: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    for part in row.texts("days"):
        first, dash, last = part.partition("-")
        if dash and first in WEEKDAYS and last in WEEKDAYS and WEEKDAYS.index(first) < WEEKDAYS.index(last):
            found += WEEKDAYS[WEEKDAYS.index(first) : WEEKDAYS.index(last) + 1]
        elif part in kinds:
            found.append(part)
        else:
            limit = f"must hold parts like mon-fri, or one of {', '.join(kinds)}; {part} is none"
            raise row.error("days", limit)
    if not found:
        raise row.error("days", "must not be empty")
    if len(set(found)) < len(found):
        raise row.error("days", "must name each day once")
    return found


def _mode(row: Row, members: tuple[str, ...], junctions: Mapping[str, Junction]) -> Mode:
    with row.checked():
        mode = mode_of(row.text("run"))
    for junction_id in members:
        with row.checked():
            check_unattended(f"run[{junction_id}]", mode, _programme_ids(junctions[junction_id]))
    return mode


def _otherwise(row: Row, members: tuple[str, ...], junctions: Mapping[str, Junction]) -> str:
    value = row.cells["otherwise"]
    for junction_id in members:
        known = _programme_ids(junctions[junction_id])
        if value and value not in known:
            raise row.error("otherwise", f"must be empty or a programme of junction {junction_id}: {', '.join(known)}")
    return value


def _programme_ids(junction: Junction) -> tuple[str, ...]:
    return tuple(programme.id for programme in junction.programmes)


def _rule(
    row: Row, members: tuple[str, ...], junctions: Mapping[str, Junction], detectors: Collection[str]
) -> TrafficRule:
    quantity = row.choice("quantity", Quantity)
    sources = row.texts("sources")
    known, what = (junctions, "junction") if quantity is Quantity.LOAD else (detectors, "detector")
    for source in sources:
        if source not in known:
            raise row.error("sources", f"must name {what}s of the model, {source} is none")
    with row.checked():
        return TrafficRule(
            id=row.text("rule_id"),
            junctions=members,
            quantity=quantity,
            sources=sources,
            on_at=row.decimal("on_at"),
            off_at=row.decimal("off_at"),
            dwell_s=row.whole("dwell_s"),
            mode=_mode(row, members, junctions),
        )


def _check_one_plan_each(plans: list[DayPlan], rows: Mapping[str, list[Row]]) -> None:
    owner: dict[str, str] = {}
    for plan in plans:
        for junction_id in plan.junctions:
            if junction_id in owner:
                limit = f"holds junction {junction_id}, which has the plan of group {owner[junction_id]} already"
                raise rows[plan.id][0].error("group_id", limit)
            owner[junction_id] = plan.id
