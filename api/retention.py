"""Deletes history that is older than the town wants to keep."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import structlog

from api.store.errors import RowsRefusedError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.clock import Clock
    from api.store.store import Store

log = structlog.get_logger(__name__)

EVERY_S = 3_600.0
DAY_S = 86_400.0
STAGE_WISH_DAYS = 7.0


async def keep_only(store: Store, clock: Clock, days: float) -> None:
    """Prune once an hour of wall time, until cancelled.  What fails is told and tried again an hour later.

    Wished stages are many, some four a minute and junction: they go after a week at the latest.
    """
    while True:
        try:
            deleted = await _prune(store, clock.now_s(), days)
        except Exception as error:  # old history must never end the service
            expected = isinstance(error, (StoreUnavailableError, RowsRefusedError))
            log.warning("not_pruned", error=str(error), exc_info=None if expected else error)
        else:
            if any(deleted.values()):
                log.info("pruned", **deleted)
        await asyncio.sleep(EVERY_S)


async def _prune(store: Store, now_s: float, days: float) -> Mapping[str, int]:
    """Prune in a thread; a cancellation waits for the slice under way, so that nobody closes the store beneath it."""
    stop = threading.Event()
    limits_s = now_s - days * DAY_S, now_s - STAGE_WISH_DAYS * DAY_S
    pruning = asyncio.ensure_future(asyncio.to_thread(store.prune, limits_s[0], stop.is_set, limits_s[1]))
    try:
        return await asyncio.shield(pruning)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.gather(pruning, return_exceptions=True)
        raise
