"""All commands of `stadttakt plans` in one place.  Their modules import lightly; the work is imported when one runs."""

from __future__ import annotations

import typer

from api.plans import (
    compute_command,
    coordinate_command,
    counts_command,
    draw_command,
    from_sumo_command,
    intergreens_command,
    supply_command,
    verify_command,
)

COMMANDS = (
    supply_command,
    verify_command,
    intergreens_command,
    counts_command,
    compute_command,
    coordinate_command,
    draw_command,
    from_sumo_command,
)


def register(app: typer.Typer) -> None:
    """Add the sub-command `plans`."""
    plans = typer.Typer(
        name="plans", help="Check, compute, coordinate and draw signal programmes.", no_args_is_help=True
    )
    for command in COMMANDS:
        command.register(plans)
    app.add_typer(plans)
