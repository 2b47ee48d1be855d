"""Fixtures that several packages' tests share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No test has a time limit per example: machines are shared, and the first call of a kernel compiles it.
settings.register_profile("stadttakt", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("stadttakt")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of captured data that lies beside a developer's checkout; a user does not have it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"captured data are not here: {folder.name} beside the checkout is missing")
    return folder


@pytest.fixture(scope="session")
def le_model() -> Path:
    """Folder of the shipped Leinfelden-Echterdingen model."""
    return ROOT / "simulator" / "models" / "leinfelden_echterdingen"
