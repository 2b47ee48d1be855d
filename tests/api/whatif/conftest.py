"""The what-if commands over the shipped network and a simulator that takes no time."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from types import ModuleType

import numpy as np
import pytest

from api.cli import main
from api.whatif import simulating, studying
from simulator.random_streams import random_stream
from simulator.results.run_result import FIGURES, INTERVAL_S, RunResult
from simulator.study import running
from simulator.study.executor import InProcess

BASE = """\
id: morning
title_de: Morgen
title_en: Morning
day: 2026-11-24
from: 07:00
until: 08:00
"""
BLOCKED = """\
extends: morning.yaml
id: blocked
title_de: Ein Fahrstreifen gesperrt
title_en: One lane blocked
measures:
  - {measure: incident, link: L134, lanes_blocked: 1, from: 07:10, until: 07:30, position_m: 50}
  - {measure: new_link, id: BYPASS, name: Bypass, from_node: N102, to_node: N101, lanes: 1, speed_km_h: 50,
     capacity_veh_h: 1600, road_class: secondary}
"""


@dataclass
class ToySimulator:
    """Stands in for the run of a staged scenario: delay grows by 5 s with the measures."""

    runs: list[tuple[str, int]] = field(default_factory=list)
    fails_at: tuple[str, int] | None = None
    raises: type[BaseException] = ValueError
    arguments: dict[str, object] = field(default_factory=dict)

    def run_staged(self, staged, *, seed, fingerprint, on_time=None, checked=False):
        self.arguments = {"on_time": on_time, "checked": checked}
        if self.fails_at == (staged.scenario_id, seed):
            raise self.raises("the toy broke")
        self.runs.append((staged.scenario_id, seed))
        if on_time is not None:
            on_time(staged.start_s)
        return toy_result(staged, seed, fingerprint)


def toy_result(staged, seed, fingerprint):
    links, garages = tuple(staged.model.network.links), tuple(staged.model.parking.facilities)
    count = int(staged.duration_s / INTERVAL_S)
    starts_s = staged.start_s + INTERVAL_S * np.arange(count)
    noise = random_stream(seed, "weather").normal(0.0, 1.0)
    delay_s = 30.0 + noise + (5.0 + 0.1 * seed if staged.scenario_id != "morning" else 0.0)
    rows = len(links) * count

    def each(ids):
        return tuple(id_ for id_ in ids for _ in range(count))

    return RunResult(
        scenario_id=staged.scenario_id,
        seed=seed,
        fingerprint=fingerprint,
        begin_s=staged.start_s,
        end_s=staged.start_s + staged.duration_s,
        figures={figure.name: None if figure.name == "parking_walk_m" else delay_s for figure in FIGURES},
        tables={
            "link": {
                "link_id": each(links),
                "interval_start_s": np.tile(starts_s, len(links)),
                "entered_veh": np.full(rows, 10 + seed, np.int64),
                "left_veh": np.full(rows, 10 + seed, np.int64),
                "mean_delay_s": np.full(rows, delay_s),
                "longest_queue_veh": np.full(rows, 3, np.int64),
            },
            "facility": {
                "facility_id": each(garages),
                "interval_start_s": np.tile(starts_s, len(garages)),
                "occupied_veh": np.full(len(garages) * count, 20, np.int64),
                "capacity_veh": np.full(len(garages) * count, 50, np.int64),
            },
            "town": {"interval_start_s": starts_s, "queued_veh": np.full(count, 7, np.int64)},
        },
    )


def quick_fingerprint(staged, *, programme):
    """Of what the toy scenarios differ in: a tenth of a second less for each than of the whole model."""
    return f"{staged.scenario_id} {staged.events!r} {staged.kappa} {staged.duration_s} {programme}"


async def nothing():
    """There is nothing to compile."""


@pytest.fixture
def here(monkeypatch):
    """Studies run in this process, which compiles what it needs."""
    monkeypatch.setattr(studying, "compile_in_child", nothing)
    monkeypatch.setattr(studying, "LocalProcesses", lambda _: InProcess())


@pytest.fixture
def toy(monkeypatch, here):
    """The toy simulator behind the commands, in this process."""
    simulator = ToySimulator()
    module = ModuleType("simulator.run")
    module.run_staged = simulator.run_staged
    monkeypatch.setitem(sys.modules, "simulator.run", module)
    monkeypatch.setattr(simulating, "warm_up_all", lambda: 0)
    monkeypatch.setattr(running, "fingerprint", quick_fingerprint)
    running._prepared.cache_clear()
    return simulator


@pytest.fixture
def scenarios(tmp_path, monkeypatch):
    """Two scenario files; the commands start in their folder."""
    (tmp_path / "morning.yaml").write_text(BASE, encoding="utf-8")
    (tmp_path / "blocked.yaml").write_text(BLOCKED, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@dataclass
class Said:
    """What a command left."""

    code: int
    out: str
    err: str


@pytest.fixture
def stadttakt(monkeypatch, capsys):
    """The command line as a function."""

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["stadttakt", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Said(ended.value.code or 0, said.out, said.err)

    return call
