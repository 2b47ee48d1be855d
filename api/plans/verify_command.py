"""`stadttakt plans verify`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Supply = Annotated[
    Path | None, typer.Argument(help="Model folder or supply file (.yaml, .xml); default: the shipped town.")
]


def register(plans: typer.Typer) -> None:
    """Add the command."""
    plans.command()(verify)


def verify(
    supply: Supply = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    mutate: Annotated[
        int, typer.Option(min=0, help="Make so many unsafe mutants of the programmes: each must be caught.")
    ] = 0,
    random: Annotated[int, typer.Option(min=0, help="Compare the checkers on so many random programmes.")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of mutants and random programmes.")] = 1,
    released: Annotated[
        Path | None, typer.Option(help="Result of an earlier --json: programmes and rules must be the same.")
    ] = None,
    longest_red: Annotated[int, typer.Option(min=20, max=600, help="Longest wait of a group for its green, s.")] = 120,
) -> None:
    """Check all programmes, switches at all seconds, restarts and clock jumps; exit with 1 if a rule is broken."""
    from api.plans.verify_run import VerifySettings, run_verify  # noqa: PLC0415

    settings = VerifySettings(
        supply=supply,
        as_json=as_json,
        mutants=mutate,
        programmes=random,
        seed=seed,
        released=released,
        longest_red_s=longest_red,
    )
    raise typer.Exit(run_verify(settings))
