"""How much memory the process holds."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

BYTES_PER_MB = 1_000_000
STATUS = Path("/proc/self/status")


def resident_mb() -> float:
    """Resident memory now, MB; where the system does not tell, the peak so far."""
    if STATUS.exists():
        for line in STATUS.read_text(encoding="ascii").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1_024 / BYTES_PER_MB
    unit = 1 if sys.platform == "darwin" else 1_024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / BYTES_PER_MB
