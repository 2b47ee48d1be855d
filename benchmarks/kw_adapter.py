"""Runs a scenario of closed-form kinematic-wave checks on the simulator: `run(scn)`.

`scn` is a mapping with `links` (name, frm, to, length, u, kappa; optional cap_in, cap_out, prio, grp), `demand` of
(origin, destination, from s, until s, veh/s), `tmax` and `nodes` (optional cap, signal: green times of its groups, s).
The backward wave runs at 1 / (tau kappa) with a reaction time tau of 1 s.
"""

from __future__ import annotations

import numpy as np

from simulator.plain_roads import PlainLinks, plain_roads, plain_trips
from simulator.road_traffic import RoadTraffic, Signals
from simulator.routes import RouteTable

REACTION_S = 1.0
TICKS_PER_S = (1, 2, 4, 5, 10, 20, 50, 100)


class Result:
    """What happened: cumulative counts of each link, total travel time and trips done."""

    def __init__(self, arrivals, departures, ttt, done):
        self._arrivals, self._departures = arrivals, departures
        self.ttt, self.done = ttt, done

    def arr(self, link, t):
        """Vehicles that entered a link until t."""
        return cumulative(self._arrivals[link], t)

    def dep(self, link, t):
        """Vehicles that left a link until t."""
        return cumulative(self._departures[link], t)


def cumulative(times_s, t):
    """Count at t of vehicles whose middles pass at `times_s`: each takes half the shorter gap beside it to pass."""
    times_s = np.sort(np.asarray(times_s))
    if times_s.size < 2:
        return float((times_s <= t).sum())
    gap = np.diff(times_s)
    half = 0.5 * np.minimum(np.concatenate([gap[:1], gap]), np.concatenate([gap, gap[-1:]]))
    k = np.arange(times_s.size)
    at = np.column_stack([times_s - half, times_s + half]).ravel()
    return float(np.interp(t, at, np.column_stack([k, k + 1]).ravel()))


def run(scn):
    """Simulate a scenario."""
    ticks = ticks_per_s(scn)
    names = sorted({link["frm"] for link in scn["links"]} | {link["to"] for link in scn["links"]})
    node = {name: index for index, name in enumerate(names)}
    signals, rows = signals_of(scn, ticks)
    roads = plain_roads(links_of(scn, node, rows, ticks))
    ends = sorted({d for _, d, *_ in scn["demand"]})
    routes = RouteTable(roads, np.array([node[name] for name in ends], dtype=np.int64), ages=1)
    begins = [
        (t0 + (k + 0.5) / flow, node[o], ends.index(d))
        for o, d, t0, t1, flow in scn["demand"]
        for k in range(round((t1 - t0) * flow))
    ]
    at_s, origin, end = (np.array(column) for column in zip(*begins, strict=True))
    trips = plain_trips(
        at_s * ticks, origin.astype(np.int64), end.astype(np.int64), np.zeros(len(begins), dtype=np.int64)
    )
    traffic = RoadTraffic(roads, 0.0, signals)
    traffic.follow(routes.next_link, routes.first_link)
    traffic.schedule(trips)
    arrivals, departures = [[] for _ in scn["links"]], [[] for _ in scn["links"]]
    for tick in range(int(np.ceil(scn["tmax"] * ticks))):
        traffic.advance(float(tick), tick + 1.0)
        log(traffic.town.entered_veh, traffic.town.entered_at_s, traffic, arrivals)
        log(traffic.town.left_veh, traffic.town.left_at_s, traffic, departures)
    end_s = traffic.town.trip_end_s[: trips.at_s.size]
    ended = np.minimum(np.nan_to_num(end_s, nan=np.inf), scn["tmax"] * ticks)
    by_name = [
        {link["name"]: np.array(times) / ticks for link, times in zip(scn["links"], log_, strict=True)}
        for log_ in (arrivals, departures)
    ]
    return Result(*by_name, float((ended - trips.at_s).clip(0.0).sum() / ticks), int(np.isfinite(end_s).sum()))


def log(count, at_s, traffic, into):
    """Append what a step added to the rings."""
    first = traffic.town.first_ring
    for link, times in enumerate(into):
        size = first[link + 1] - first[link]
        times.extend(at_s[first[link] + number % size] for number in range(len(times), count[link]))


def ticks_per_s(scn):
    """Clock rate at which all signal timings are whole: signals switch at full ticks."""
    greens = [green for settings in scn["nodes"].values() for green in settings.get("signal", ())]
    for ticks in TICKS_PER_S:
        if all(abs(green * ticks - round(green * ticks)) < 1e-9 for green in greens):
            return ticks
    raise ValueError(f"signal timings {greens} must be multiples of 0.01 s")


def signals_of(scn, ticks):
    """Signals, and the row of each (node, group)."""
    rows, tables = {}, []
    for name, settings in scn["nodes"].items():
        lengths = [round(green * ticks) for green in settings.get("signal", ())]
        for group, length in enumerate(lengths):
            rows[name, group] = len(tables)
            table = np.zeros(sum(lengths), dtype=np.uint8)
            table[sum(lengths[:group]) : sum(lengths[:group]) + length] = 1
            tables.append(table)
    green = np.zeros((len(tables), max((table.size for table in tables), default=1)), dtype=np.uint8)
    for row, table in enumerate(tables):
        green[row, : table.size] = table
    cycles = np.array([table.size for table in tables], dtype=np.int64)
    return Signals(green=green, cycle_s=cycles, origin_s=np.zeros(len(tables))), rows


def links_of(scn, node, rows, ticks):
    """The links in ticks instead of seconds."""
    links = scn["links"]

    def column(key, default):
        return np.array([float(link.get(key, default)) for link in links])

    node_veh_s = np.full(len(node), np.inf)
    for name, settings in scn["nodes"].items():
        if "cap" in settings:
            node_veh_s[node[name]] = settings["cap"]
    return PlainLinks(
        nodes=len(node),
        from_node=np.array([node[link["frm"]] for link in links], dtype=np.int64),
        to_node=np.array([node[link["to"]] for link in links], dtype=np.int64),
        length_m=column("length", 0.0),
        speed_m_s=column("u", 0.0) / ticks,
        wave_m_s=1.0 / (REACTION_S * column("kappa", 0.0)) / ticks,
        jam_veh_m=column("kappa", 0.0),
        entry_veh_s=column("cap_in", np.inf) / ticks,
        exit_veh_s=column("cap_out", np.inf) / ticks,
        priority=column("prio", 1.0),
        node_veh_s=node_veh_s / ticks,
        signal=np.array([rows.get((link["to"], link.get("grp", 0)), -1) for link in links], dtype=np.int64),
    )
