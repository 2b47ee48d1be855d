"""Assign an instance with AequilibraE and print what it took, as one line of JSON.

Runs in an environment of its own (`pip install aequilibrae`), as a child of `bench_assignment.py`:
python peer_aequilibrae.py INSTANCE.npz GAP.  Time is the CPU of its assignment alone, one core, building not counted.
"""

import json
import logging
import os
import sys
import time
import warnings

os.environ["OMP_WAIT_POLICY"] = "passive"
os.environ["AEQ_SHOW_PROGRESS"] = "FALSE"
warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

import numpy as np  # noqa: E402  after the environment is set
import pandas as pd  # noqa: E402
from aequilibrae.matrix import AequilibraeMatrix  # noqa: E402
from aequilibrae.paths import Graph, TrafficAssignment, TrafficClass  # noqa: E402


def main(path: str, gap: float) -> None:
    given = np.load(path)
    trips = given["trips"]
    zones = np.arange(1, len(trips) + 1)
    table = pd.DataFrame(
        {
            "link_id": np.arange(1, given["from_node"].size + 1),
            "direction": 1,
            "a_node": given["from_node"] + 1,
            "b_node": given["to_node"] + 1,
            "capacity": np.maximum(given["capacity"], 1e-9),
            "free_flow_time": np.maximum(given["free_flow_time"], 1e-10),
            "alpha": given["b"],
            "beta": np.where(given["b"] > 0.0, given["power"], 1.0),
        }
    )
    # Its graph compression makes two-way chains of nodes that nothing leaves; nobody drives there, so they go.
    while (useless := ~np.isin(table["b_node"], table["a_node"]) & (table["b_node"] > zones[-1])).any():
        table = table[~useless].reset_index(drop=True)
    graph = Graph()
    graph.network = table
    graph.network_ok, graph.status = True, "OK"
    graph.prepare_graph(zones)
    graph.set_graph("free_flow_time")
    graph.set_skimming([])
    graph.set_blocked_centroid_flows(bool(given["blocked"]))
    matrix = AequilibraeMatrix()
    matrix.create_empty(zones=len(zones), matrix_names=["trips"], memory_only=True)
    matrix.index[:] = zones
    matrix.matrix["trips"][:, :] = trips
    matrix.computational_view(["trips"])
    assignment = TrafficAssignment()
    assignment.set_classes([TrafficClass("car", graph, matrix)])
    assignment.set_vdf("BPR")
    assignment.set_vdf_parameters({"alpha": "alpha", "beta": "beta"})
    assignment.set_capacity_field("capacity")
    assignment.set_time_field("free_flow_time")
    assignment.set_algorithm("bfw")
    assignment.max_iter, assignment.rgap_target = 20_000, gap
    assignment.set_cores(1)
    begin = time.process_time()
    assignment.execute(log_specification=False)
    cpu_s = time.process_time() - begin
    report = assignment.report()
    print(json.dumps({"cpu_s": cpu_s, "iterations": len(report), "gap": float(report["rgap"].iloc[-1])}))


main(sys.argv[1], float(sys.argv[2]))
