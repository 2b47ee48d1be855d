"""Signal groups of supply data, with the lamp codes they may show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from traffic_core import require
from traffic_core.errors import InvalidValueError

GREEN = "30"
DARK = "00"
_CODE = re.compile(r"[0-9A-F]{2}")


class GroupUse(StrEnum):
    """What a group is for."""

    VEHICLE = "vehicle"
    CYCLE = "cycle"
    PEDESTRIAN = "pedestrian"
    BUS = "bus"
    ARROW = "arrow"
    """Green arrow for vehicles that goes dark instead of red; never red-amber."""
    BLIND = "blind"
    """Sound or vibration that lets blind people walk; silent instead of red.  It has intergreens of its own."""
    AUXILIARY = "auxiliary"
    """Flashing light that warns and lets nobody go."""


TRAFFIC = {
    "Kfz": GroupUse.VEHICLE,
    "Rad": GroupUse.CYCLE,
    "Radfahrer": GroupUse.CYCLE,
    "Fussgaenger": GroupUse.PEDESTRIAN,
    "Bus": GroupUse.BUS,
    "OeV": GroupUse.BUS,
    "OePNV": GroupUse.BUS,
    "Strassenbahn": GroupUse.BUS,
}
"""Words for kinds of traffic in supply files."""


def check_word(where: str, value: str) -> None:
    """Accept printable text without blanks at its ends; an empty one too."""
    if value != value.strip() or not value.isprintable():
        raise InvalidValueError(where, value, "must be printable, without outer blanks")


def check_code(where: str, code: str) -> None:
    """Accept two hexadecimal digits in capitals: a bit for each lamp and for flashing."""
    if not _CODE.fullmatch(code):
        raise InvalidValueError(where, code, "must be a lamp code of two hexadecimal digits such as 03 or 0C")


@dataclass(frozen=True, slots=True, kw_only=True)
class LampStep:
    """A picture of a transition and how long it is shown, s."""

    code: str
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyGroup:
    """A signal group: its pictures, its shortest times in whole seconds and its transitions.

    `opening` is shown after the switch to the open picture and before it (red-amber), `closing` after the switch to the
    closed picture and before it (amber).
    """

    id: str
    traffic: str
    """Word of the supply file, see `TRAFFIC`."""
    open_code: str = GREEN
    closed_code: str = "03"
    min_green_s: int
    min_red_s: int = 1
    opening: tuple[LampStep, ...] = ()
    closing: tuple[LampStep, ...] = ()

    def __post_init__(self) -> None:
        require.identifier("group.id", self.id)
        where = f"group[{self.id}]"
        if self.traffic not in TRAFFIC:
            raise InvalidValueError(f"{where}.traffic", self.traffic, "must be one of " + ", ".join(TRAFFIC))
        check_code(f"{where}.open_code", self.open_code)
        check_code(f"{where}.closed_code", self.closed_code)
        if self.open_code == self.closed_code:
            raise InvalidValueError(f"{where}.closed_code", self.closed_code, "must differ from the open picture")
        require.between(f"{where}.min_green_s", self.min_green_s, 0, 60)
        require.between(f"{where}.min_red_s", self.min_red_s, 0, 60)
        for name, steps in (("opening", self.opening), ("closing", self.closing)):
            for step in steps:
                check_code(f"{where}.{name}.code", step.code)
                require.between(f"{where}.{name}.seconds", step.seconds, 1, 10)

    @property
    def use(self) -> GroupUse:
        """What the group is for, from its traffic and its pictures."""
        if self.open_code != GREEN:
            return GroupUse.AUXILIARY
        kind = TRAFFIC[self.traffic]
        if self.closed_code == DARK:
            return {GroupUse.VEHICLE: GroupUse.ARROW, GroupUse.PEDESTRIAN: GroupUse.BLIND}.get(kind, kind)
        return kind

    @property
    def opening_s(self) -> int:
        """Seconds from the switch to the open picture until it is shown."""
        return sum(step.seconds for step in self.opening)

    @property
    def closing_s(self) -> int:
        """Seconds from the end of the open picture until the closed one is shown."""
        return sum(step.seconds for step in self.closing)
