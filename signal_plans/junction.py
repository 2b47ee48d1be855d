"""A junction as supplied: its layout and its programmes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signal_plans.programme import COMPUTED_ID, SignalProgramme
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from signal_plans.layout import SignalLayout


@dataclass(frozen=True, slots=True, kw_only=True)
class Junction:
    """Layout and programmes of one signalised junction; the first programme is its fallback."""

    layout: SignalLayout
    programmes: tuple[SignalProgramme, ...]

    def __post_init__(self) -> None:
        where = f"junction[{self.layout.junction_id}].programmes"
        if not self.programmes:
            raise InvalidValueError(where, (), "must hold at least one programme")
        ids = [programme.id for programme in self.programmes]
        if len(set(ids)) < len(ids):
            raise InvalidValueError(where, ids, "must have ids that occur once")
        if COMPUTED_ID in ids:
            raise InvalidValueError(where, COMPUTED_ID, "is kept for programmes computed from counts")
        for programme in self.programmes:
            if programme.layout != self.layout:
                raise InvalidValueError(f"{where}[{programme.id}].layout", programme.id, "must be the junction's own")

    @property
    def fallback(self) -> SignalProgramme:
        """The programme that runs when nothing better is known."""
        return self.programmes[0]
