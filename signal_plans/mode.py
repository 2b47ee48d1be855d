"""What a junction does: one of its programmes, a computed one, adaptive control, or nothing of the centre's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from traffic_core import require
from traffic_core.errors import InvalidValueError


class ModeKind(StrEnum):
    """Kinds of operation; the words of all but the first are kept from being names of programmes."""

    PROGRAMME = "programme"
    """A supplied programme, by its name."""
    COMPUTED = "computed"
    """A programme computed from counts."""
    ADAPTIVE = "adaptive"
    """A controller that decides every second."""
    OFF = "off"
    """Dark."""
    FLASHING = "flashing"
    """Amber flashes to the minor approaches."""
    LOCAL = "local"
    """The roadside controller runs by itself, as if it had lost the centre."""


RESERVED = frozenset(kind.value for kind in ModeKind)
WITHOUT_LAMPS = frozenset({ModeKind.OFF, ModeKind.FLASHING, ModeKind.LOCAL})
"""The centre does not know what the lamps show."""
BY_OPERATOR_ONLY = frozenset({ModeKind.OFF, ModeKind.FLASHING})
"""Never commanded by a plan or a rule."""


@dataclass(frozen=True, slots=True)
class Mode:
    """A kind, with the name of the programme where it is one of those supplied."""

    kind: ModeKind
    programme_id: str = ""

    def __post_init__(self) -> None:
        if self.kind is ModeKind.PROGRAMME:
            require.identifier("mode.programme_id", self.programme_id)
            if self.programme_id in RESERVED:
                raise InvalidValueError("mode.programme_id", self.programme_id, "is the word of another mode")
        elif self.programme_id:
            raise InvalidValueError("mode.programme_id", self.programme_id, f"must be empty where mode is {self.kind}")

    def __str__(self) -> str:
        return self.programme_id or self.kind.value


COMPUTED = Mode(ModeKind.COMPUTED)
ADAPTIVE = Mode(ModeKind.ADAPTIVE)
OFF = Mode(ModeKind.OFF)
FLASHING = Mode(ModeKind.FLASHING)
LOCAL = Mode(ModeKind.LOCAL)
_BY_WORD = {mode.kind.value: mode for mode in (COMPUTED, ADAPTIVE, OFF, FLASHING, LOCAL)}


def mode_of(word: str) -> Mode:
    """Mode by its word, or the programme of that name."""
    return _BY_WORD.get(word) or Mode(ModeKind.PROGRAMME, word)


def check_unattended(field: str, mode: Mode, programme_ids: tuple[str, ...]) -> None:
    """Raise `InvalidValueError` unless a plan or a rule may command this mode where these programmes are supplied."""
    if mode.kind in BY_OPERATOR_ONLY:
        raise InvalidValueError(field, str(mode), "must not be off or flashing: only an operator commands that")
    if mode.kind is ModeKind.PROGRAMME and mode.programme_id not in programme_ids:
        known = ", ".join(programme_ids)
        raise InvalidValueError(field, str(mode), f"must be computed, adaptive, local or one of {known}")
