"""`stadttakt scenario`: look at scenario files before anything is simulated."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from simulator.scenario.scenario import Scenario
    from simulator.staged import BaseModel

Files = Annotated[list[Path], typer.Argument(help="Scenario files.")]
Model = Annotated[
    Path | None, typer.Option(help="Model folder where a scenario names none; default: the shipped model.")
]

scenario_app = typer.Typer(name="scenario", help="Look at scenario files.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(scenario_app)


@scenario_app.command()
def check(files: Files, *, model: Model = None) -> None:
    """Read scenarios, apply them to their models and say all that is wrong; exit with 2 if anything is."""
    from api.town import default_model  # noqa: PLC0415
    from simulator.base_model import load_base  # noqa: PLC0415
    from simulator.scenario.loading import load_scenario  # noqa: PLC0415
    from simulator.scenario.staging import stage_with_warnings  # noqa: PLC0415
    from traffic_core.errors import InvalidValueError  # noqa: PLC0415

    bases: dict[Path, BaseModel] = {}
    failed = False
    for file in files:
        try:
            scenario = load_scenario(file)
            folder = (scenario.model or model or default_model()).resolve()
            if folder not in bases:
                bases[folder] = load_base(folder)
            staging = stage_with_warnings(scenario, bases[folder])
        except InvalidValueError as error:
            typer.echo(f"stadttakt: {error}", err=True)
            failed = True
            continue
        events = len(staging.staged.events)
        typer.echo(f"{file.name}: ok: {_said(scenario)}, {events} timed event{'' if events == 1 else 's'}")
        for warning in staging.warnings:
            typer.echo(f"  note: {warning}")
    if failed:
        raise typer.Exit(2)


@scenario_app.command()
def schema(*, out: Annotated[Path | None, typer.Option(help="JSON file to write; default: print it.")] = None) -> None:
    """Print or write the JSON schema of scenario files."""
    from api.planning.outputs import check_outputs, write_text  # noqa: PLC0415
    from simulator.scenario.schema import schema_text  # noqa: PLC0415

    if out is None:
        typer.echo(schema_text(), nl=False)
        return
    check_outputs({"--out": out}, {"--out": (".json",)})
    write_text(out, schema_text())


@scenario_app.command("list")
def list_scenarios(*, model: Model = None) -> None:
    """List the scenarios that lie beside a model, in its folder `scenarios`."""
    from api.town import default_model  # noqa: PLC0415
    from simulator.scenario.loading import load_scenario  # noqa: PLC0415
    from simulator.scenario.shipped import scenario_files  # noqa: PLC0415
    from traffic_core.errors import InvalidValueError  # noqa: PLC0415

    folder = model or default_model()
    if not folder.is_dir():
        raise InvalidValueError("--model", str(folder), "must be a model folder")
    files = scenario_files(folder)
    if not files:
        typer.echo(f"no scenarios in {folder / 'scenarios'}")
    failed = False
    for file in files:
        try:
            scenario = load_scenario(file)
        except InvalidValueError as error:
            typer.echo(f"stadttakt: {error}", err=True)
            failed = True
            continue
        typer.echo(f"{scenario.id}\n  {scenario.title_de}\n  {scenario.title_en}\n  {file}: {_said(scenario)}")
    if failed:
        raise typer.Exit(2)


def _said(scenario: Scenario) -> str:
    from simulator.scenario.scenario import time_of  # noqa: PLC0415

    count = len(scenario.measures)
    period = f"{time_of(scenario.from_min)} to {time_of(scenario.until_min)}"
    return f"{scenario.day.isoformat()}, {period}, {count} measure{'' if count == 1 else 's'}"
