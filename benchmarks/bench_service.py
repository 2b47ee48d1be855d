"""The shipped town as it is served: one whole turn of the control loop, and one poll of a sign over HTTP.

Run with `pytest benchmarks/bench_service.py`.
"""

from __future__ import annotations

import asyncio
import http.client
import threading
from itertools import count

import pytest

from api.assembly import assemble
from api.bus.in_process import InProcessBus
from api.clock import ManualClock
from api.http.app import create_app
from api.http.keys import KeyRing
from api.kernels import warm_up_all
from api.replay import NoStore
from api.server import Server, begin_to_listen, reserve
from api.store.recorder import Recorder
from api.town import default_model, load_town

START_S = 1_795_246_200.0


@pytest.fixture
def service():
    warm_up_all()
    clock = ManualClock(START_S)
    with Recorder(NoStore()) as recorder:
        made = assemble(load_town(default_model()), clock, InProcessBus(), recorder, KeyRing([]))
        made.loop.turn(START_S)
        yield made


def test_turn_with_guidance(benchmark, service):
    moments = count(int(START_S) + 10, 10)
    benchmark(lambda: service.loop.turn(float(next(moments))))


def test_turn_of_signals_alone(benchmark, service):
    """Nine of ten turns: the second after a guidance cycle, again and again."""
    moments = count(int(START_S) + 1)

    def turn():
        at_s = float(next(moments))
        service.loop._guided_at_s = at_s
        service.loop.turn(at_s)

    benchmark(turn)


def test_poll_of_a_sign(benchmark, service):
    listening = reserve("127.0.0.1", 0)
    begin_to_listen(listening)
    server = Server(create_app(service.live), listening)
    serving = threading.Thread(target=lambda: asyncio.run(server.run_until_told()))
    serving.start()
    connection = http.client.HTTPConnection(*listening.getsockname()[:2])

    def poll():
        connection.request("GET", "/v1/signs/S01")
        answer = connection.getresponse()
        assert answer.status == 200
        answer.read()

    benchmark(poll)
    connection.close()
    server.should_exit = True
    serving.join()
    listening.close()
