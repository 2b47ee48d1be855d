"""Deletes history that is older than the town wants to keep."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from api.store.errors import StoreUnavailableError

if TYPE_CHECKING:
    from api.clock import Clock
    from api.store.store import Store

log = structlog.get_logger(__name__)

EVERY_S = 3_600.0
DAY_S = 86_400.0


async def keep_only(store: Store, clock: Clock, days: float) -> None:
    """Prune once an hour of wall time, until cancelled.  A store that is away is asked again an hour later."""
    while True:
        try:
            deleted = await asyncio.to_thread(store.prune, clock.now_s() - days * DAY_S)
        except StoreUnavailableError as error:
            log.warning("not_pruned", error=str(error))
        else:
            if any(deleted.values()):
                log.info("pruned", **deleted)
        await asyncio.sleep(EVERY_S)
