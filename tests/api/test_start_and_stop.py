"""Signals while the service is still starting, and the kernels' thread that nobody waits for."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading

import pytest
from running import COMMAND

from api.start import in_daemon_thread


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_during_the_start_is_a_clean_stop(tmp_path, number):
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "cold")}
    environment.pop("NUMBA_DISABLE_JIT", None)
    with subprocess.Popen(COMMAND, cwd=tmp_path, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr.readline().startswith("compiling kernels")
        process.send_signal(number)
        rest = process.stderr.read()
        assert process.wait(timeout=20) == 0
    assert "Traceback" not in rest
    assert "stopped" in rest


async def test_the_outcome_and_the_error_of_a_daemon_thread_come_back():
    assert await in_daemon_thread(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        await in_daemon_thread(lambda: 1 // 0)


async def test_a_daemon_thread_is_not_waited_for():
    release = threading.Event()
    waiting = asyncio.create_task(in_daemon_thread(release.wait))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    (thread,) = [thread for thread in threading.enumerate() if thread.name == "start"]
    assert thread.daemon
    release.set()
    thread.join()


def test_a_replay_that_accepts_nothing_fails(tmp_path):
    history = tmp_path / "empty.csv"
    history.write_text("ts_utc,place_id,free\n", encoding="utf-8")
    command = [sys.executable, "-m", "api", "replay", str(history), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 1
    assert '"from":null' in done.stdout
    assert "no row" in done.stderr
