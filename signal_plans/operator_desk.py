"""Where operators' wishes come in: each is taken or refused with its reason, and told as an event."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from signal_plans.mode import WITHOUT_LAMPS, ModeKind
from signal_plans.monitor import Fault
from signal_plans.operator_wish import WishRefusal
from signal_plans.reasons import SignalReason
from signal_plans.wish_way import begins_at_s

if TYPE_CHECKING:
    from signal_plans.control import SignalControl
    from signal_plans.junction import Junction
    from signal_plans.mode import Mode
    from signal_plans.operator_wish import OperatorWish
    from traffic_core.errors import InvalidValueError


class OperatorDesk:
    """Wishes and permissions for the junctions of a control."""

    def __init__(self, control: SignalControl) -> None:
        self._control = control

    def wish(self, junction_id: str, now_s: float) -> OperatorWish | None:
        """The wish in force at a junction."""
        j = self._control.index_of(junction_id)
        wish = None if j is None else self._control.selection.wish(j)
        return wish if wish is not None and now_s < wish.valid_until_s else None

    def waits_until_s(self, wish: OperatorWish, now_s: float) -> int:
        """Until when a wish waits as the junction is held on its fallback after a fault; 0 where it does not wait.

        The hold is longer where the monitor finds another fault, also in the fallback.
        """
        j = self._control.index_of(wish.junction_id)
        if j is None or wish.mode.kind in WITHOUT_LAMPS:
            return 0
        held_until_s = self._control.held_until_s(j)
        return held_until_s if now_s < held_until_s else 0

    def take(self, wish: OperatorWish, now_s: float) -> WishRefusal | None:
        """Take a wish in place of the one before; why not, where it is refused."""
        j = self._control.index_of(wish.junction_id)
        if j is None:
            return WishRefusal(SignalReason.WISH_UNKNOWN_PROGRAMME, f"no junction {wish.junction_id!r}")
        refusal = self._refusal(j, wish, now_s)
        if refusal is None:
            self._control.selection.put_wish(j, wish)
            self._control.tell(j, SignalReason.OPERATOR_WISH, wish.detail)
            if until_s := self.waits_until_s(wish, now_s):
                self._control.tell(j, SignalReason.WISH_WAITS, f"{wish.detail}; {until_s - math.floor(now_s)} s more")
        else:
            self._control.tell(j, refusal.reason, f"{wish.detail}; {refusal.detail}")
        return refusal

    def refuse(self, junction_id: str, key_id: str, error: InvalidValueError) -> WishRefusal:
        """Why a wish that cannot even be held in its type is refused."""
        late = error.field == "wish.valid_until"
        reason = SignalReason.WISH_OUT_OF_TIME if late else SignalReason.WISH_UNKNOWN_PROGRAMME
        refusal = WishRefusal(reason, str(error))
        j = self._control.index_of(junction_id)
        if j is not None:
            self._control.tell(j, refusal.reason, f"by {key_id}; {refusal.detail}")
        return refusal

    def withdraw(self, junction_id: str, key_id: str, now_s: float) -> bool:
        """Take a wish back; False where there is none."""
        j = self._control.index_of(junction_id)
        if j is None or self.wish(junction_id, now_s) is None:
            return False
        self._control.selection.put_wish(j, None)
        self._control.tell(j, SignalReason.WISH_WITHDRAWN, f"by {key_id}")
        return True

    def allow_adaptive(self, junction_id: str, key_id: str, *, allowed: bool) -> bool:
        """Let the adaptive controller work at a junction, or not; False where the junction is not known."""
        j = self._control.index_of(junction_id)
        if j is None:
            return False
        self._control.adaptive_allowed[j] = allowed
        reason = SignalReason.ADAPTIVE_ALLOWED if allowed else SignalReason.ADAPTIVE_FORBIDDEN
        self._control.tell(j, reason, f"by {key_id}")
        return True

    def is_adaptive_allowed(self, junction_id: str) -> bool:
        """Whether the adaptive controller may work at a junction."""
        j = self._control.index_of(junction_id)
        return j is not None and bool(self._control.adaptive_allowed[j])

    def restore(self, wish: OperatorWish, now_s: float) -> bool:
        """Take a wish from before a restart without a word; False where it has expired or no longer fits.

        That its programme is no longer supplied is told as an event.
        """
        j = self._control.index_of(wish.junction_id)
        if j is None or now_s >= wish.valid_until_s:
            return False
        if not _is_supplied(self._control.junction(j), wish.mode):
            self._control.tell(j, SignalReason.WISH_NOT_SUPPLIED, wish.detail)
            return False
        self._control.selection.put_wish(j, wish)
        return True

    def _refusal(self, j: int, wish: OperatorWish, now_s: float) -> WishRefusal | None:
        control, mode = self._control, wish.mode
        junction = control.junction(j)
        if not _is_supplied(junction, mode):
            known = ", ".join(programme.id for programme in junction.programmes)
            limit = f"{mode}: must be computed, adaptive, off, flashing, local or one of {known}"
            return WishRefusal(SignalReason.WISH_UNKNOWN_PROGRAMME, limit)
        if now_s >= wish.valid_until_s:
            return WishRefusal(SignalReason.WISH_OUT_OF_TIME, "its end has passed")
        if mode.kind is ModeKind.ADAPTIVE and not (control.adaptive_allowed[j] and control.adaptive_ready[j]):
            return WishRefusal(SignalReason.WISH_NOT_ALLOWED, f"{wish.junction_id}: must be allowed and ready")
        if wish.valid_until_s <= self.waits_until_s(wish, now_s):
            held_s = control.held_until_s(j) - math.floor(now_s)
            limit = f"{wish.junction_id} is held on its default programme for {held_s} s more: must end later"
            return WishRefusal(SignalReason.WISH_TOO_SHORT, limit)
        return self._no_way(j, wish, now_s)

    def _no_way(self, j: int, wish: OperatorWish, now_s: float) -> WishRefusal | None:
        """Why nothing leads from what runs to what is wished before the wish ends."""
        begins_s = begins_at_s(self._control, j, wish, now_s)
        if isinstance(begins_s, Fault):
            running = self._control.coming(wish.junction_id).programme.id
            return WishRefusal(SignalReason.WISH_UNSAFE, f"{running} to {wish.mode}: {begins_s}")
        if wish.valid_until_s <= begins_s:
            limit = f"{wish.mode} can begin in {begins_s - math.floor(now_s)} s at the earliest: must end later"
            return WishRefusal(SignalReason.WISH_TOO_SHORT, limit)
        return None


def _is_supplied(junction: Junction, mode: Mode) -> bool:
    if mode.kind is not ModeKind.PROGRAMME:
        return True
    return any(programme.id == mode.programme_id for programme in junction.programmes)
