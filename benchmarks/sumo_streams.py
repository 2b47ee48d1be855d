"""Signals of a SUMO case as streams, and how its sensors hang together with their lanes.

`network` is the description of a case: `tls` (by signal: links, stages, in_lanes, approach, loops) and `lanes`.
"""

from __future__ import annotations

from typing import Any

from signal_plans.loops.loop import Loop
from signal_plans.streams.model import ApproachLane, Right, StagedJunction, Stream, StreamStage

HEADWAY_S = 2.0
TURNING_HEADWAY_S = 2.2
LONGEST_GREEN_S = 120
ENTRY_ROOM_M = 300.0
"""Room of a lane that is not known to end before."""
PRIORITY = {"s": 0, "r": 1, "R": 1, "l": 2, "L": 2, "t": 3}
"""Among streams that are permissive together the lower goes first."""
ASSUMED_VEH_H = {"s": 200.0, "r": 60.0, "R": 60.0, "l": 60.0, "L": 60.0, "t": 1.0}
"""Where nobody has counted; U-turns are mapped everywhere and used by few."""
GREEN = frozenset("Gg")


def staged_junction(signal: str, network: dict[str, Any]) -> StagedJunction:
    """One signal with its lanes, links and stages."""
    tls = network["tls"][signal]
    lanes = network["lanes"]
    place = {lane: i for i, lane in enumerate(tls["in_lanes"])}
    return StagedJunction(
        id=signal,
        lanes=tuple(
            ApproachLane(id=name, length_m=_room_m(name, tls["approach"], lanes), speed_m_s=lanes[name]["speed"])
            for name in tls["in_lanes"]
        ),
        streams=tuple(_stream(link, tls, place) for link in tls["links"]),
        stages=tuple(_stage(stage, len(tls["links"])) for stage in tls["stages"]),
        interstage_s=tuple(tuple(_interstage_s(a, b, tls["allred"]) for b in tls["stages"]) for a in tls["stages"]),
    )


def _room_m(lane: str, tree: dict[str, Any], lanes: dict[str, Any]) -> float:
    """Length back to where another lane joins or parts; mere kinks are passed."""
    room_m = max(1.0, lanes[lane]["length"])
    while True:
        before = [name for name, values in tree.items() if lane in values["next"]]
        if not before:
            return max(room_m, ENTRY_ROOM_M)
        if len(before) > 1 or len(tree[before[0]]["next"]) > 1:
            return room_m
        lane = before[0]
        room_m += lanes[lane]["length"]


def turning_flows(signal: str, network: dict[str, Any], *, counted: bool) -> list[float]:
    """Vehicles of each link in an hour, counted or assumed."""
    tls = network["tls"][signal]
    counts = tls.get("turn_counts") if counted else None
    return counts or [ASSUMED_VEH_H[link["dir"]] for link in tls["links"]]


def _stream(link: dict[str, Any], tls: dict[str, Any], place: dict[str, int]) -> Stream:
    links, own = tls["links"], (PRIORITY[link["dir"]], link["id"])
    minor = {k for stage in tls["stages"] for k in stage["minor"]}
    foes = [
        foe
        for foe in link["foes"]
        if links[foe]["from"] != link["from"] and (foe not in minor or (PRIORITY[links[foe]["dir"]], foe) < own)
    ]
    return Stream(
        id=str(link["id"]),
        lane=place[link["from"]],
        exit=link["to"],
        group=str(link["index"]),
        headway_s=HEADWAY_S if link["dir"] == "s" else TURNING_HEADWAY_S,
        yields_to=tuple(foes),
        crossing_s=min(30.0, link["junction_length"] / max(1.0, link["junction_speed"])),
    )


def _stage(stage: dict[str, Any], links: int) -> StreamStage:
    major, minor = set(stage["major"]), set(stage["minor"])
    rights = (Right.PROTECTED if k in major else Right.PERMISSIVE if k in minor else Right.RED for k in range(links))
    return StreamStage(
        id=str(stage["index"]),
        rights=tuple(rights),
        min_green_s=int(stage["min_green"]),
        max_green_s=LONGEST_GREEN_S,
    )


def _interstage_s(a: dict[str, Any], b: dict[str, Any], allred_s: float) -> int:
    loses = any(x in GREEN and y not in GREEN for x, y in zip(a["state"], b["state"], strict=True))
    return int(a["yellow"] + allred_s) if loses else 0


def ways_to_stop_lines(
    tls: dict[str, Any], lengths_m: dict[str, float], place: dict[str, int], flow: dict[str, float]
) -> dict[str, list[tuple[int, float, float]]]:
    """By lane upstream: stop-line lanes that it leads to, each with the way from its end and the share of vehicles."""
    found: dict[str, list[tuple[int, float, float]]] = {}

    def follow(lane: str) -> list[tuple[int, float, float]]:
        """Stop-line lanes with way and flow."""
        if lane in place:
            return [(place[lane], 0.0, flow[lane])]
        if lane not in found:
            found[lane] = []
            ways: dict[int, tuple[int, float, float]] = {}
            for following in tls["approach"][lane]["next"]:
                for target, way_m, veh in follow(following):
                    far_m = way_m + lengths_m[following]
                    ways[target] = (target, min(far_m, ways.get(target, (0, far_m, 0.0))[1]), veh)
            found[lane] = list(ways.values())
        return found[lane]

    shares = {}
    for lane in tls["approach"]:
        ways = follow(lane)
        total = sum(veh for *_, veh in ways) or 1.0
        shares[lane] = [(target, way_m, veh / total) for target, way_m, veh in ways]
    return shares


def loops_of(tls: dict[str, Any], edges: dict[str, str], place: dict[str, int]) -> list[Loop]:
    """Loops of a signal; an advance loop belongs to the lanes for which it is the first met going upstream."""
    before: dict[str, list[str]] = {}
    for lane, values in tls["approach"].items():
        for following in values["next"]:
            before.setdefault(following, []).append(lane)
    advance = {loop["lane"] for loop in tls["loops"] if loop["kind"] == "advance"}
    owners: dict[str, set[str]] = {}
    for stop_lane in tls["in_lanes"]:
        todo, seen = [stop_lane], set()
        while todo:
            lane = todo.pop()
            if lane in seen:
                continue
            seen.add(lane)
            if lane in advance:
                owners.setdefault(lane, set()).add(stop_lane)
            else:
                todo += before.get(lane, [])
    found = []
    for loop in tls["loops"]:
        is_stop = loop["kind"] == "stop"
        own = {loop["lane"]} if is_stop else owners.get(loop["lane"], set())
        if not own:
            continue
        roads = {edges[lane] for lane in own}
        beside = set() if is_stop else {lane for lane in tls["in_lanes"] if edges[lane] in roads} - own
        found.append(
            Loop(
                id=loop["id"],
                kind=loop["kind"],
                lanes=tuple(sorted(place[lane] for lane in own)),
                distance_m=loop["dist"],
                beside=tuple(sorted(place[lane] for lane in beside)),
            )
        )
    return found
