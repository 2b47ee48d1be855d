"""`stadttakt whatif`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.whatif.simulate_command import Lang, Model

Base = Annotated[str, typer.Argument(help="Scenario file or id of what the variants are compared with.")]
Variants = Annotated[list[str], typer.Argument(metavar="VARIANT...", help="Scenario files or ids.")]
Out = Annotated[Path, typer.Option(help="Folder for runs and report; a study that was interrupted there goes on.")]
Narrow = Annotated[
    float,
    typer.Option(min=0.0, help="Stop once the interval of the main figure is at most ± this, in its unit ..."),
]
NarrowShare = Annotated[
    float, typer.Option(min=0.0, help="... or at most ± this share of the base's mean; both 0: never stop early.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(whatif)


def whatif(
    base: Base,
    variants: Variants,
    *,
    out: Out,
    seeds: Annotated[int, typer.Option(min=1, help="Most seeds; each runs once with the base and each variant.")] = 20,
    first_seed: Annotated[int, typer.Option(min=0, help="The first of them.")] = 1,
    min_seeds: Annotated[int, typer.Option(min=1, help="Do not stop before so many.")] = 5,
    main_figure: Annotated[
        str, typer.Option(help="Figure that is judged alone and whose interval has to get narrow.")
    ] = "total_delay_h",
    narrow: Narrow = 1.0,
    narrow_share: NarrowShare = 0.05,
    workers: Annotated[
        int | None, typer.Option(min=0, help="Processes; default: all cores; 0: this one, for a debugger or a profile.")
    ] = None,
    dask: Annotated[
        str | None, typer.Option(help="Scheduler of a Dask cluster, as tcp://HOST:8786, instead of processes here.")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Discard the runs of these scenarios in the folder.")] = False,
    model: Model = None,
    lang: Annotated[Lang, typer.Option(help="Language of the sentences; the report has both.")] = Lang.EN,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Compare variants with a base, pair by pair with the same seeds; exit with 1 if runs failed."""
    from api.whatif.studying import WhatifSettings, run_whatif  # noqa: PLC0415

    settings = WhatifSettings(
        base=base,
        variants=tuple(variants),
        out=out,
        seeds=seeds,
        first_seed=first_seed,
        min_seeds=min_seeds,
        main_figure=main_figure,
        narrow=narrow,
        narrow_share=narrow_share,
        workers=workers,
        dask=dask,
        fresh=fresh,
        model=model,
        language=lang.value,
        as_json=as_json,
    )
    raise typer.Exit(run_whatif(settings))
