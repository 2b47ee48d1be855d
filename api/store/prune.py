"""Delete old rows, a slice of time after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, delete, func, select

from api.store import schema

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

SLICE_S = 6 * 3600.0
TABLES = tuple(schema.TIME_COLUMN)
_KEPT = {schema.sign_content: ("sign_id", "sequence"), schema.signal_command: ("junction_id", "valid_from_s")}
"""Tables whose last row of each owner stays: (owner, order).  Of commands, the last that was valid at the limit."""


def delete_slice(connection: Connection, table: Table, from_s: float, before_s: float) -> tuple[int, float | None]:
    """Delete the oldest rows of a table from `from_s` on that are older than `before_s`, six hours at the most.

    Returns the number deleted and where to go on, None at the end.
    """
    time = schema.TIME_COLUMN[table]
    wanted = and_(time >= from_s, time < before_s)
    oldest_s = connection.execute(select(func.min(time)).where(wanted)).scalar_one()
    if oldest_s is None:
        return 0, None
    until_s = min(oldest_s + SLICE_S, before_s)
    done = connection.execute(delete(table).where(time >= from_s, time < until_s, *_spare_last(table, before_s)))
    return done.rowcount, until_s


def _spare_last(table: Table, before_s: float) -> list[ColumnElement[bool]]:
    if table not in _KEPT:
        return []
    owner, order = _KEPT[table]
    other = table.alias("other")
    last = select(func.max(other.c[order])).where(other.c[owner] == table.c[owner])
    if table is schema.signal_command:
        last = last.where(other.c.valid_from_s <= before_s)
    return [table.c[order] < last.scalar_subquery()]
