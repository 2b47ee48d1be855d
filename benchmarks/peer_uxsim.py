"""Simulate an instance with UXsim's C++ engine and print what it took, as one line of JSON.

Runs in an environment of its own (`pip install uxsim`), as a child of `bench_simulation.py`:
python peer_uxsim.py INSTANCE.npz PLATOON_VEH.  Time is the CPU of the run alone, one thread, no logs of vehicles, which
is its fastest setting; making the world and its demand is told apart.  A trip begins when the vehicle wants to enter.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # who waits shall not count as working

import numpy as np
from uxsim import World

LANE_VEH_M = 0.2


def world_of(given, platoon_veh):
    world = World(
        name="",
        deltan=platoon_veh,
        tmax=float(given["horizon_s"]),
        print_mode=0,
        save_mode=0,
        show_mode=0,
        show_progress=0,
        random_seed=0,
        vehicle_logging_timestep_interval=0,
        no_cyclic_routing=True,
        cpp=True,
        threads=1,
    )
    for node in range(int(given["nodes"])):
        world.addNode(str(node), node, 0)
    for link, length_m in enumerate(given["length_m"].tolist()):
        exit_veh_s = float(given["exit_veh_s"][link])
        world.addLink(
            name=f"link {link}",
            start_node=str(given["from_node"][link]),
            end_node=str(given["to_node"][link]),
            length=length_m,
            free_flow_speed=float(given["speed_m_s"][link]),
            number_of_lanes=round(float(given["jam_veh_m"][link]) / LANE_VEH_M),
            jam_density_per_lane=LANE_VEH_M,
            **({"capacity_out": exit_veh_s} if np.isfinite(exit_veh_s) else {}),
        )
    demand_s = float(given["demand_s"])
    for origin, destination, veh in zip(given["origin"], given["destination"], given["veh"].tolist(), strict=True):
        if veh:
            world.adddemand(str(origin), str(destination), 0.0, demand_s, veh / demand_s)
    return world


def peak_memory_mb():
    """Peak of this process alone; what getrusage says is no less than the process had that started it."""
    status = Path("/proc/self/status")
    if status.is_file():
        peaks = [line.split()[1] for line in status.read_text(encoding="ascii").splitlines() if "VmHWM" in line]
        if peaks:
            return int(peaks[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(path: str, platoon_veh: int) -> None:
    given = np.load(path)
    began = time.process_time()
    world = world_of(given, platoon_veh)
    built = time.process_time()
    world.exec_simulation()
    cpu_s = time.process_time() - built
    world.analyzer.basic_analysis()
    done = int(world.analyzer.trip_completed)
    figures = {
        "cpu_s": cpu_s,
        "build_s": built - began,
        "veh": int(world.analyzer.trip_all),
        "done": done,
        "mean_trip_s": float(world.analyzer.total_travel_time) / max(1, done),
        "memory_mb": peak_memory_mb(),
    }
    print(json.dumps(figures))


main(sys.argv[1], int(sys.argv[2]))
