"""Fingerprints of supply data: what was released is what runs, or it does not run."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from signal_plans.supply.supply import JunctionSupply


def supply_sha256(supply: JunctionSupply) -> str:
    """SHA-256 of all supply data, in hexadecimal digits; releases are left out: they come after it."""
    return _sha256(asdict(replace(supply, imported_sha256="", released=())))


def programme_sha256(supply: JunctionSupply, programme_id: str) -> str:
    """SHA-256 of one programme with all that decides whether it is safe: groups, conflicts and intergreens."""
    programme = supply.programme(programme_id)
    parts = {
        "junction": supply.id,
        "groups": [asdict(group) for group in supply.groups],
        "incompatible": supply.incompatible,
        "intergreens": [asdict(time) for time in supply.intergreens],
        "programme": asdict(programme),
    }
    return _sha256(parts)


def release(supply: JunctionSupply, *programme_ids: str) -> JunctionSupply:
    """The same supply with these programmes, and no others, released as they are now."""
    for programme_id in programme_ids:
        if all(programme_id != programme.id for programme in supply.programmes):
            raise InvalidValueError("released", programme_id, f"must be a programme of junction {supply.id}")
    return replace(supply, released=tuple((one, programme_sha256(supply, one)) for one in programme_ids))


def check_releases(supply: JunctionSupply) -> None:
    """Raise `InvalidValueError` where a released programme is not what was released."""
    for programme_id, sha256 in supply.released:
        if sha256 != (now := programme_sha256(supply, programme_id)):
            raise InvalidValueError(f"released[{programme_id}]", sha256, f"must be the programme's SHA-256, {now}")


def _sha256(content: object) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
