"""The sub-command `stadttakt parking`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from api.parking import benefit_command, evaluate_command, train_command

if TYPE_CHECKING:
    from collections.abc import Callable

REGISTERED: tuple[Callable[[typer.Typer], None], ...] = (
    train_command.register,
    evaluate_command.register,
    benefit_command.register,
)


def register(app: typer.Typer) -> None:
    """Add the commands about car parks to `stadttakt`."""
    parking = typer.Typer(
        name="parking", help="Car parks: forecasts, guidance, the worth of signs.", no_args_is_help=True
    )
    for add in REGISTERED:
        add(parking)
    app.add_typer(parking)
