"""Delete old rows, a slice of time after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, true

from api.store import schema
from api.store.rows import LASTING_KINDS

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

SLICE_S = 6 * 3600.0
TABLES = tuple(schema.TIME_COLUMN)
_LAST_KEPT = {
    schema.bay_reading: ("source_id", "measured_at_s"),
    schema.sign_content: ("sign_id", "sequence"),
    schema.stage_wish: ("junction_id", "issued_at_s"),
}
"""Tables whose last row of each owner stays: (owner, order)."""


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
    done = connection.execute(delete(table).where(time >= from_s, time < until_s, _is_outdated(table, before_s)))
    return done.rowcount, until_s


def _is_outdated(table: Table, before_s: float) -> ColumnElement[bool]:
    """Whether another row has taken the place of an old one; True where the old ones of a table mean nothing any more.

    What is latest is told by the order in which it was said, as that is what a restart goes by.
    """
    other = table.alias("other")
    if table in _LAST_KEPT:
        owner, order = _LAST_KEPT[table]
        return exists().where(other.c[owner] == table.c[owner], other.c[order] > table.c[order])
    if table is schema.signal_command:  # overruled by one that was in force at the limit
        said_later = or_(other.c.issued_at_s > table.c.issued_at_s, other.c.valid_from_s > table.c.valid_from_s)
        return exists().where(
            other.c.junction_id == table.c.junction_id,
            other.c.issued_at_s >= table.c.issued_at_s,
            other.c.issued_at_s <= before_s,
            other.c.valid_from_s <= before_s,
            said_later,
        )
    if table is schema.decision:
        return or_(table.c.kind.not_in(LASTING_KINDS), said_again(table))
    return true()


def said_again(table: Table) -> ColumnElement[bool]:
    """Whether a decision has a newer one of the same kind, subject and reason."""
    other = table.alias("other")
    same = (other.c[name] == table.c[name] for name in ("subject_id", "kind", "reason"))
    return exists().where(*same, other.c.at_s > table.c.at_s)
