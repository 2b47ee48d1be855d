"""Logs: one JSON object a line on standard error, whoever writes them."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger

THROTTLE_S = 60.0


class Throttle:
    """Lets one warning a minute through and says how many it held back: a flood must not fill the disk."""

    def __init__(self, log: FilteringBoundLogger, every_s: float = THROTTLE_S) -> None:
        self._log = log
        self._every_s = every_s
        self._next_at = 0.0
        self._held_back = 0

    def warning(self, event: str, **fields: Any) -> None:
        """Log, or only count."""
        now = time.monotonic()
        if now < self._next_at:
            self._held_back += 1
            return
        self._log.warning(event, held_back=self._held_back, **fields)
        self._next_at, self._held_back = now + self._every_s, 0


def set_up_logs() -> None:
    """Send our own events and those of libraries through the same formatter."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("api").setLevel(logging.INFO)
