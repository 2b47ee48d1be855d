"""All supply data of one junction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signal_plans.supply.groups import GroupUse, check_word
from traffic_core import require
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from signal_plans.supply.detectors import BusRoute, ReportingPoint, SupplyDetector
    from signal_plans.supply.groups import SupplyGroup
    from signal_plans.supply.programmes import EndProgramme, OffsetMatrix, SupplyDay, SupplyProgramme


@dataclass(frozen=True, slots=True, kw_only=True)
class Intergreen:
    """From the end of green of the clearing group to the start of green of the entering one, s."""

    clearing: str
    entering: str
    seconds: int

    def __post_init__(self) -> None:
        require.between(f"intergreen[{self.clearing},{self.entering}]", self.seconds, 0, 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownXml:
    """A piece of a supply file that nothing here reads: kept as it is, where it is.

    `path` leads to the element around it, `position` counts that element's children from 0.  With a `name` it is an
    attribute of that element and `xml` its value.
    """

    path: str
    position: int
    xml: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JunctionSupply:
    """Supply data of one junction.  Every group that is named exists, every conflict has an intergreen both ways."""

    id: str
    name: str
    version: str = "2.0.2"
    """Of the structure of the supply file."""
    groups: tuple[SupplyGroup, ...]
    incompatible: tuple[tuple[str, str], ...]
    intergreens: tuple[Intergreen, ...]
    programmes: tuple[SupplyProgramme, ...]
    end_programmes: tuple[EndProgramme, ...] = ()
    offset_matrices: tuple[OffsetMatrix, ...] = ()
    detectors: tuple[SupplyDetector, ...] = ()
    reporting_points: tuple[ReportingPoint, ...] = ()
    bus_routes: tuple[BusRoute, ...] = ()
    days: tuple[SupplyDay, ...] = ()
    unknown: tuple[UnknownXml, ...] = ()
    imported_sha256: str = ""
    """Fingerprint at the time of reading the supply file; empty for data that come from elsewhere."""
    released: tuple[tuple[str, str], ...] = ()
    """Programmes released for use, each with its fingerprint at the release."""

    def __post_init__(self) -> None:
        require.identifier("junction.id", self.id)
        check_word(f"junction[{self.id}].name", self.name)
        check_word(f"junction[{self.id}].version", self.version)
        for name, ids in self._ids():
            check_once(name, ids)
        for where, group in self._named_groups():
            self._check_known(where, group)
        self._check_conflicts()
        self._check_programmes()

    def group(self, group_id: str) -> SupplyGroup:
        """The group of an id that exists."""
        return next(group for group in self.groups if group.id == group_id)

    def programme(self, programme_id: str) -> SupplyProgramme:
        """The programme of an id that exists."""
        return next(programme for programme in self.programmes if programme.id == programme_id)

    def _ids(self) -> Iterator[tuple[str, list[str]]]:
        yield "groups", [group.id for group in self.groups]
        yield "programmes", [*(p.id for p in self.programmes), *(p.id for p in self.end_programmes)]
        yield "offset_matrices", [matrix.id for matrix in self.offset_matrices]
        yield "detectors", [detector.id for detector in self.detectors]
        yield "reporting_points", [point.id for point in self.reporting_points]
        yield "bus_routes", [route.id for route in self.bus_routes]
        yield "days", [day.id for day in self.days]
        yield "released", [programme for programme, _ in self.released]

    def _named_groups(self) -> Iterator[tuple[str, str]]:
        yield from (("incompatible", group) for pair in self.incompatible for group in pair)
        for time in self.intergreens:
            yield from (("intergreens", group) for group in (time.clearing, time.entering))
        lines = [(p.id, p.lines) for p in self.programmes] + [(p.id, p.lines) for p in self.end_programmes]
        for programme_id, of_programme in lines:
            yield from ((f"programme[{programme_id}].lines", line.group) for line in of_programme)
        for matrix in self.offset_matrices:
            for condition in matrix.conditions:
                yield f"offset_matrix[{matrix.id}].base", condition.base
                yield f"offset_matrix[{matrix.id}].dependent", condition.dependent
        for detector in self.detectors:
            yield from ((f"detector[{detector.id}].groups", group) for group in detector.groups)
        yield from ((f"bus_route[{route.id}].target", route.target) for route in self.bus_routes)

    def _check_known(self, where: str, group: str) -> None:
        if all(group != known.id for known in self.groups):
            raise InvalidValueError(where, group, f"must name a signal group of junction {self.id}")

    def _check_conflicts(self) -> None:
        pairs = {frozenset(pair) for pair in self.incompatible}
        times = [(time.clearing, time.entering) for time in self.intergreens]
        check_once("intergreens", [f"{clearing} -> {entering}" for clearing, entering in times])
        for time in self.intergreens:
            where = f"intergreens[{time.clearing},{time.entering}]"
            if frozenset((time.clearing, time.entering)) not in pairs:
                raise InvalidValueError(where, time.seconds, "the groups must be listed as incompatible too")
        known = set(times)
        for a, b in self.incompatible:
            if a == b:
                raise InvalidValueError("incompatible", a, "a group is compatible with itself")
            if GroupUse.AUXILIARY in (self.group(a).use, self.group(b).use):
                raise InvalidValueError("incompatible", (a, b), "a group that lets nobody go has no conflicts")
            for pair in ((a, b), (b, a)):
                if pair not in known:
                    raise InvalidValueError("intergreens", pair, "must be given: the groups are incompatible")

    def _check_programmes(self) -> None:
        ends = [programme.id for programme in self.end_programmes]
        matrices = [matrix.id for matrix in self.offset_matrices]
        programmes = [programme.id for programme in self.programmes]
        for programme in self.programmes:
            where = f"programme[{programme.id}]"
            check_reference(f"{where}.on_programme", programme.on_programme, ends)
            check_reference(f"{where}.off_programme", programme.off_programme, ends)
            for matrix in programme.offset_matrices:
                check_reference(f"{where}.offset_matrices", matrix, matrices)
        for day in self.days:
            for _, programme_id in day.commands:
                check_reference(f"day[{day.id}].programme", programme_id, programmes)
        for programme_id, _ in self.released:
            check_reference("released", programme_id, programmes)


def check_once(name: str, ids: Iterable[str]) -> None:
    """Accept ids that occur once."""
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            raise InvalidValueError(name, one, "must occur once")
        seen.add(one)


def check_reference(where: str, value: str, known: Collection[str]) -> None:
    """Accept an empty value or a known id."""
    if value and value not in known:
        raise InvalidValueError(where, value, "must be one of " + (", ".join(known) or "(none is given)"))
