"""Which counts are held out: whole sections, chosen in an order that anybody can repeat."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from traffic_core import require
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from traffic_core.calibration.observations import Observation
    from traffic_core.network import Network

DIRECTION_LETTER = re.compile(r"(?<=\d)[a-z]$")


def sections_of(observations: Iterable[Observation], network: Network) -> tuple[frozenset[str], ...]:
    """Ids of the counts of each section: those of both directions of a street belong together.

    Two counts belong together where their links join the same two nodes, or where their ids differ in one small letter
    at the end only (C01a, C01b), as on roads with a carriageway for each direction.  Ordered by the first id.
    """
    names: dict[str, set[str]] = {}
    for each in observations:
        link = network.links[each.link_id]
        ends = "nodes " + " ".join(sorted((link.from_node, link.to_node)))
        names.setdefault(each.count_id, set()).update((ends, "id " + DIRECTION_LETTER.sub("", each.count_id)))
    sections: list[tuple[set[str], set[str]]] = []
    for count_id, marks in names.items():
        ids, known = {count_id}, set(marks)
        apart = []
        for section in sections:
            if section[1] & known:
                ids |= section[0]
                known |= section[1]
            else:
                apart.append(section)
        sections = [*apart, (ids, known)]
    return tuple(sorted((frozenset(ids) for ids, _ in sections), key=min))


def shuffled(sections: Sequence[frozenset[str]], seed: int) -> list[frozenset[str]]:
    """Sections in the order of the SHA-256 of seed and ids: as good as chance, the same everywhere."""
    return sorted(sections, key=lambda ids: hashlib.sha256(f"{seed} {' '.join(sorted(ids))}".encode()).digest())


def held_out_share(sections: Sequence[frozenset[str]], share: float, seed: int) -> frozenset[str]:
    """Ids of the counts of a share of the sections, at least of one; none where the share is 0.

    Raises
    ------
    InvalidValueError
        Where the share is not from 0 to below 1, or no section would be left.
    """
    require.between("hold-out", share, 0.0, 0.99)
    n = max(round(share * len(sections)), 1) if share > 0.0 else 0
    if n and n >= len(sections):
        limit = f"must leave one of {len(sections)} counted sections to estimate from"
        raise InvalidValueError("hold-out", share, limit)
    return frozenset().union(*shuffled(sections, seed)[:n])


def folds(sections: Sequence[frozenset[str]], n: int, seed: int) -> tuple[frozenset[str], ...]:
    """Ids of the counts of each of `n` parts with as many sections as possible alike; each section is in one part.

    Raises
    ------
    InvalidValueError
        Where there are fewer sections than parts, or fewer parts than two.
    """
    if not 2 <= n <= len(sections):
        raise InvalidValueError("folds", n, f"must be from 2 to {len(sections)}, the number of counted sections")
    order = shuffled(sections, seed)
    return tuple(frozenset().union(*order[part::n]) for part in range(n))
