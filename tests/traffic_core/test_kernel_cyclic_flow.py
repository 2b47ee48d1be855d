"""The kernel of fixed-time planning compiles and plays nothing; its formulas are tested with the plans it plays."""

from __future__ import annotations

from traffic_core.kernels.planning import cyclic_flow


def test_town_without_junctions_costs_nothing():
    assert cyclic_flow.play(*cyclic_flow._example()) == 0.0
