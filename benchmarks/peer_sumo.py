"""Simulate an instance with SUMO and print what it took, as one line of JSON.

Runs in an environment of its own (`pip install eclipse-sumo`), as a child of `bench_simulation.py`:
python peer_sumo.py INSTANCE.npz meso|micro [REROUTE_S].  Cars of 2.5 m with gaps of 2.5 m and a headway of 1 s, as long
and as close as the instance's jam density and capacity say; junctions nobody regulates; fastest way when a vehicle
enters, and again every REROUTE_S seconds where that is given.  SUMO knows no capacity at the end of a link: instances
with one are refused.  Time is the CPU of the process `sumo`, reading its files included.  A trip begins when the
vehicle wants to enter.
"""

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np

CAR_M, STEP_S = 5.0, 1.0
CAR = f'<vType id="car" length="{CAR_M / 2}" minGap="{CAR_M / 2}" tau="1" sigma="0" speedDev="0" maxSpeed="70"/>'


def nodes_xml(given):
    """Nodes of a grid at their places, others on a circle: lengths of links are given, places only tell turns apart."""
    count = int(given["nodes"])
    side = round(count**0.5)
    if side * side == count:
        places = [(1_000.0 * (node // side), 1_000.0 * (node % side)) for node in range(count)]
    else:
        turn = 2.0 * np.pi * np.arange(count) / count
        places = list(zip(10_000.0 * np.cos(turn), 10_000.0 * np.sin(turn), strict=True))
    rows = [f'<node id="{node}" x="{x:.1f}" y="{y:.1f}" type="unregulated"/>' for node, (x, y) in enumerate(places)]
    return "\n".join(["<nodes>", *rows, "</nodes>"])


def edges_xml(given):
    """One lane each."""
    columns = (given[name].tolist() for name in ("from_node", "to_node", "length_m", "speed_m_s"))
    rows = [
        f'<edge id="e{link}" from="{a}" to="{b}" numLanes="1" speed="{speed_m_s}" length="{length_m}"/>'
        for link, (a, b, length_m, speed_m_s) in enumerate(zip(*columns, strict=True))
    ]
    return "\n".join(["<edges>", *rows, "</edges>"])


def flows_xml(given):
    """Vehicles of each pair, evenly spaced."""
    columns = (given[name].tolist() for name in ("origin", "destination", "veh"))
    rows = [
        f'<flow id="f{pair}" type="car" begin="0" end="{float(given["demand_s"])}" number="{veh}" '
        f'fromJunction="{a}" toJunction="{b}" departLane="free" departSpeed="max"/>'
        for pair, (a, b, veh) in enumerate(zip(*columns, strict=True))
        if veh
    ]
    return "\n".join(["<routes>", CAR, *rows, "</routes>"])


def refuse_what_sumo_lacks(given):
    if np.isfinite(given["exit_veh_s"]).any():
        raise SystemExit("SUMO has no capacity at the end of a link: this instance cannot be compared")
    if not np.allclose(given["jam_veh_m"] * CAR_M, 1.0):
        raise SystemExit(f"links must have a jam density of one lane of cars of {CAR_M:g} m")


def command(programmes, folder, given, level, reroute_s):
    words = [programmes / "sumo", "-n", folder / "net.xml", "-r", folder / "flows.xml"]
    words += ["--statistic-output", folder / "statistics.xml", "--end", float(given["horizon_s"])]
    words += ["--step-length", STEP_S, "--junction-taz", "true", "--ignore-route-errors", "--no-warnings"]
    words += ["--collision.action", "none", "--duration-log.statistics", "--no-step-log", "--seed", 1]
    if level == "meso":
        words += ["--mesosim", "true", "--meso-junction-control", "false"]
    if reroute_s > 0.0:
        words += ["--device.rerouting.probability", 1, "--device.rerouting.period", reroute_s]
        words += ["--device.rerouting.adaptation-interval", 30]
    return [str(word) for word in words]


def figures(statistics):
    """Of SUMO's own statistics."""
    vehicles, trips = statistics.find("vehicles"), statistics.find("vehicleTripStatistics")
    return {
        "veh": int(vehicles.get("loaded")),
        "done": int(trips.get("count")),
        "waiting_outside": int(vehicles.get("waiting")),
        "teleports": int(statistics.find("teleports").get("total")),
        "mean_trip_s": float(trips.get("duration")) + float(trips.get("departDelay")),
    }


def main(path: str, level: str, reroute_s: float) -> None:
    import sumo  # noqa: PLC0415  files can be made without it

    programmes = Path(sumo.SUMO_HOME) / "bin"
    given = np.load(path)
    refuse_what_sumo_lacks(given)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, text in (("nodes", nodes_xml(given)), ("edges", edges_xml(given)), ("flows", flows_xml(given))):
            (folder / f"{file}.xml").write_text(text, encoding="utf-8")
        net = ["-n", folder / "nodes.xml", "-e", folder / "edges.xml", "-o", folder / "net.xml"]
        net += ["--no-turnarounds", "--no-internal-links", "true", "--offset.disable-normalization"]
        subprocess.run([programmes / "netconvert", *net], check=True, capture_output=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command(programmes, folder, given, level, reroute_s), check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        statistics = ET.parse(folder / "statistics.xml").getroot()  # noqa: S314  SUMO wrote it a moment ago
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"cpu_s": cpu_s, **figures(statistics), "memory_mb": after.ru_maxrss / 1024}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]) if len(sys.argv) > 3 else 0.0)
