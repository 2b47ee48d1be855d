"""Signals that end a command, as exceptions: what was begun is then taken away."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

ENDING = (signal.SIGTERM, signal.SIGHUP)
"""Sent by a service manager, and by a terminal that closes.  Ctrl-C is an exception anyway."""
SHELL_OFFSET = 128
"""A shell reports the end by a signal as 128 and its number."""


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Raise `SystemExit` where one of the signals would end the process at once; only in the main thread."""
    before = {number: signal.getsignal(number) for number in ENDING}
    caught = [number for number, handler in before.items() if handler == signal.SIG_DFL]

    def end(number: int, _frame: FrameType | None) -> None:
        for each in caught:
            signal.signal(each, signal.SIG_IGN)  # a second one must not disturb the clearing up
        sys.exit(SHELL_OFFSET + number)

    for number in caught:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in caught:
            signal.signal(number, before[number])
