"""`stadttakt doctor`: whether everything is there that a start needs."""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from pydantic_core import to_json
from rich.console import Console
from rich.table import Table

from api.bus.open import bus_from_url
from api.errors import ConfigError
from api.kernels import warm_up_all
from api.store.errors import RowsRefusedError, StoreUnavailableError
from api.store.store import Store
from api.town import default_model, load_town
from traffic_core.errors import InvalidValueError
from traffic_core.readings import EARLIEST_S

if TYPE_CHECKING:
    from pathlib import Path

BROKER_WAIT_S = 3.0
BUILT_S = EARLIEST_S + 26 * 365.25 * 86_400
"""Early 2026: a clock before that was never set."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    part: str
    ok: bool
    said: str


async def examine(bus_url: str, store_url: str | None, model: Path | None) -> list[Finding]:
    """Look at every part; a part that fails never hides the others."""
    return [
        _model(model),
        Finding("kernels", ok=True, said=f"{warm_up_all()} compiled"),
        await _bus(bus_url),
        _store(store_url),
        Finding("clock", ok=time.time() > BUILT_S, said=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())),
    ]


def print_findings(findings: list[Finding], *, as_json: bool) -> None:
    """Print what was found."""
    console = Console()
    if as_json:
        console.out(to_json([asdict(finding) for finding in findings]).decode(), highlight=False)
        return
    table = Table("part", "state", "said")
    for finding in findings:
        table.add_row(finding.part, "ok" if finding.ok else "FAILED", finding.said)
    console.print(table)


def _model(folder: Path | None) -> Finding:
    try:
        town = load_town(folder or default_model())
    except (ConfigError, InvalidValueError) as error:
        return Finding("model", ok=False, said=str(error))
    return Finding("model", ok=True, said=f"{town.info.name} ({town.info.label_en})")


async def _bus(url: str) -> Finding:
    try:
        bus = bus_from_url(url)
    except ConfigError as error:
        return Finding("bus", ok=False, said=str(error))
    async with bus:
        waited_s = 0.0
        while not bus.connected and waited_s < BROKER_WAIT_S:
            await asyncio.sleep(0.1)
            waited_s += 0.1
        return Finding("bus", ok=bus.connected, said=f"{url} {bus.counts.last_error or ''}".strip())


def _store(url: str | None) -> Finding:
    if url is None:
        return Finding("store", ok=True, said="not asked for; the default is a file under var/")
    try:
        store = Store(url)
        store.migrate()
        known = len(store.latest_signs())
    except (ConfigError, StoreUnavailableError, RowsRefusedError, InvalidValueError) as error:
        return Finding("store", ok=False, said=str(error))
    store.close()
    return Finding("store", ok=True, said=f"{store.name}, contents of {known} signs")
