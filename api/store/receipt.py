"""What a caller gets for rows it handed over: the promise to say whether they were stored."""

from __future__ import annotations

from concurrent.futures import Future


class Receipt:
    """Settled once all its rows are stored or lost; `stored` is then True exactly when none was lost.

    Guarded by the lock of the recorder that gave it out.
    """

    __slots__ = ("_lost", "_open", "stored")

    def __init__(self, rows: int) -> None:
        self._open = rows
        self._lost = 0
        self.stored: Future[bool] = Future()
        self.stored.set_running_or_notify_cancel()  # from here on nobody who waits can cancel it for the others
        if rows == 0:
            self.stored.set_result(True)

    def settle(self, *, lost: bool) -> bool:
        """Note that one row is stored, or lost; returns whether that was the last one."""
        self._open -= 1
        self._lost += lost
        if self._open == 0:
            self.stored.set_result(self._lost == 0)
        return self._open == 0
