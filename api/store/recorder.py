"""The single writer: takes rows without ever blocking its callers, and writes them in groups from a thread."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import Counter
from concurrent import futures
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

from api.backoff import Backoff
from api.store.backlog import Backlog, Entry
from api.store.errors import RowsRefusedError
from api.store.receipt import Receipt
from api.store.rows import IMPORTANCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from types import TracebackType

    from api.store.rows import Row

_log = logging.getLogger(__name__)
CAPACITY_ROWS = 100_000
GROUP_ROWS = 2_000
GROUP_S = 0.2


class Writable(Protocol):
    """What the recorder needs of a store."""

    def migrate(self) -> None:
        """Prepare the tables."""
        ...

    def write(self, rows: Sequence[Row]) -> None:
        """Write all rows or none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RecorderStatus:
    """How recording stands, for `/readyz`, metrics and `doctor`."""

    degraded: bool
    """The last attempt failed; rows are kept and tried again."""
    waiting: int
    written: int
    refused: int
    """Rows the database cannot hold; they were dropped so that the others go on."""
    dropped: Mapping[str, int]
    """Rows that had to go because too many waited, by importance."""
    failures: int
    last_error: str | None
    """Stays after recovery; `degraded` says whether it still holds."""


class Recorder:
    """Give it rows with `put`; wait for them with `flush` or `aflush` where an acknowledgement is needed.

    capacity_rows : rows kept while the store is away; beyond, the least important history is dropped and counted
    group_rows, group_s : rows are written together once there are so many, or the first has waited so long
    """

    def __init__(
        self,
        store: Writable,
        *,
        capacity_rows: int = CAPACITY_ROWS,
        group_rows: int = GROUP_ROWS,
        group_s: float = GROUP_S,
        backoff: Backoff | None = None,
    ) -> None:
        self._store = store
        self._group_rows = group_rows
        self._group_s = group_s
        self._backoff = backoff or Backoff(first_s=0.2, ceiling_s=10.0)
        self._changed = threading.Condition()
        self._backlog = Backlog(capacity_rows)
        self._writing = 0
        self._open: dict[Receipt, None] = {}
        self._written = self._refused = self._failures = 0
        self._dropped: Counter[str] = Counter()
        self._last_error: str | None = None
        self._degraded = False
        self._give_up_s: float | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to write; the tables are prepared by the thread, as soon as the store is there."""
        if self._thread is None:
            self._give_up_s = None
            self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
            self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> bool:
        """Write what waits for at most about `timeout_s`, then end.  Returns whether everything was written."""
        if self._thread is not None:
            with self._changed:
                self._give_up_s = time.monotonic() + timeout_s
                self._changed.notify_all()
            self._thread.join()
            self._thread = None
        return self.status().waiting == 0

    def put(self, rows: Iterable[Row]) -> Receipt:
        """Take rows over; returns at once."""
        rows = tuple(rows)
        receipt = Receipt(len(rows))
        if not rows:
            return receipt
        with self._changed:
            self._open[receipt] = None
            for row in rows:
                self._backlog.add(Entry(row, receipt))
            self._drop_what_is_too_much()
            self._changed.notify_all()
        return receipt

    def flush(self, timeout_s: float, receipt: Receipt | None = None) -> bool:
        """Wait for the rows of a receipt, or for all rows put so far; returns whether every one of them is stored."""
        waited = futures.wait(self._waited_for(receipt), timeout_s)
        return not waited.not_done and all(stored.result() for stored in waited.done)

    async def aflush(self, timeout_s: float, receipt: Receipt | None = None) -> bool:
        """Do as `flush`, without blocking the event loop."""
        waiting = [asyncio.wrap_future(stored) for stored in self._waited_for(receipt)]
        if not waiting:
            return True
        try:
            done, late = await asyncio.wait(waiting, timeout=timeout_s)
        finally:
            for stored in waiting:
                stored.cancel()
        return not late and all(stored.result() for stored in done)

    def status(self) -> RecorderStatus:
        """Counters and state at this moment."""
        with self._changed:
            return RecorderStatus(
                degraded=self._degraded,
                waiting=len(self._backlog) + self._writing,
                written=self._written,
                refused=self._refused,
                dropped=dict(self._dropped),
                failures=self._failures,
                last_error=self._last_error,
            )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _waited_for(self, receipt: Receipt | None) -> list[futures.Future[bool]]:
        with self._changed:
            return [receipt.stored] if receipt is not None else [each.stored for each in self._open]

    def _run(self) -> None:
        prepared = False
        while True:
            try:
                if not prepared:
                    self._store.migrate()
                    prepared = True
                group = self._next_group()
                if not group:
                    return
                self._write(group)
            except Exception as error:  # noqa: BLE001 - told by status(); the writer must outlive any error
                self._note(error)
                if not self._pause():
                    return
            else:
                self._recovered()

    def _next_group(self) -> list[Entry]:
        """Wait until it is worth writing; empty at the end."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._backlog) or self._give_up_s is not None)
            self._changed.wait_for(self._is_group_full, self._group_s)
            group = self._backlog.take(self._group_rows)
            self._writing = len(group)
            return group

    def _is_group_full(self) -> bool:
        return len(self._backlog) >= self._group_rows or self._give_up_s is not None

    def _write(self, group: list[Entry]) -> None:
        """Write a group; where the database refuses it, halve it until the rows to blame stand alone."""
        parts = [group]
        while parts:
            part = parts.pop()
            try:
                self._store.write([entry.row for entry in part])
            except RowsRefusedError as error:
                if len(part) > 1:
                    half = len(part) // 2
                    parts += [part[half:], part[:half]]
                else:
                    self._settle(part, refused=str(error))
            except BaseException:
                self._keep([entry for kept in [part, *reversed(parts)] for entry in kept])
                raise
            else:
                self._settle(part)

    def _settle(self, part: list[Entry], refused: str | None = None) -> None:
        with self._changed:
            self._writing -= len(part)
            if refused is None:
                self._written += len(part)
            else:
                self._refused += len(part)
                self._last_error = f"refused {part[0].row}: {refused}"[:500]
                _log.error("%s", self._last_error)
            self._settle_entries(part, lost=refused is not None)

    def _settle_entries(self, entries: list[Entry], *, lost: bool) -> None:
        for entry in entries:
            if entry.receipt.settle(lost=lost):
                del self._open[entry.receipt]

    def _keep(self, entries: list[Entry]) -> None:
        with self._changed:
            self._backlog.put_back(entries)
            self._writing = 0
            self._drop_what_is_too_much()

    def _drop_what_is_too_much(self) -> None:
        removed = self._backlog.trim()
        self._dropped.update(IMPORTANCE[type(entry.row)].name.lower() for entry in removed)
        self._settle_entries(removed, lost=True)

    def _note(self, error: Exception) -> None:
        with self._changed:
            self._failures += 1
            self._last_error = str(error) or type(error).__name__
            first = not self._degraded
            self._degraded = True
        if first:
            _log.warning("recording waits for the store: %s", self._last_error)

    def _recovered(self) -> None:
        with self._changed:
            was_degraded, self._degraded = self._degraded, False
        self._backoff.reset()
        if was_degraded:
            _log.warning("recording goes on; %d rows wait", self.status().waiting)

    def _pause(self) -> bool:
        """Wait before the next try; False when it is time to give up."""
        with self._changed:
            self._changed.wait_for(lambda: self._give_up_s is not None, self._backoff.next_s())
            if self._give_up_s is None:
                return True
            left_s = self._give_up_s - time.monotonic()
            if left_s <= 0 or not len(self._backlog):
                return False
            self._changed.wait(min(left_s, self._group_s))
            return True
