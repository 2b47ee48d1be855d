"""A service in a process of its own, for tests that use it as an operator does."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMAND = [sys.executable, "-m", "api", "run", "--port", "0", "--start", "now", "--speed", "1"]
READY = re.compile(r"ready after ([\d.]+) s with (\d+) MB: (http://\S+)")
STARTS_WITHIN_S = 90.0


class Running:
    """A running service and what it has said."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said = ""
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stderr:
            self.said += line

    def wait_for(self, pattern: re.Pattern[str], within_s: float = STARTS_WITHIN_S) -> re.Match[str]:
        give_up = time.monotonic() + within_s
        while time.monotonic() < give_up:
            if match := pattern.search(self.said):
                return match
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"{pattern.pattern!r} was not said:\n{self.said}")

    def end(self) -> None:
        """Make an end of it, however it stands."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._reader.join(timeout=5)
        self.process.stderr.close()

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        code = self.process.wait(timeout=30)
        self._reader.join(timeout=5)
        return code


@contextmanager
def started(tmp_path: Path, *options: str) -> Iterator[tuple[Running, httpx.Client]]:
    command = [*COMMAND, *options]
    if "--store" not in options:
        command += ["--store", f"sqlite:///{tmp_path / 'town.db'}"]
    process = subprocess.Popen(
        command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=dict(os.environ)
    )
    running = Running(process)
    try:
        ready = running.wait_for(READY)
        with httpx.Client(base_url=ready[3], timeout=10.0) as client:
            yield running, client
    finally:
        running.end()
