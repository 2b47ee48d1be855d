"""How long to wait before trying again, shared by everything that talks to a server that may be away."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(slots=True, kw_only=True)
class Backoff:
    """Doubling waits with a ceiling, each shortened by chance to between half and all of it.

    The chance keeps a town's worth of clients from knocking at a restarted server in the same instant.
    """

    first_s: float = 0.5
    ceiling_s: float = 30.0
    chance: Callable[[], float] = field(default=secrets.SystemRandom().random)
    """Uniform in [0, 1)."""
    _tries: int = 0

    def next_s(self) -> float:
        """Wait before the next try, s; in [0.5, 1] of min(ceiling, first · 2^tries)."""
        full_s = min(self.ceiling_s, self.first_s * 2.0 ** min(self._tries, 60))
        self._tries += 1
        return full_s * (0.5 + 0.5 * self.chance())

    def reset(self) -> None:
        """Start again from the shortest wait."""
        self._tries = 0
