"""Join pieces of one street at nodes where nothing happens: no junction, no control, no change of a figure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from traffic_core.formats.osm.drafts import LONGEST_STREET_M, Draft, Junctions, length_m
from traffic_core.provenance import Confidence

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from traffic_core.geometry import LonLat

    Piece = tuple[int, int]

_TRUST = tuple(Confidence)


def join_pieces(
    drafts: Sequence[Draft],
    pairs: Collection[tuple[int, int]],
    keep: Collection[int],
    positions: Mapping[int, LonLat],
) -> list[Draft]:
    """Drafts with pieces joined; nodes in `keep` stay.

    A node goes where just two pieces meet, in one or both directions, that agree in name, class, speed and lanes.
    Arrows before the node must be those after it, or none.  No ring is closed: a link must not end where it starts.
    Nothing longer than `LONGEST_STREET_M` is made.
    """
    junctions = Junctions(drafts)
    drivable = set(pairs)
    far_end = _far_ends(drafts)
    chain_m = {(end, d.piece): length_m(d.nodes, positions) for d in drafts for end in (d.start, d.end)}
    following: dict[int, int] = {}
    for node in sorted(junctions.pieces):
        if node in keep or len(junctions.pieces[node]) != 2:
            continue
        joints = _joints(node, drafts, junctions, drivable)
        ends = [(node, piece) for piece in junctions.pieces[node]]
        a, b = (far_end[end] for end in ends)
        joined_m = sum(chain_m[end] for end in ends)
        if joints and a[0] != b[0] and joined_m <= LONGEST_STREET_M:
            following.update(joints)
            far_end[a], far_end[b] = b, a
            chain_m[a] = chain_m[b] = joined_m
    return _chained(drafts, following)


def _far_ends(drafts: Sequence[Draft]) -> dict[tuple[int, Piece], tuple[int, Piece]]:
    """Other end of the chain that ends at a node with a piece; at first each piece is a chain."""
    far_end: dict[tuple[int, Piece], tuple[int, Piece]] = {}
    for draft in drafts:
        far_end[draft.start, draft.piece] = (draft.end, draft.piece)
        far_end[draft.end, draft.piece] = (draft.start, draft.piece)
    return far_end


def _joints(
    node: int, drafts: Sequence[Draft], junctions: Junctions, drivable: Collection[tuple[int, int]]
) -> dict[int, int]:
    """Draft before the node and draft after it, for each direction; empty where the node must stay."""
    into, out = junctions.into[node], junctions.out[node]
    joints = {come: go for come in into for go in out if drafts[come].piece != drafts[go].piece}
    fits = all(pair in drivable and _alike(drafts[pair[0]], drafts[pair[1]]) for pair in joints.items())
    return joints if fits and len(joints) == len(into) == len(out) else {}


def _alike(come: Draft, go: Draft) -> bool:
    if come.marks is not None and come.marks != go.marks:
        return False
    return _figures(come) == _figures(go)


def _figures(draft: Draft) -> tuple[object, ...]:
    return draft.name, draft.road_class, draft.roundabout, draft.speed_m_s, draft.lanes


def _chained(drafts: Sequence[Draft], following: Mapping[int, int]) -> list[Draft]:
    """Each chain of drafts as one, at the place of its first."""
    inner = set(following.values())
    joined: list[Draft] = []
    for first, draft in enumerate(drafts):
        if first not in inner:
            chain = [draft]
            place = first
            while place in following:
                place = following[place]
                chain.append(drafts[place])
            joined.append(_joined(chain))
    return joined


def _joined(chain: Sequence[Draft]) -> Draft:
    if len(chain) == 1:
        return chain[0]
    first = min(chain, key=lambda draft: draft.piece)
    return replace(
        chain[-1],
        piece=first.piece,
        forward=first.forward,
        nodes=(chain[0].start, *(node for draft in chain for node in draft.nodes[1:])),
        ways=tuple(dict.fromkeys(way for draft in chain for way in draft.ways)),
        speed_found=max((draft.speed_found for draft in chain), key=_TRUST.index),
        lanes_found=max((draft.lanes_found for draft in chain), key=_TRUST.index),
    )
