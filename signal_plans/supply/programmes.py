"""Programmes of supply data: switching times, offset conditions, switching on and off, day plans."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from signal_plans.supply.groups import check_code, check_word
from traffic_core import require
from traffic_core.errors import InvalidValueError

LONGEST_CYCLE_S = 300
DAY_S = 24 * 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """From a second of the programme on a group goes to a picture, over its transition."""

    second: int
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLine:
    """What one group does in a programme."""

    group: str
    switches: tuple[Switch, ...]
    start_code: str = ""
    """Picture before the first switch; given in programmes that switch on or off only."""


def _check_lines(where: str, lines: tuple[GroupLine, ...], last_second: int) -> None:
    seen: set[str] = set()
    for line in lines:
        named = f"{where}.line[{line.group}]"
        if line.group in seen:
            raise InvalidValueError(named, line.group, "must stand once")
        seen.add(line.group)
        if line.start_code:
            check_code(f"{named}.start_code", line.start_code)
        before = -1
        for switch in line.switches:
            require.between(f"{named}.second", switch.second, 0, last_second)
            check_code(f"{named}.code", switch.code)
            if switch.second <= before:
                raise InvalidValueError(f"{named}.second", switch.second, f"must be later than {before} before it")
            before = switch.second


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyProgramme:
    """A programme of switching times.

    Switch-on, switch-off and change points (EP, AP, UP) are seconds of the cycle at which the junction may be switched
    on, off, or to another programme.
    """

    id: str
    cycle_s: int
    on_second: int | None = None
    off_second: int | None = None
    change_second: int | None = None
    offset_s: int | None = None
    """Shift of all switching times against the town's reference second (GSP)."""
    on_programme: str = ""
    off_programme: str = ""
    offset_matrices: tuple[str, ...] = ()
    lines: tuple[GroupLine, ...]

    def __post_init__(self) -> None:
        require.identifier("programme.id", self.id)
        where = f"programme[{self.id}]"
        require.between(f"{where}.cycle_s", self.cycle_s, 1, LONGEST_CYCLE_S)
        points = (("on", self.on_second), ("off", self.off_second), ("change", self.change_second))
        for name, second in (*((f"{name}_second", second) for name, second in points), ("offset_s", self.offset_s)):
            if second is not None:
                require.between(f"{where}.{name}", second, 0, self.cycle_s - 1)
        _check_lines(where, self.lines, self.cycle_s - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndProgramme:
    """What every group shows while the junction is switched on, or off."""

    id: str
    switches_on: bool
    duration_s: int
    lines: tuple[GroupLine, ...]

    def __post_init__(self) -> None:
        require.identifier("end_programme.id", self.id)
        require.between(f"end_programme[{self.id}].duration_s", self.duration_s, 0, LONGEST_CYCLE_S)
        _check_lines(f"end_programme[{self.id}]", self.lines, self.duration_s)


class OffsetKind(StrEnum):
    """Which moments of green a condition compares: of the base group, then of the dependent one."""

    BEGIN_BEGIN = "begin_begin"
    BEGIN_END = "begin_end"
    END_BEGIN = "end_begin"
    END_END = "end_end"


@dataclass(frozen=True, slots=True, kw_only=True)
class OffsetCondition:
    """The dependent group's moment comes `seconds` after the base group's; `operator` as the file says it."""

    base: str
    dependent: str
    seconds: int
    operator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OffsetMatrix:
    """Conditions of one kind."""

    id: str
    kind: OffsetKind
    conditions: tuple[OffsetCondition, ...]

    def __post_init__(self) -> None:
        require.identifier("offset_matrix.id", self.id)
        for condition in self.conditions:
            where = f"offset_matrix[{self.id}].condition[{condition.base},{condition.dependent}]"
            require.between(f"{where}.seconds", condition.seconds, -LONGEST_CYCLE_S, LONGEST_CYCLE_S)
            check_word(f"{where}.operator", condition.operator)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyDay:
    """A kind of day, and its commands: (second of the local day, programme); no programme where none is named."""

    id: str
    standard: bool
    """Holds for every day that no other is chosen for."""
    commands: tuple[tuple[int, str], ...]

    def __post_init__(self) -> None:
        require.identifier("day.id", self.id)
        before = -1
        for second, _ in self.commands:
            require.between(f"day[{self.id}].second", second, 0, DAY_S - 1)
            if second <= before:
                raise InvalidValueError(f"day[{self.id}].second", second, f"must be later than {before} before it")
            before = second
