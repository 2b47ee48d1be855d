"""What is in supply data and whether it is safe, as plain mappings for people and machines."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from signal_plans.supply.check import check_supply
from signal_plans.supply.fingerprint import supply_sha256
from signal_plans.supply.groups import GroupUse
from signal_plans.supply.ocit_read import document_checksums

if TYPE_CHECKING:
    from signal_plans.supply.check import PairCheck, SupplyCheck
    from signal_plans.supply.supply import JunctionSupply


def summary(supply: JunctionSupply) -> dict[str, Any]:
    """Counts, names and the check of every programme; raises `InvalidValueError` where one cannot be read."""
    check = check_supply(supply)
    return {
        "junction": supply.id,
        "name": supply.name,
        "sha256": supply_sha256(supply),
        "groups": {
            use.value: [group.id for group in supply.groups if group.use is use]
            for use in GroupUse
            if any(group.use is use for group in supply.groups)
        },
        "incompatible": len(supply.incompatible),
        "intergreens": len(supply.intergreens),
        "detectors": dict(sorted(Counter(detector.kind.value for detector in supply.detectors).items())),
        "reporting_points": len(supply.reporting_points),
        "bus_routes": [route.id for route in supply.bus_routes],
        "programmes": [_programme(supply, check, position) for position in range(len(supply.programmes))],
        "end_programmes": [programme.id for programme in supply.end_programmes],
        "offset_matrices": [matrix.id for matrix in supply.offset_matrices],
        "days": [day.id for day in supply.days],
        "unknown_pieces": len(supply.unknown),
        "file_checksums": len(document_checksums(supply)),
        "check": {
            "pairs": len(check.pairs),
            "passed": len(check.pairs) - len(check.failed),
            "failed": len(check.failed),
            "tight": len(check.tight),
            "safe": check.safe,
        },
    }


def _programme(supply: JunctionSupply, check: SupplyCheck, position: int) -> dict[str, Any]:
    programme = supply.programmes[position]

    def mine(pairs: tuple[PairCheck, ...]) -> int:
        return sum(pair.programme == programme.id for pair in pairs)

    return {
        "id": programme.id,
        "cycle_s": programme.cycle_s,
        "on_second": programme.on_second,
        "off_second": programme.off_second,
        "change_second": programme.change_second,
        "pairs": mine(check.pairs),
        "failed": mine(check.failed),
        "tight": mine(check.tight),
        "violations": list(check.violations[position][1]),
        "monitor": check.faults[position][1],
        "released": programme.id in dict(supply.released),
    }


def lines(made: dict[str, Any]) -> list[str]:
    """A summary as lines of text."""
    check = made["check"]
    text = [
        f"junction {made['junction']}: {made['name']}",
        f"sha256 {made['sha256']}",
        *(f"groups, {use}: {' '.join(ids)}" for use, ids in made["groups"].items()),
        f"{made['incompatible']} incompatible pairs, {made['intergreens']} intergreens",
        "detectors: " + (", ".join(f"{count} {kind}" for kind, count in made["detectors"].items()) or "none"),
        f"bus: {made['reporting_points']} reporting points, routes {' '.join(made['bus_routes']) or 'none'}",
        *(_programme_line(programme) for programme in made["programmes"]),
        f"switching on and off: {' '.join(made['end_programmes']) or 'none'} (not checked)",
        f"offset conditions: {' '.join(made['offset_matrices']) or 'none'} (not checked)",
        f"days: {' '.join(made['days']) or 'none'}",
        f"{made['unknown_pieces']} unknown pieces kept, {made['file_checksums']} checksums of the file kept",
        f"checks: {check['pairs']} pairs, {check['passed']} passed, {check['failed']} failed, {check['tight']} tight",
    ]
    for programme in made["programmes"]:
        text += [f"programme {programme['id']}: {violation}" for violation in programme["violations"]]
        if programme["monitor"]:
            text.append(f"programme {programme['id']}, monitor: {programme['monitor']}")
    return text


def _programme_line(programme: dict[str, Any]) -> str:
    points = ((name, programme[f"{key}_second"]) for name, key in (("EP", "on"), ("AP", "off"), ("UP", "change")))
    said = "".join(f", {name} {second}" for name, second in points if second is not None)
    counts = f"{programme['pairs']} pairs, {programme['failed']} failed, {programme['tight']} tight"
    released = ", released" if programme["released"] else ""
    return f"programme {programme['id']}: {programme['cycle_s']} s{said}; {counts}{released}"
