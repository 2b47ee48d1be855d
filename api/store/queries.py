"""Questions to the store; each takes an open connection."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from sqlalchemy import Column, ColumnElement, and_, func, not_, or_, select

from api.store import schema
from api.store.prune import said_again
from api.store.rows import (
    LASTING_KINDS,
    TABLES,
    DecisionRow,
    ReadingT,
    RejectCountRow,
    RowT,
    SignalCommandRow,
    SignContentRow,
    StageWishRow,
    row_of,
)
from traffic_core.errors import InvalidValueError
from traffic_core.readings import BayReading, OccupancyReading

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection, RowMapping

_log = logging.getLogger(__name__)
LOOKED_BACK_ROWS = 100
"""How many older rows are tried where the latest of an owner cannot be read."""


def latest_occupancy(connection: Connection, before_s: float, telling: Sequence[str]) -> dict[str, OccupancyReading]:
    """Last reading of each facility before a moment; of those that tell at least one of the fields, where named."""
    columns = schema.occupancy_reading.c
    wanted = [columns.measured_at_s < before_s]
    if telling:
        wanted.append(or_(*(columns[name].is_not(None) for name in telling)))
    rows = _latest(connection, OccupancyReading, columns.source_id, columns.measured_at_s, *wanted)
    return {row.source_id: row for row in rows}


def latest_bays(connection: Connection, before_s: float) -> list[BayReading]:
    """Last reading of each bay before a moment, however old, in the order in which they were measured."""
    columns = schema.bay_reading.c
    rows = _latest(connection, BayReading, columns.source_id, columns.measured_at_s, columns.measured_at_s < before_s)
    return sorted(rows, key=lambda reading: (reading.measured_at_s, reading.source_id))


def latest_signs(connection: Connection) -> dict[str, SignContentRow]:
    """Content with the highest sequence of each sign."""
    columns = schema.sign_content.c
    return {row.sign_id: row for row in _latest(connection, SignContentRow, columns.sign_id, columns.sequence)}


def commands_at(connection: Connection, now_s: float) -> list[SignalCommandRow]:
    """Of each junction the command in force at `now_s`, then the one to follow it, as far as told by then."""
    columns = schema.signal_command.c
    told = select(schema.signal_command).where(columns.issued_at_s <= now_s)
    owners = select(columns.junction_id).order_by(columns.junction_id).limit(1)
    found: list[SignalCommandRow] = []
    junction_id = connection.execute(owners).scalar()
    while junction_id is not None:
        of_one = told.where(columns.junction_id == junction_id)
        # what is said later overrules, also where what was said before would have begun later
        past = of_one.where(columns.valid_from_s <= now_s).order_by(columns.issued_at_s.desc())
        to_come = of_one.where(columns.valid_from_s > now_s)
        in_force = connection.execute(past.order_by(columns.valid_from_s.desc()).limit(1)).mappings().first()
        if in_force is not None:
            found += _readable(SignalCommandRow, [in_force])
            to_come = to_come.where(columns.issued_at_s >= in_force[columns.issued_at_s])
        newest = to_come.order_by(columns.issued_at_s.desc(), columns.valid_from_s.desc()).limit(1)
        found += _readable(SignalCommandRow, connection.execute(newest).mappings())
        junction_id = connection.execute(owners.where(columns.junction_id > junction_id)).scalar()
    return found


def stage_wishes_at(connection: Connection, now_s: float) -> dict[str, StageWishRow]:
    """Of each junction the last stage that was wished by `now_s`."""
    columns = schema.stage_wish.c
    told = columns.issued_at_s <= now_s
    return {
        row.junction_id: row
        for row in _latest(connection, StageWishRow, columns.junction_id, columns.issued_at_s, told)
    }


def lasting_decisions(connection: Connection, subject_id: str) -> list[DecisionRow]:
    """The last of each lasting kind and reason about a subject, oldest first, however old."""
    table = schema.decision
    wanted = and_(table.c.subject_id == subject_id, table.c.kind.in_(LASTING_KINDS), not_(said_again(table)))
    query = select(table).where(wanted).order_by(table.c.at_s, table.c.kind)
    return _readable(DecisionRow, connection.execute(query).mappings())


def stage_wishes(
    connection: Connection, junction_id: str, from_s: float, to_s: float, limit: int
) -> list[StageWishRow]:
    """Stages wished of a junction in [from_s, to_s), oldest first."""
    columns = schema.stage_wish.c
    wanted = and_(columns.junction_id == junction_id, _within(columns.issued_at_s, from_s, to_s))
    query = select(schema.stage_wish).where(wanted).order_by(columns.issued_at_s).limit(limit)
    return _readable(StageWishRow, connection.execute(query).mappings())


def history(
    connection: Connection, kind: type[ReadingT], source_id: str | None, from_s: float, to_s: float, limit: int
) -> list[ReadingT]:
    """Readings measured in [from_s, to_s), oldest first; of one source, or of all with None."""
    columns = TABLES[kind].c
    wanted = _within(columns.measured_at_s, from_s, to_s)
    if source_id is not None:
        wanted = and_(wanted, columns.source_id == source_id)
    query = select(TABLES[kind]).where(wanted).order_by(columns.measured_at_s, columns.source_id).limit(limit)
    return _readable(kind, connection.execute(query).mappings())


def decisions(connection: Connection, subject_id: str, from_s: float, to_s: float, limit: int) -> list[DecisionRow]:
    """Decisions about a subject in [from_s, to_s), oldest first."""
    columns = schema.decision.c
    wanted = and_(columns.subject_id == subject_id, _within(columns.at_s, from_s, to_s))
    query = select(schema.decision).where(wanted).order_by(columns.at_s, columns.kind).limit(limit)
    return _readable(DecisionRow, connection.execute(query).mappings())


def last_decision(connection: Connection, subject_id: str, at_s: float, kind: str) -> DecisionRow | None:
    """Last decision of a kind about a subject that was taken by a moment."""
    columns = schema.decision.c
    wanted = and_(columns.subject_id == subject_id, columns.at_s <= at_s, columns.kind == kind)
    query = select(schema.decision).where(wanted).order_by(columns.at_s.desc()).limit(LOOKED_BACK_ROWS)
    return next(iter(_readable(DecisionRow, connection.execute(query).mappings())), None)


def decisions_of_kind(connection: Connection, kind: str, from_s: float, limit: int) -> list[DecisionRow]:
    """Decisions of a kind from a moment on, oldest first."""
    columns = schema.decision.c
    wanted = and_(columns.at_s >= from_s, columns.kind == kind)
    query = select(schema.decision).where(wanted).order_by(columns.at_s).limit(limit)
    return _readable(DecisionRow, connection.execute(query).mappings())


def last_content(connection: Connection, sign_id: str, at_s: float) -> SignContentRow | None:
    """Last content of a sign that was issued by a moment, valid or not."""
    columns = schema.sign_content.c
    wanted = and_(columns.sign_id == sign_id, columns.issued_at_s <= at_s)
    query = select(schema.sign_content).where(wanted).order_by(columns.sequence.desc()).limit(LOOKED_BACK_ROWS)
    return next(iter(_readable(SignContentRow, connection.execute(query).mappings())), None)


def sign_history(connection: Connection, sign_id: str, from_s: float, to_s: float, limit: int) -> list[SignContentRow]:
    """Contents of a sign issued in [from_s, to_s), oldest first."""
    columns = schema.sign_content.c
    wanted = and_(columns.sign_id == sign_id, _within(columns.issued_at_s, from_s, to_s))
    query = select(schema.sign_content).where(wanted).order_by(columns.sequence).limit(limit)
    return _readable(SignContentRow, connection.execute(query).mappings())


def reject_counts(connection: Connection, from_s: float, to_s: float, limit: int) -> list[RejectCountRow]:
    """Counts of rejected readings in [from_s, to_s), oldest first."""
    columns = schema.reject_count.c
    wanted = _within(columns.at_s, from_s, to_s)
    query = select(schema.reject_count).where(wanted).order_by(columns.at_s, columns.reason).limit(limit)
    return _readable(RejectCountRow, connection.execute(query).mappings())


def _within(column: ColumnElement[float], from_s: float, to_s: float) -> ColumnElement[bool]:
    return and_(column >= from_s, column < to_s)


def _latest(
    connection: Connection,
    kind: type[RowT],
    owner: Column[str],
    order: Column[float],
    *wanted: ColumnElement[bool],
) -> list[RowT]:
    """Row with the highest `order` of each owner, by one index seek per owner and not by reading all history."""
    table = TABLES[kind]
    found: list[RowT] = []
    query = select(table).where(*wanted).order_by(owner.desc(), order.desc())
    # named by its owner too: by the time alone SQLite would read and sort all history
    last = select(func.max(owner)).scalar_subquery()
    values = connection.execute(query.where(owner <= last).limit(1)).mappings().first()
    while values is not None:
        rows = _readable(kind, [values])
        if not rows:
            older = query.where(owner == values[owner], order < values[order]).limit(LOOKED_BACK_ROWS)
            rows = _readable(kind, connection.execute(older).mappings())
        found += rows[:1]
        values = connection.execute(query.where(owner < values[owner]).limit(1)).mappings().first()
    return found


def _readable(kind: type[RowT], rows: Iterable[RowMapping]) -> list[RowT]:
    """Rows of a kind; those that cannot be read are left out, which is told once for all of them."""
    found: list[RowT] = []
    refused: list[InvalidValueError] = []
    for values in rows:
        try:
            found.append(row_of(kind, values))
        except InvalidValueError as error:
            refused.append(error)
    if refused:
        _log.warning("%d unreadable rows of %s left out: %.500s", len(refused), TABLES[kind].name, refused[0])
    return found
