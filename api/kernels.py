"""Compile and lock every kernel before the first control cycle."""

from __future__ import annotations

import asyncio
import importlib
import os
import pkgutil
import sys
from contextlib import suppress
from pathlib import Path

import traffic_core.kernels
from traffic_core.jit import warm_up

SIMULATED = frozenset({"approach_view", "conservation", "departures", "loops", "queue_lengths", "traffic"})
"""Kernels of simulated traffic, which a service without a demonstration does not need."""


def warm_up_all(*, simulated: bool = True) -> int:
    """Import and compile all kernels of the service (from the disk cache where possible); return how many.

    Those of the planning commands stand in a folder of their own and are left alone.
    """
    for module in pkgutil.iter_modules(traffic_core.kernels.__path__):
        if simulated or module.name not in SIMULATED:
            importlib.import_module(f"traffic_core.kernels.{module.name}")
    return warm_up()


def is_cache_cold() -> bool:
    """Whether nothing has ever been compiled into the disk cache that this process uses."""
    folder = os.environ.get("NUMBA_CACHE_DIR")
    return folder is not None and next(Path(folder).glob("**/*.nbi"), None) is None


async def compile_in_child() -> None:
    """Fill the disk cache from another process: a compiler keeps a hundred megabytes for itself until its process ends.

    A child that fails is no error: this process compiles by itself then.
    """
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "api",
        "warmup",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        start_new_session=True,  # a Ctrl-C is for us, and we end the child
    )
    try:
        await child.wait()
    finally:
        with suppress(ProcessLookupError):
            child.kill()
