"""`stadttakt calibrate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Model = Annotated[Path | None, typer.Argument(help="Model folder; default: the shipped Leinfelden-Echterdingen.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(calibrate)


def calibrate(
    model: Model = None,
    *,
    counts: Annotated[
        Path | None,
        typer.Option(help="CSV of counts by day (as count.csv) or by hour (count_id, link_id, hour, veh_h)."),
    ] = None,
    masses: Annotated[
        Path | None,
        typer.Option(help="CSV of trips by zone and purpose: start from a gravity model instead of demand.csv."),
    ] = None,
    deterrence: Annotated[float, typer.Option(help="Minutes over which its trips fall to 37 %.")] = 10.0,
    structure: Annotated[
        str, typer.Option(help="Town trips in %: through/origin-destination/internal, like 10/58/32; or keep, or free.")
    ] = "keep",
    town_trips: Annotated[
        float | None, typer.Option(help="Trips a day that touch the town, to go with the structure.")
    ] = None,
    passing: Annotated[
        list[str] | None,
        typer.Option(
            help="Zones at roads past the town, with commas; default: those of model.yaml, else gates on motorways "
            "and trunk roads alone."
        ),
    ] = None,
    symmetric: Annotated[bool, typer.Option("--symmetric", help="As many back as there, in each pair.")] = False,
    hold_out: Annotated[float, typer.Option(help="Share of the counted sections to judge by alone.")] = 0.0,
    folds: Annotated[int | None, typer.Option(help="Hold out each section once, in so many parts.")] = None,
    seed: Annotated[int, typer.Option(help="Other sections are held out for another number.")] = 1,
    low: Annotated[float, typer.Option(help="Least multiple of its prior that a pair may have.")] = 0.2,
    high: Annotated[float, typer.Option(help="Largest multiple.")] = 5.0,
    prior_error: Annotated[
        float, typer.Option(help="Standard error of a pair of 100 vehicles in the prior, as a share.")
    ] = 2.0,
    gap: Annotated[float, typer.Option(help="Relative gap of each hour's assignment.")] = 1e-5,
    max_iterations: Annotated[int, typer.Option(help="Most estimates, each with a day of assignments.")] = 20,
    whole: Annotated[bool, typer.Option("--whole", help="Whole vehicles in demand.csv, none lost.")] = False,
    out: Annotated[Path | None, typer.Option(help="New folder for demand.csv and report.csv.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Fit the demand to counts; exit with 1 unless GEH is below 5 on 85 % of the counts used."""
    from api.planning.calibrate.calibrating import run  # noqa: PLC0415
    from api.planning.calibrate.files import write_out  # noqa: PLC0415
    from api.planning.calibrate.report import print_report, target_met  # noqa: PLC0415
    from api.planning.calibrate.settings import CalibrateSettings  # noqa: PLC0415
    from api.planning.warming import warm_planning  # noqa: PLC0415

    settings = CalibrateSettings(
        model=model,
        counts=counts,
        masses=masses,
        deterrence_min=deterrence,
        structure=structure,
        town_trips=town_trips,
        passing=tuple(zone.strip() for part in passing or () for zone in part.split(",")),
        symmetric=symmetric,
        hold_out=hold_out,
        folds=folds,
        seed=seed,
        low=low,
        high=high,
        prior_error=prior_error,
        gap=gap,
        max_iterations=max_iterations,
        whole=whole,
        out=out,
        as_json=as_json,
    )
    settings.check()
    warm_planning()
    calibration = run(settings)
    if out is not None:
        write_out(calibration, out, whole=whole)
    print_report(calibration, as_json=as_json, out=out)
    raise typer.Exit(0 if target_met(calibration) else 1)
