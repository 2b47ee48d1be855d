"""Servers that the tests of the rim start for themselves: an MQTT broker and a PostgreSQL, on free ports."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode: helpers beside the tests are found by name
from running import started

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    import httpx
    from running import Running

_STARTS_WITHIN_S = 30.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _program(name: str, *folders: str) -> str | None:
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *folders]))


def _wait_until_open(port: int, process: subprocess.Popen[bytes] | None, log: Path) -> None:
    give_up_s = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < give_up_s:
        if process is not None and process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"the server does not answer on port {port}: {log.read_text(errors='replace')[-2000:]}")


class Mosquitto:
    """A broker of our own; it keeps its port over `kill` and `start`."""

    def __init__(self, program: str, folder: Path, lines: tuple[str, ...] = ("allow_anonymous true",)) -> None:
        self.port = _free_port()
        self.url = f"mqtt://127.0.0.1:{self.port}"
        self._program = program
        self._log = folder / f"mosquitto-{self.port}.log"
        self._config = folder / f"mosquitto-{self.port}.conf"
        self._config.write_text("\n".join([f"listener {self.port} 127.0.0.1", *lines, ""]))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen([self._program, "-c", str(self._config)], stdout=log, stderr=log)
        _wait_until_open(self.port, self._process, self._log)

    def kill(self) -> None:
        """As `kill -9`: nothing is saved, nobody is told."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def make_mosquitto(tmp_path: Path) -> Iterator[Callable[..., Mosquitto]]:
    """Makes brokers that are not started yet, given the lines of their configuration."""
    program = _program("mosquitto", "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")
    if program is None:
        pytest.skip("no mosquitto on this machine (Debian: apt-get install mosquitto)")
    made: list[Mosquitto] = []

    def make(*lines: str) -> Mosquitto:
        made.append(Mosquitto(program, tmp_path, lines or ("allow_anonymous true",)))
        return made[-1]

    yield make
    for broker in made:
        broker.kill()


@pytest.fixture
def mosquitto(make_mosquitto) -> Mosquitto:
    """A running broker; `mosquitto.url` is its address."""
    broker = make_mosquitto()
    broker.start()
    return broker


class Postgres:
    """A server of our own with its files in a folder of its own; `new_database()` gives an empty one."""

    def __init__(self, programs: Path, folder: Path, user: str | None) -> None:
        self.port = _free_port()
        self._programs = programs
        self._folder = folder
        self._user = user
        self._databases = 0
        self._run("initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")

    def start(self) -> None:
        # fsync matters when the machine loses power; that is not tested here, and it would make the tests slow
        options = f"-p {self.port} -c fsync=off -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder}"
        self._run("pg_ctl", "-D", "data", "-l", "server.log", "-w", "-o", options, "start")

    def stop(self) -> None:
        """Stop at once, without a checkpoint: the nearest to a crash that leaves no orphans."""
        self._run("pg_ctl", "-D", "data", "-m", "immediate", "-w", "stop")

    def new_database(self) -> str:
        """Address of a new, empty database."""
        self._databases += 1
        name = f"test_{self._databases}"
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", name)
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        # pg_ctl's server inherits the output: a pipe would never end
        with (self._folder / f"{program}.log").open("wb") as log:
            done = subprocess.run(
                [self._programs / program, *arguments],
                cwd=self._folder,
                user=self._user,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=False,
            )
        if done.returncode:
            raise RuntimeError(f"{program}: {Path(log.name).read_text(errors='replace')[-2000:]}")


def _postgres_programs() -> Path | None:
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name, reverse=True)
    program = _program("initdb", *map(str, newest_first), "/opt/homebrew/bin")
    return Path(program).resolve().parent if program else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL; it refuses to run as root, so root runs it as the user `postgres`."""
    programs = _postgres_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server on this machine (Debian: apt-get install postgresql)")
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="stadttakt-postgres-"))
    if user is not None:
        try:
            shutil.chown(folder, user)
        except LookupError:
            folder.rmdir()
            pytest.skip("running as root, and this machine has no user 'postgres' to run PostgreSQL as")
    try:
        server = Postgres(programs, folder, user)
        server.start()
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def start_service(tmp_path: Path) -> Callable[..., AbstractContextManager[tuple[Running, httpx.Client]]]:
    """Start `stadttakt run` with further options; it ends with its `with` block."""
    return partial(started, tmp_path)
