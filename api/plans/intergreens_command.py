"""`stadttakt plans intergreens`: the supplied intergreens beside those computed from geometry."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console
    from rich.table import Table

    from signal_plans.rilsa.comparison import Difference, MatrixComparison
    from signal_plans.rilsa.green_together import GreenTogether

EXAMPLES = 10
Model = Annotated[Path | None, typer.Argument(help="Model folder; default: the shipped Leinfelden-Echterdingen.")]


def register(plans: typer.Typer) -> None:
    """Add the command."""
    plans.command()(intergreens)


def intergreens(
    model: Model = None,
    *,
    junction: Annotated[list[str] | None, typer.Option(help="Compare these junctions only.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Name every difference instead of the largest.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Compute intergreens from the geometry of a model and compare them with the supplied ones; change nothing.

    Exit with 1 where a conflict that nobody may be left to settle is not in the supply and both groups are green at
    once. Any other difference leaves the exit code 0: geometry without a survey cannot judge it, a planner can.
    """
    from rich.console import Console  # noqa: PLC0415  the command line starts without it

    from api.town import default_model, load_town  # noqa: PLC0415
    from signal_plans.rilsa.comparison import compare  # noqa: PLC0415
    from signal_plans.rilsa.green_together import green_together  # noqa: PLC0415
    from traffic_core.errors import InvalidValueError  # noqa: PLC0415

    town = load_town(model or default_model())
    for wanted in junction or ():
        if wanted not in town.junctions:
            raise InvalidValueError("--junction", wanted, "must be a junction with supply data in this model")
    wanted_ids = junction or list(town.junctions)
    found = [compare(town.junctions[junction_id].layout, town.network) for junction_id in wanted_ids]
    together = [pair for one in found for pair in green_together(town.junctions[one.junction_id], one.missing)]
    console = Console()
    if as_json:
        from pydantic_core import to_json  # noqa: PLC0415

        console.out(to_json(report(town.info.name, found, together)).decode(), highlight=False)
    else:
        _print(console, found, together, full=full)
    raise typer.Exit(1 if together else 0)


def report(model: str, found: Sequence[MatrixComparison], together: Sequence[GreenTogether]) -> dict[str, object]:
    """The result for machines: sums, all differences with the largest first, each junction, the values used."""
    from dataclasses import asdict  # noqa: PLC0415

    from signal_plans.rilsa.values import DEFAULTS  # noqa: PLC0415

    return {
        "model": model,
        "sums": sums(found),
        "green_together": [asdict(pair) for pair in together],
        "differences": [{**asdict(one), "too_short_s": one.too_short_s} for one in largest(found)],
        "junctions": [asdict(one) for one in found],
        "values": {
            name: {"value": float(value.value), "source": value.source, "confirm_with": value.confirm_with}
            for name, value in DEFAULTS.items()
        },
    }


def sums(found: Sequence[MatrixComparison]) -> dict[str, int]:
    """Pairs of all junctions by how the supply compares."""
    return {
        "junctions": len(found),
        "equal": sum(one.equal for one in found),
        "longer": sum(len(one.longer) for one in found),
        "shorter": sum(len(one.shorter) for one in found),
        "missing": sum(len(one.missing) for one in found),
        "without_point": sum(len(one.without_point) for one in found),
        "permissive": sum(len(one.permissive) for one in found),
        "not_placed": sum(len(one.not_placed) for one in found),
    }


def largest(found: Sequence[MatrixComparison]) -> list[Difference]:
    """Differences in the order in which a planner should look: missing, then too short, then longer than asked."""
    missing = [each for one in found for each in one.missing]
    others = [each for one in found for each in (*one.shorter, *one.longer)]
    return [
        *sorted(missing, key=lambda each: (-each.too_short_s, each.junction_id, each.clearing, each.entering)),
        *sorted(others, key=lambda each: (-each.too_short_s, each.junction_id, each.clearing, each.entering)),
    ]


def _print(
    console: Console, found: Sequence[MatrixComparison], together: Sequence[GreenTogether], *, full: bool
) -> None:
    total = sums(found)
    junctions = "1 junction" if len(found) == 1 else f"{len(found)} junctions"
    console.print(
        f"{junctions}: {total['equal']} intergreens of the supply equal the computed ones, "
        f"{total['longer']} are longer, {total['shorter']} shorter; "
        f"{total['missing']} conflicts are not in the supply, {total['without_point']} of it have no conflict point, "
        f"{total['permissive']} pairs are left to the drivers, {total['not_placed']} crossings could not be placed."
    )
    every = largest(found)
    table_of = every if full else _ends(every)
    if table_of:
        console.print(_table(table_of, "All differences" if full else "Largest differences"))
    for one in found:
        if one.not_placed:
            console.print(f"{one.junction_id}: the supply does not tell where {', '.join(one.not_placed)} cross.")
        if one.without_point:
            pairs = ", ".join(f"{clearing} -> {entering}" for clearing, entering in one.without_point)
            console.print(f"{one.junction_id}: no conflict point for {pairs}.")
    console.print(
        "Computed without a survey: schematic arms, standard lane widths and stop lines. A difference is a question to "
        "the planner, not an error of either side. Nothing was changed."
    )
    for pair in together:
        where = ", ".join([*(f"stage {stage}" for stage in pair.stages), *pair.programmes])
        console.print(
            f"ERROR {pair.junction_id}: {' and '.join(pair.groups)} cross or merge and are green together ({where})."
        )


def _ends(every: Sequence[Difference]) -> list[Difference]:
    """All that are missing, the first and the last of the others."""
    missing = [each for each in every if not each.supplied_s]
    others = [each for each in every if each.supplied_s]
    if len(others) <= 2 * EXAMPLES:
        return [*missing, *others]
    return [*missing, *others[:EXAMPLES], *others[-EXAMPLES:]]


def _table(differences: Sequence[Difference], title: str) -> Table:
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(title=title)
    for name in ("junction", "clearing", "entering"):
        table.add_column(name)
    for name in ("supplied s", "computed s"):
        table.add_column(name, justify="right")
    table.add_column("decisive conflict point")
    for each in differences:
        supplied = str(each.supplied_s) if each.supplied_s else "none"
        table.add_row(
            each.junction_id, each.clearing, each.entering, supplied, str(each.computed_s), escape(each.reason)
        )
    return table
