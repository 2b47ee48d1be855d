"""Compile and lock every kernel before the first control cycle."""

from __future__ import annotations

import importlib
import pkgutil

import traffic_core.kernels
from traffic_core.jit import warm_up


def warm_up_all() -> int:
    """Import and compile all kernels (from the disk cache where possible); return how many."""
    for module in pkgutil.iter_modules(traffic_core.kernels.__path__):
        importlib.import_module(f"traffic_core.kernels.{module.name}")
    return warm_up()
