"""New programmes in a copy of a model folder: added to programme.csv, read as the service reads them, and verified."""

from __future__ import annotations

import csv
import io
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.errors import ConfigError
from api.planning.outputs import write_text
from api.plans.programme_table import PROGRAMMES
from api.town import load_town
from signal_plans.files import PROGRAMME_COLUMNS
from signal_plans.verifying.whole import prove

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from api.town import Town
    from signal_plans.verifying.violation import Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A copy of a model that holds new programmes."""

    folder: Path
    programmes: tuple[tuple[str, str], ...]
    """(junction, programme) of the new ones."""
    replaced: int
    """How many of them the model held already."""
    groups: tuple[str, ...]
    """Groups of junctions for which a day plan may name the new programmes, as all of their junctions have them."""
    switches: int
    """Ordered switches of the junctions concerned that were verified, at all seconds."""
    violations: tuple[Violation, ...]


def check_into(model: Path, into: Path) -> None:
    """Raise `ConfigError` where a copy of the model cannot be made there."""
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise ConfigError("--into", str(into), "must be a folder that is not there yet, or empty")
    if into.resolve().is_relative_to(model.resolve()):
        raise ConfigError("--into", str(into), f"must lie outside of the model {model}")


def join_into(model: Path, into: Path, rows: Sequence[tuple[object, ...]]) -> Joined:
    """Copy the model, put rows of programme.csv in it, read it and verify the junctions that have new programmes.

    Programmes that the model holds under the same name are replaced.  All programmes of these junctions are verified,
    with all switches between them at all seconds, as by `stadttakt plans verify`.

    Raises
    ------
    ConfigError
        Where the copy cannot be written.
    FileError
        Where the copy cannot be read; it stays, so that the table can be looked at.
    """
    try:
        shutil.copytree(model, into, dirs_exist_ok=True)
    except (OSError, shutil.Error) as error:
        raise ConfigError("--into", str(into), f"must be a folder that can be written: {error}") from error
    new = tuple(dict.fromkeys((str(row[0]), str(row[1])) for row in rows))
    table = into / PROGRAMMES
    with table.open(encoding="utf-8-sig", newline="") as stream:
        header, *held = csv.reader(stream)
    places = [header.index(column) for column in ("junction_id", "programme_id")]
    kept = [row for row in held if (row[places[0]], row[places[1]]) not in set(new)]
    write_text(table, _table(header, kept, rows))
    town = load_town(into)
    proof = prove({name: town.junctions[name] for name in dict.fromkeys(junction for junction, _ in new)})
    return Joined(
        folder=into,
        programmes=new,
        replaced=len({(row[places[0]], row[places[1]]) for row in held} & set(new)),
        groups=_groups(town, dict(new)),
        switches=proof.switches.cases,
        violations=tuple(proof.violations),
    )


def _table(header: list[str], kept: list[list[str]], rows: Sequence[tuple[object, ...]]) -> str:
    """The table with new rows at its end, in the order of its own columns."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(kept)
    places = [PROGRAMME_COLUMNS.index(column) for column in header]
    writer.writerows([row[place] for place in places] for row in rows)
    return text.getvalue()


def _groups(town: Town, new: dict[str, str]) -> tuple[str, ...]:
    plans = town.selection.plans.plans if town.selection.plans is not None else ()
    return tuple(plan.id for plan in plans if all(junction in new for junction in plan.junctions))


def told(joined: Joined) -> Iterator[str]:
    """What was done, for people, and what is left to do."""
    junctions = len({junction for junction, _ in joined.programmes})
    ids = ", ".join(dict.fromkeys(programme for _, programme in joined.programmes))
    replaced = f", {joined.replaced} of them in place of older ones" if joined.replaced else ""
    yield f"{joined.folder}: programme {ids} at {junctions} junctions{replaced}"
    yield f"verified with {joined.switches} ordered switches: {len(joined.violations)} violations"
    for violation in joined.violations:
        programmes = " -> ".join(violation.programmes)
        yield f"  {violation.junction_id} {programmes}: {violation.rule} {violation.detail}".rstrip()
    if not joined.violations:
        where = "of group " + ", ".join(joined.groups) if joined.groups else "of a group of these junctions alone"
        yield f"it runs once a row of day_plan.csv {where} names it, such as mon-fri,07:00,{ids}; nothing names it yet"


def document(joined: Joined) -> dict[str, object]:
    """The same for machines."""
    return {
        "folder": str(joined.folder),
        "junctions": [junction for junction, _ in joined.programmes],
        "replaced": joined.replaced,
        "switches": joined.switches,
        "violations": [
            f"{found.junction_id} {' -> '.join(found.programmes)}: {found.rule} {found.detail}".rstrip()
            for found in joined.violations
        ],
    }
