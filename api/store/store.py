"""A database that keeps what was measured, shown and decided.  All calls block: never make one in the event loop."""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError, StatementError

from api.store import migrate, prune, queries, schema
from api.store.engine import FOR_WRITING, make_engine
from api.store.errors import RowsRefusedError, StoreUnavailableError
from api.store.rows import TABLES, values_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from api.store.rows import (
        DecisionRow,
        ReadingT,
        RejectCountRow,
        Row,
        SignalCommandRow,
        SignContentRow,
        StageWishRow,
    )
    from traffic_core.readings import BayReading, OccupancyReading

MOST_ROWS = 100_000


class Store:
    """One database.  Reads raise `StoreUnavailableError` when it does not answer; any thread may use it.

    address : `sqlite:///PATH` or `postgresql+psycopg://HOST/DATABASE`; anything else is a `ConfigError`
    """

    def __init__(self, address: str) -> None:
        self._engine = make_engine(address)
        self._insert = sqlite.insert if self._engine.dialect.name == "sqlite" else postgresql.insert
        self.name = self._engine.url.render_as_string(hide_password=True)
        """Address without password, for messages."""

    def migrate(self) -> None:
        """Create the tables, or bring those of an older version up to date; in one transaction."""
        with self._open(write=True) as connection:
            migrate.upgrade(connection)

    def write(self, rows: Sequence[Row]) -> None:
        """Write rows in one transaction; those whose key is there already are left as they are.

        Once this returns they survive the end of this process and of the database server.
        Raises `StoreUnavailableError`, or `RowsRefusedError` when a row itself is the reason; nothing is written then.
        """
        values: dict[type[Row], list[dict[str, object]]] = {}
        for row in rows:
            values.setdefault(type(row), []).append(values_of(row))
        try:
            with self._open(write=True) as connection:
                for kind, of_kind in values.items():
                    connection.execute(self._insert(TABLES[kind]).on_conflict_do_nothing(), of_kind)
        except (OverflowError, UnicodeError) as error:
            raise RowsRefusedError(str(error)) from error

    def prune(
        self, before_s: float, stop: Callable[[], bool] = lambda: False, wishes_before_s: float = -math.inf
    ) -> Mapping[str, int]:
        """Delete what is older than `before_s`, in slices that block a writer only shortly.

        What a restart needs stays, however old: the last reading of each bay, the last content of each sign, the
        command in force at each junction at `before_s` and the last stage wished of it, the last wish of operators for
        it and the last permission.
        stop : asked before each slice; once it says True the rest stays for another time
        wishes_before_s : wished stages go also where they are older than this
        Returns deleted rows by table.
        """
        deleted: dict[str, int] = {}
        for table in prune.TABLES:
            limit_s = max(before_s, wishes_before_s) if table is schema.stage_wish else before_s
            later_s: float | None = float("-inf")
            while later_s is not None and not stop():
                with self._open(write=True) as connection:
                    number, later_s = prune.delete_slice(connection, table, later_s, limit_s)
                deleted[table.name] = deleted.get(table.name, 0) + number
        return deleted

    def latest_occupancy(self, before_s: float = math.inf, telling: Sequence[str] = ()) -> dict[str, OccupancyReading]:
        """Last reading of each facility measured before a moment, by its id.

        telling : names of fields; only readings count that tell at least one of them, where any is named
        """
        with self._open() as connection:
            return queries.latest_occupancy(connection, before_s, telling)

    def latest_bays(self, before_s: float = math.inf) -> list[BayReading]:
        """Last reading of each bay measured before a moment, however old, oldest first."""
        with self._open() as connection:
            return queries.latest_bays(connection, before_s)

    def latest_signs(self) -> dict[str, SignContentRow]:
        """Last content of each sign, by its id; the next content continues its sequence."""
        with self._open() as connection:
            return queries.latest_signs(connection)

    def commands_at(self, now_s: float) -> list[SignalCommandRow]:
        """Of each junction the command in force at a moment, then the one to follow it, as far as told by then."""
        with self._open() as connection:
            return queries.commands_at(connection, now_s)

    def stage_wishes_at(self, now_s: float) -> dict[str, StageWishRow]:
        """Of each junction the last stage that adaptive control had wished by a moment."""
        with self._open() as connection:
            return queries.stage_wishes_at(connection, now_s)

    def stage_wishes(self, junction_id: str, from_s: float, to_s: float) -> list[StageWishRow]:
        """Stages that adaptive control wished of a junction in [from_s, to_s), oldest first."""
        with self._open() as connection:
            return queries.stage_wishes(connection, junction_id, from_s, to_s, MOST_ROWS)

    def lasting_decisions(self, subject_id: str) -> list[DecisionRow]:
        """What operators asked last of a subject, by kind and reason, oldest first, however old."""
        with self._open() as connection:
            return queries.lasting_decisions(connection, subject_id)

    def history(
        self, kind: type[ReadingT], source_id: str | None, from_s: float, to_s: float, limit: int = MOST_ROWS
    ) -> list[ReadingT]:
        """Readings of a kind measured in [from_s, to_s), oldest first; of one source, or of all with None."""
        with self._open() as connection:
            return queries.history(connection, kind, source_id, from_s, to_s, limit)

    def sign_history(self, sign_id: str, from_s: float, to_s: float, limit: int = MOST_ROWS) -> list[SignContentRow]:
        """Contents of a sign issued in [from_s, to_s), oldest first."""
        with self._open() as connection:
            return queries.sign_history(connection, sign_id, from_s, to_s, limit)

    def decisions(self, subject_id: str, at_s: float, within_s: float = 60.0) -> list[DecisionRow]:
        """Decisions about a subject from `within_s` before a moment to `within_s` after it, oldest first."""
        with self._open() as connection:
            return queries.decisions(connection, subject_id, at_s - within_s, at_s + within_s, MOST_ROWS)

    def last_decision(self, subject_id: str, at_s: float, kind: str) -> DecisionRow | None:
        """Last decision of a kind about a subject that was taken by a moment; None where there is none."""
        with self._open() as connection:
            return queries.last_decision(connection, subject_id, at_s, kind)

    def decisions_of_kind(self, kind: str, from_s: float) -> list[DecisionRow]:
        """Decisions of a kind from a moment on, oldest first."""
        with self._open() as connection:
            return queries.decisions_of_kind(connection, kind, from_s, MOST_ROWS)

    def last_content(self, sign_id: str, at_s: float) -> SignContentRow | None:
        """Last content of a sign that was issued by a moment, valid then or not; None where there is none."""
        with self._open() as connection:
            return queries.last_content(connection, sign_id, at_s)

    def reject_counts(self, from_s: float, to_s: float) -> list[RejectCountRow]:
        """Counts of rejected readings in [from_s, to_s), oldest first."""
        with self._open() as connection:
            return queries.reject_counts(connection, from_s, to_s, MOST_ROWS)

    def close(self) -> None:
        """Close all connections; the next call opens new ones."""
        self._engine.dispose()

    @contextmanager
    def _open(self, *, write: bool = False) -> Iterator[Connection]:
        """A connection in a transaction; turns the errors of the database into ours."""
        engine = self._engine.execution_options(**FOR_WRITING) if write else self._engine
        try:
            with engine.begin() as connection:
                yield connection
        except (DataError, IntegrityError) as error:
            raise RowsRefusedError(str(error.orig)) from error
        except StatementError as error:
            if not isinstance(error, DBAPIError):
                raise RowsRefusedError(str(error)) from error
            self.close()
            raise StoreUnavailableError(f"{self.name}: {error.orig}") from error
        except (SQLAlchemyError, OSError) as error:
            self.close()
            raise StoreUnavailableError(f"{self.name}: {error}") from error
