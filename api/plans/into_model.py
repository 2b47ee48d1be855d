"""New programmes in a copy of a model folder: added to programme.csv, read as the service reads them, and verified."""

from __future__ import annotations

import csv
import io
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.errors import ConfigError
from api.planning.outputs import write_text
from api.plans.named_by import named_by
from api.plans.programme_table import PROGRAMMES
from api.town import load_town
from signal_plans.files import PROGRAMME_COLUMNS
from signal_plans.verifying.whole import prove
from traffic_core.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
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
    named: Mapping[str, tuple[str, ...]]
    """What selects the new programme of a junction already, in words; junctions where nothing does are left out."""
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

    Programmes that the model holds under the same name are replaced in their place, so that the first of a junction
    stays its first.  All programmes of these junctions are verified,
    with all switches between them at all seconds, as by `stadttakt plans verify`.

    Raises
    ------
    ConfigError
        Where the copy cannot be written.
    FileError
        Where the table of the model cannot be read, before anything is written, or where the copy cannot; that stays,
        so that its table can be looked at.
    """
    held = [row.cells for row in read_table(model / PROGRAMMES, PROGRAMME_COLUMNS)]
    try:
        shutil.copytree(model, into, dirs_exist_ok=True)
    except (OSError, shutil.Error) as error:
        raise ConfigError("--into", str(into), f"must be a folder that can be written: {error}") from error
    new = tuple(dict.fromkeys((str(row[0]), str(row[1])) for row in rows))
    write_text(into / PROGRAMMES, _table(held, rows))
    town = load_town(into)
    proof = prove({name: town.junctions[name] for name in dict.fromkeys(junction for junction, _ in new)})
    return Joined(
        folder=into,
        programmes=new,
        replaced=len({_key(row) for row in held} & set(new)),
        groups=_groups(town, dict(new)),
        named=named_by(town, dict(new)),
        switches=proof.switches.cases,
        violations=tuple(proof.violations),
    )


def _key(row: Mapping[str, str]) -> tuple[str, str]:
    return row["junction_id"], row["programme_id"]


def _table(held: Sequence[Mapping[str, str]], rows: Sequence[tuple[object, ...]]) -> str:
    """The table in the order of its own columns, new rows in the place of those they replace or at its end."""
    made: dict[tuple[str, str], list[Mapping[str, object]]] = {}
    for row in rows:
        made.setdefault((str(row[0]), str(row[1])), []).append(dict(zip(PROGRAMME_COLUMNS, row, strict=True)))
    text = io.StringIO()
    writer = csv.DictWriter(text, held[0] if held else PROGRAMME_COLUMNS, lineterminator="\n")
    writer.writeheader()
    replaced: set[tuple[str, str]] = set()
    for old in held:
        key = _key(old)
        if key not in made:
            writer.writerow(old)
        elif key not in replaced:
            replaced.add(key)
            writer.writerows(made[key])
    for key, of_key in made.items():
        if key not in replaced:
            writer.writerows(of_key)
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
    told_together: dict[tuple[str, ...], list[str]] = {}
    for junction, said in joined.named.items():
        told_together.setdefault(said, []).append(junction)
    for said, named in told_together.items():
        yield f"once the service runs with {joined.folder}, this selects it at {', '.join(named)}:"
        yield from (f"  {text}" for text in said)
    if not joined.violations and len(joined.named) < junctions:
        unnamed = [name for name, _ in joined.programmes if name not in joined.named] if joined.named else []
        nothing = f"nothing names it yet{' at ' + ', '.join(unnamed) if unnamed else ''}"
        where = "of group " + ", ".join(joined.groups) if joined.groups else "of a group of these junctions alone"
        yield f"it runs once a row of day_plan.csv {where} names it, such as mon-fri,07:00,{ids}; {nothing}"


def document(joined: Joined) -> dict[str, object]:
    """The same for machines."""
    return {
        "folder": str(joined.folder),
        "junctions": [junction for junction, _ in joined.programmes],
        "replaced": joined.replaced,
        "switches": joined.switches,
        "named": {junction: list(said) for junction, said in joined.named.items()},
        "violations": [
            f"{found.junction_id} {' -> '.join(found.programmes)}: {found.rule} {found.detail}".rstrip()
            for found in joined.violations
        ],
    }
