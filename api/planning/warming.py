"""Kernels of the planning, compiled before the clock of a solve runs."""

from __future__ import annotations

import importlib
import pkgutil
import time


def warm_planning() -> float:
    """Import and compile the kernels (from the disk cache where possible); return the CPU time of that, s."""
    began_s = time.process_time()
    kernels = importlib.import_module("traffic_core.kernels.planning")
    for module in pkgutil.iter_modules(kernels.__path__):
        importlib.import_module(f"{kernels.__name__}.{module.name}")
    importlib.import_module("traffic_core.jit").warm_up()
    return time.process_time() - began_s
