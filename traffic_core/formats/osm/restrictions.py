"""Turn restrictions: relations that forbid or prescribe the way on at a junction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from traffic_core.formats.osm.drafts import Junctions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from traffic_core.formats.imported import Warnings
    from traffic_core.formats.osm.drafts import Draft
    from traffic_core.formats.osm.records import Restriction
    from traffic_core.formats.osm.ways import Tags

CAR_KEYS = ("restriction", "restriction:motorcar", "restriction:motor_vehicle", "restriction:vehicle")
CARS = frozenset({"motorcar", "motor_vehicle", "vehicle", "car"})
BY_HOUR_KEYS = ("day_on", "day_off", "hour_on", "hour_off")


@dataclass(frozen=True, slots=True)
class Rule:
    """From one of these ways, at this node: only into those ways, or not into those ways."""

    node: int
    from_ways: frozenset[int]
    to_ways: frozenset[int]
    only: bool

    def forbids(self, come: Draft, go: Draft) -> bool:
        """Whether the turn at the node of this rule is forbidden."""
        return come.ways[-1] in self.from_ways and (go.ways[0] in self.to_ways) is not self.only


def rules_of(
    restrictions: Iterable[Restriction], drafts: Sequence[Draft], warnings: Warnings
) -> tuple[dict[int, list[Rule]], list[tuple[str, Tags]]]:
    """Rules by node, and the restrictions that were not used with their tags (to be kept aside)."""
    junctions = Junctions(drafts)
    rules: dict[int, list[Rule]] = {}
    unused: list[tuple[str, Tags]] = []
    for restriction in restrictions:
        reason = _not_applicable(restriction)
        if not reason:
            rule = _rule(restriction)
            comes = _ways(drafts, junctions.into.get(rule.node, ()), -1, rule.from_ways)
            goes = _ways(drafts, junctions.out.get(rule.node, ()), 0, rule.to_ways)
            if comes and goes:
                rules.setdefault(rule.node, []).append(rule)
                if len(set(comes)) < len(comes) or len(set(goes)) < len(goes):
                    what = "turn restriction of a street that goes on at the junction holds for both its sides"
                    warnings.add(what, f"relation {restriction.id}")
                continue
            reason = "turn restriction at streets that are not kept has no effect"
        warnings.add(reason, f"relation {restriction.id}")
        unused.append((f"relation-{restriction.id}", restriction.tags))
    return rules, unused


def _kind(restriction: Restriction) -> str:
    return next((restriction.tags[key] for key in CAR_KEYS if key in restriction.tags), "")


def _not_applicable(restriction: Restriction) -> str:
    """Why a restriction is not used; empty where it is."""
    tags = restriction.tags
    kind = _kind(restriction)
    excepted = {value.strip() for value in tags.get("except", "").split(";")}
    no_members = len(restriction.via_nodes) != 1 or not restriction.from_ways or not restriction.to_ways
    reasons = {
        "turn restriction by hour not used": any(key.endswith(":conditional") or key in BY_HOUR_KEYS for key in tags),
        "turn restriction for other vehicles not used": not kind,
        "turn restriction that excepts cars not used": bool(excepted & CARS),
        "turn restriction not understood": not kind.startswith(("no_", "only_")),
        "turn restriction over a way not used": bool(restriction.via_ways),
        "turn restriction without from, via or to not used": no_members,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _rule(restriction: Restriction) -> Rule:
    only = _kind(restriction).startswith("only_")
    return Rule(restriction.via_nodes[0], restriction.from_ways, restriction.to_ways, only)


def _ways(drafts: Sequence[Draft], places: Iterable[int], at: int, members: frozenset[int]) -> list[int]:
    """Way that each of the drafts at `places` has at its end (`at` -1) or start (0), of those that are members."""
    return [drafts[place].ways[at] for place in places if drafts[place].ways[at] in members]
