"""What the routes need of the running service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from prometheus_client import CollectorRegistry

    from api.board import Board, Page
    from api.clock import Clock
    from api.http.keys import KeyRing
    from api.open_data.desk import OpenData
    from api.recount_desk import RecountDesk
    from api.signals_desk import SignalsDesk
    from api.signs_desk import SignsDesk
    from api.town import ModelInfo
    from api.wire.publications import CountersPayload, ModelLabel
    from api.wire.readings import BatchAnswer
    from parking.forecast.forecasts import Forecasts


class Condition(Protocol):
    """How the service is."""

    def problems(self) -> list[str]:
        """What keeps it from serving; empty when it is ready."""
        ...

    def remarks(self) -> dict[str, str]:
        """State of its parts in words, for operators."""
        ...

    def alive(self) -> bool:
        """Whether the control loop still turns."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """The running service as the routes see it."""

    clock: Clock
    board: Board
    info: ModelInfo
    label: ModelLabel
    network: Page
    keys: KeyRing
    receive: Callable[[bytes, Callable[[str], bool]], Awaitable[BatchAnswer]]
    """Take a posted batch: its body, and which sources the sender may speak for."""
    push: Callable[[str, bytes, Callable[[str], bool]], Awaitable[BatchAnswer]]
    """Take a body in the format of a feed; raises `KeyError` for an unknown feed."""
    counters: Callable[[], CountersPayload]
    condition: Condition
    metrics: CollectorRegistry
    signals: SignalsDesk | None = None
    """Where operators' wishes come in; None in a town without signals."""
    signs: SignsDesk | None = None
    """Where operators' overrides of signs and car parks come in."""
    recounts: RecountDesk | None = None
    """Where operators say how many vehicles they have counted in a car park."""
    open_data: OpenData | None = None
    """Documents about car parks for others."""
    forecasts: Callable[[], Forecasts | None] = lambda: None
    """Forecasts of the last guidance cycle."""
