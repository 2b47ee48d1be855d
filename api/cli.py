"""The command `stadttakt`.  Heavy imports stand inside the commands, so that `--help` answers at once."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from api.feeds import check_command as feeds_commands
from api.parking import commands as parking_commands
from api.planning import commands as planning_commands
from api.plans import commands as plans_commands
from api.signs import commands as signs_commands
from api.whatif import commands as whatif_commands

app = typer.Typer(
    name="stadttakt",
    help="Open traffic computer and parking guidance for a town.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
planning_commands.register(app)
whatif_commands.register(app)
plans_commands.register(app)
parking_commands.register(app)
signs_commands.register(app)
feeds_commands.register(app)

Model = Annotated[Path | None, typer.Option(help="Model folder; default: the shipped Leinfelden-Echterdingen.")]
Host = Annotated[str, typer.Option(help="Address to serve on.")]
Port = Annotated[int, typer.Option(min=0, max=65_535, help="Port to serve on; 0 takes a free one.")]
Store = Annotated[
    str | None,
    typer.Option(help="sqlite:///FILE or postgresql+psycopg://HOST/NAME; default: a file under var/."),
]
BusUrl = Annotated[str, typer.Option("--bus", help="inproc: or mqtt://HOST:PORT or mqtts://HOST:PORT")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@app.command()
def run(  # each is an option of the command
    *,
    demo: Annotated[bool, typer.Option("--demo", help="Let the simulated town drive the service.")] = False,
    adaptive: Annotated[
        bool, typer.Option("--adaptive", help="With --demo: area detectors and adaptive control at all signals.")
    ] = False,
    model: Model = None,
    feeds: Annotated[Path | None, typer.Option(help="YAML file of feeds to pull; not together with --demo.")] = None,
    keys: Annotated[Path | None, typer.Option(help="YAML file of device keys; without it nobody can post.")] = None,
    bus: BusUrl = "inproc:",
    store: Store = None,
    host: Host = "127.0.0.1",
    port: Port = 8080,
    start: Annotated[
        str | None,
        typer.Option(help="now, HH:MM of today (town's time) or a full time; default: now, for a demo 07:30."),
    ] = None,
    speed: Annotated[
        float | None, typer.Option(min=0.1, max=60.0, help="Speed of the clock; default 1, for a demo 5.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the demo.")] = 1,
    kappa: Annotated[float, typer.Option(min=0.0, max=1.0, help="Share of demo drivers who follow signs.")] = 0.2,
    keep_days: Annotated[float, typer.Option(min=1.0, help="History older than this is deleted.")] = 90.0,
    parking_model: Annotated[
        Path | None,
        typer.Option(help="Forecast model of `stadttakt parking train`; default: that of the model folder."),
    ] = None,
) -> None:
    """Run the live service: feeds in, signs and signal programmes out, page at http://HOST:PORT."""
    from api.service import run_service  # noqa: PLC0415
    from api.start import ServiceSettings  # noqa: PLC0415

    settings = ServiceSettings(
        demo=demo,
        adaptive=adaptive,
        model=model,
        feeds=feeds,
        keys=keys,
        bus=bus,
        store=store,
        host=host,
        port=port,
        start=start or ("07:30" if demo else "now"),
        speed=speed or (5.0 if demo else 1.0),
        seed=seed,
        kappa=kappa,
        keep_days=keep_days,
        parking_model=parking_model,
    )
    asyncio.run(run_service(settings))


@app.command()
def replay(
    history: Annotated[Path, typer.Argument(help="CSV or CSV.gz with ts_utc,place_id,free")],
    *,
    speed: Annotated[float, typer.Option(min=0.0, help="Recorded seconds per second; 0: as fast as it goes.")] = 0.0,
    capacities: Annotated[Path | None, typer.Option(help="CSV with place_id,capacity")] = None,
    hours: Annotated[float | None, typer.Option(min=0.0, help="Stop after so many recorded hours.")] = None,
    step: Annotated[float, typer.Option(min=1.0, max=300.0, help="Seconds between guidance cycles.")] = 10.0,
    serve: Annotated[bool, typer.Option(help="Show the page meanwhile.")] = False,
    host: Host = "127.0.0.1",
    port: Port = 8080,
    as_json: Json = False,
) -> None:
    """Play a recorded garage history through the feed port and print what was accepted and rejected."""
    from api.replay import ReplaySettings, run_replay  # noqa: PLC0415

    settings = ReplaySettings(
        history=history,
        speed=speed,
        capacities=capacities,
        hours=hours,
        step_s=step,
        serve=serve,
        host=host,
        port=port,
        as_json=as_json,
    )
    if not asyncio.run(run_replay(settings)):
        typer.echo("stadttakt: no row of the history was accepted", err=True)
        raise typer.Exit(1)


@app.command()
def warmup() -> None:
    """Compile the kernels of the service into the disk cache, so that the next start is quick."""
    from api.kernels import warm_up_all  # noqa: PLC0415

    typer.echo(f"{warm_up_all()} kernels are compiled")


@app.command()
def doctor(*, bus: BusUrl = "inproc:", store: Store = None, model: Model = None, as_json: Json = False) -> None:
    """Check model, kernels, store, bus and clock; exit with 1 if something is wrong."""
    from api.doctor import examine, print_findings  # noqa: PLC0415

    findings = asyncio.run(examine(bus, store, model))
    print_findings(findings, as_json=as_json)
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


@app.command()
def key(device: Annotated[str, typer.Argument(help="Name of the device.")]) -> None:
    """Make an API key for a device: the key for the device, the hash for the file of keys."""
    from api.http.keys import new_key  # noqa: PLC0415

    secret, digest = new_key()
    typer.echo(f"key of {device} (shown once): {secret}", err=True)
    typer.echo(f"  - id: {device}\n    sha256: {digest}\n    sources: ['*']")


@app.command()
def version() -> None:
    """Print the version."""
    from importlib.metadata import version as installed  # noqa: PLC0415

    typer.echo(installed("stadttakt"))


def _cache() -> Path:
    """The user's cache; a service user without a home gets the folder for temporary files."""
    if named := os.environ.get("XDG_CACHE_HOME"):
        return Path(named)
    try:
        return Path.home() / ".cache"
    except RuntimeError:
        return Path(tempfile.gettempdir())


def main() -> None:
    """Entry point: 0 done, 1 failed, 2 cannot be used like that."""
    os.environ.setdefault("NUMBA_CACHE_DIR", str(_cache() / "stadttakt" / "kernels"))
    from api.errors import ConfigError  # noqa: PLC0415
    from traffic_core.errors import FileError, InvalidValueError  # noqa: PLC0415

    try:
        app()
    except (ConfigError, FileError, InvalidValueError) as error:
        typer.echo(f"stadttakt: {error}", err=True)
        sys.exit(2)
