"""The whole guidance cycle in process: reports of ten car parks in, eighty signs decided, encoded and recorded.

Run with `pytest benchmarks/bench_sign_cycle.py`.  Every car park reports another value in every cycle, more than a town
does.  Kernels are compiled before.
"""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from api.assembly import assemble
from api.bus.in_process import InProcessBus
from api.clock import ManualClock
from api.http.keys import KeyRing
from api.town import default_model, load_town
from traffic_core import jit
from traffic_core.readings import OccupancyReading

START_S = 1_795_246_200.0
CYCLE_S = 10.0
SIGNS, CAR_PARKS, ROUNDS = 80, 10, 400


class NoStore:
    """Takes rows as a recorder does, and forgets them."""

    def put(self, rows):
        self.rows = list(rows)


def town():
    """The shipped town with its signs told again under new names until there are eighty."""
    shipped = load_town(default_model())
    signs = dict(shipped.parking.signs)
    for number, sign in enumerate(list(signs.values()) * 2):
        if len(signs) < SIGNS:
            signs[f"X{number:02d}"] = replace(sign, id=f"X{number:02d}")
    return replace(shipped, parking=replace(shipped.parking, signs=signs))


@pytest.mark.benchmark(group="guidance cycle with feeds, payloads and records")
def test_sign_cycle(benchmark):
    """Wall time of each cycle; `p99_cpu_ms` is free of what other processes take."""
    jit.warm_up()
    model = town()
    sizes = {key: one.capacity_veh for key, one in model.parking.facilities.items() if one.capacity_veh}
    names = [key for key in sizes if model.parking.uses[key].guided] + ["MESSE", "FLUGHAFEN"]
    names = names[:CAR_PARKS]
    rng = np.random.default_rng(1)
    free_veh = {key: int(0.4 * sizes[key]) for key in names}
    clock = ManualClock(START_S)
    service = assemble(model, clock, InProcessBus(now_s=clock.now_s), NoStore(), KeyRing([]))
    cycles, cpu_s = count(), []

    def reports():
        now_s = START_S + CYCLE_S * next(cycles)
        clock.set(now_s)
        service.city.flows.advance(now_s)
        told = []
        for key in names:
            free_veh[key] = int(np.clip(free_veh[key] + rng.integers(-2, 3), 0, sizes[key]))
            told.append(
                OccupancyReading(
                    source_id=key, measured_at_s=now_s, received_at_s=now_s, free_veh=free_veh[key], is_open=True
                )
            )
        return (now_s, told), {}

    def cycle(now_s, told):
        began_s = time.process_time()
        service.intake.take(told)
        messages = service.loop._guidance(now_s)  # the cycle without the signals
        cpu_s.append(time.process_time() - began_s)
        return messages

    benchmark.pedantic(cycle, setup=reports, rounds=ROUNDS, warmup_rounds=20)
    p50, p99 = np.percentile(np.array(cpu_s[20:]) * 1e3, (50, 99))
    benchmark.extra_info.update(signs=SIGNS, car_parks=CAR_PARKS, p50_cpu_ms=round(p50, 2), p99_cpu_ms=round(p99, 2))
    assert len(service.live.board.items["signs"]) == SIGNS
