"""Two results of an assignment as differences, B minus A.  Arithmetic alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.planning.results.columns import Units
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.planning.results.columns import Cell
    from api.planning.results.reading import ReadLink, ReadResult

M_PER_KM, S_PER_H = 1_000.0, 3_600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChange:
    """One link in both results; None where a result does not have it."""

    a: ReadLink | None
    b: ReadLink | None

    @property
    def link(self) -> ReadLink:
        """What is known of the link itself; of the later result where both have it."""
        found = self.b or self.a
        if found is None:
            raise InvalidValueError("change", None, "must be of a link that one result has")
        return found

    @property
    def present(self) -> str:
        """Which results have the link."""
        if self.a is None:
            return "b"
        return "a" if self.b is None else "both"

    @property
    def volume_a(self) -> float:
        """Where there is no link, nothing drives."""
        return self.a.volume if self.a is not None else 0.0

    @property
    def volume_b(self) -> float:
        """Where there is no link, nothing drives."""
        return self.b.volume if self.b is not None else 0.0

    @property
    def difference(self) -> float:
        """Vehicles more in B."""
        return self.volume_b - self.volume_a

    @property
    def percent(self) -> float | None:
        """Difference over the volume in A; None where nothing drives in A."""
        return percent(self.volume_a, self.volume_b)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """A figure over all links of each result; None where a file does not hold what it takes."""

    name: str
    a: float | None
    b: float | None

    @property
    def difference(self) -> float | None:
        """B minus A."""
        return None if self.a is None or self.b is None else self.b - self.a

    @property
    def percent(self) -> float | None:
        """Difference over A."""
        return None if self.a is None or self.b is None else percent(self.a, self.b)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All links of two results in the order of B, then those of A alone."""

    a: ReadResult
    b: ReadResult
    changes: tuple[LinkChange, ...]

    @staticmethod
    def of(a: ReadResult, b: ReadResult) -> Comparison:
        """Match links by id.

        Raises
        ------
        InvalidValueError
            Where the volumes of the two have different units, or a link runs between other nodes.
        """
        if a.units is not b.units:
            limit = f"must be {a.units.volume} as in {a.file}"
            raise InvalidValueError(f"{b.file}: volume", b.units.volume, limit)
        for link_id in a.links.keys() & b.links.keys():
            before, after = a.links[link_id], b.links[link_id]
            if (before.from_node, before.to_node) != (after.from_node, after.to_node):
                limit = f"must run from {before.from_node} to {before.to_node} as in {a.file}"
                ends = f"{after.from_node} to {after.to_node}"
                raise InvalidValueError(f"{b.file}: link[{link_id}]", ends, limit)
        ids = [*b.links, *(link_id for link_id in a.links if link_id not in b.links)]
        changes = tuple(LinkChange(a=a.links.get(link_id), b=b.links.get(link_id)) for link_id in ids)
        return Comparison(a=a, b=b, changes=changes)

    def only(self, side: str) -> list[str]:
        """Ids of the links that one result alone has, `a` or `b`."""
        return [change.link.id for change in self.changes if change.present == side]

    def largest(self, count: int) -> list[LinkChange]:
        """Links whose volume changes most, the largest change first."""
        changed = [change for change in self.changes if change.difference != 0.0]
        return sorted(changed, key=lambda change: (-abs(change.difference), change.link.id))[:count]

    def sums(self) -> tuple[Sum, ...]:
        """Distance and time driven on all links, in veh-km and veh-h for towns."""
        town = self.a.units is not Units.OWN
        names = ("veh_km", "veh_h") if town else ("vehicle_distance", "vehicle_time")
        divisors = (M_PER_KM, S_PER_H) if town else (1.0, 1.0)
        getters: tuple[Callable[[ReadLink], float | None], ...] = (lambda link: link.length, lambda link: link.time)
        return tuple(
            Sum(name=name, a=_summed(self.a, get, divisor), b=_summed(self.b, get, divisor))
            for name, get, divisor in zip(names, getters, divisors, strict=True)
        )

    def columns(self) -> dict[str, list[Cell]]:
        """The comparison as a table."""
        ending, time = self.a.units.ending, self.a.units.time
        columns: dict[str, list[Cell]] = {
            "link_id": [change.link.id for change in self.changes],
            "from": [change.link.from_node for change in self.changes],
            "to": [change.link.to_node for change in self.changes],
            "name": [change.link.name for change in self.changes],
            "present": [change.present for change in self.changes],
        }
        sides = {
            "a": [change.a for change in self.changes],
            "b": [change.b for change in self.changes],
        }
        for side, links in sides.items():
            columns[f"volume_{side}{ending}"] = [link.volume if link else None for link in links]
        columns[f"difference{ending}"] = [_rounded(change.difference) for change in self.changes]
        columns["difference_percent"] = [_rounded(change.percent) for change in self.changes]
        for side, links in sides.items():
            ratios = [link.volume_capacity_ratio if link else None for link in links]
            columns[f"volume_capacity_ratio_{side}"] = [*ratios]
            columns[time.replace("time", f"time_{side}")] = [link.time if link else None for link in links]
        return columns


def percent(before: float, after: float) -> float | None:
    """Change in per cent of what was before; None where that is 0."""
    return 100.0 * (after - before) / before if before else None


def _rounded(value: float | None) -> float | None:
    """Without the noise of a subtraction."""
    return None if value is None else round(value, 6)


def _summed(result: ReadResult, get: Callable[[ReadLink], float | None], divisor: float) -> float | None:
    """Volume times a figure of the link, over all links that are driven on."""
    total = 0.0
    for link in result.links.values():
        figure = get(link)
        if link.volume > 0.0:
            if figure is None:
                return None
            total += link.volume * figure
    return total / divisor
