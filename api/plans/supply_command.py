"""`stadttakt plans import`, `export` and `show`: supply data from file to file, and what is in them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from signal_plans.supply.supply import JunctionSupply

XML_ENDINGS = (".xml",)
YAML_ENDINGS = (".yaml", ".yml")

Supply = Annotated[Path, typer.Argument(help="Supply of one junction: OCIT-C XML or YAML.")]


def register(plans: typer.Typer) -> None:
    """Add the commands."""
    plans.command("import")(import_supply)
    plans.command("export")(export_supply)
    plans.command("show")(show_supply)


def import_supply(
    file: Annotated[Path, typer.Argument(help="OCIT-C supply XML.")],
    *,
    out: Annotated[Path, typer.Option(help="YAML file to write.")],
    release: Annotated[
        list[str] | None, typer.Option(help="Programme to release for use, with its checksum; may be repeated.")
    ] = None,
) -> None:
    """Read OCIT-C supply XML and write YAML; refuse what is unsafe."""
    from api.errors import ConfigError  # noqa: PLC0415
    from api.planning.outputs import check_outputs, write_text  # noqa: PLC0415
    from signal_plans.supply.fingerprint import release as released  # noqa: PLC0415
    from signal_plans.supply.yaml_file import write_supply_yaml  # noqa: PLC0415

    check_outputs({"--out": out}, {"--out": YAML_ENDINGS})
    supply = _read(file, XML_ENDINGS)
    _refuse_unsafe(file, supply)
    if release:
        known = [programme.id for programme in supply.programmes]
        wanted = list(dict.fromkeys(release))
        if strange := [name for name in wanted if name not in known]:
            limit = f"must be a programme of junction {supply.id}: {', '.join(known)}"
            raise ConfigError("--release", strange[0], limit)
        supply = released(supply, *wanted)
    write_text(out, write_supply_yaml(supply))
    typer.echo(f"{out}: {len(supply.groups)} groups, {len(supply.programmes)} programmes, all safe")
    typer.echo("released: " + (", ".join(name for name, _ in supply.released) or "none"))


def export_supply(
    file: Annotated[Path, typer.Argument(help="Supply YAML.")],
    *,
    out: Annotated[Path, typer.Option(help="OCIT-C supply XML to write.")],
) -> None:
    """Read supply YAML and write OCIT-C supply XML; refuse what is unsafe."""
    from api.planning.outputs import check_outputs, write_text  # noqa: PLC0415
    from signal_plans.supply.ocit_read import document_checksums  # noqa: PLC0415
    from signal_plans.supply.ocit_write import keeps_checksums, write_ocit_c  # noqa: PLC0415

    check_outputs({"--out": out}, {"--out": XML_ENDINGS})
    supply = _read(file, YAML_ENDINGS)
    _refuse_unsafe(file, supply)
    write_text(out, write_ocit_c(supply).decode("utf-8"))
    typer.echo(f"{out}: {len(supply.groups)} groups, {len(supply.programmes)} programmes, all safe")
    if document_checksums(supply) and not keeps_checksums(supply):
        typer.echo("note: the data were changed since they were read; the checksums of the old file are left out")


def show_supply(
    file: Supply,
    *,
    days: Annotated[
        str | None,
        typer.Option(help="Days of the supply for working days, Saturdays, Sundays: print rows of day_plan.csv."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Say what is in supply data and whether every programme is safe; exit with 1 if one is not."""
    import json  # noqa: PLC0415

    from api.plans.supply_more import day_rows, stage_lines, stages_found  # noqa: PLC0415
    from signal_plans.supply.summary import lines, summary  # noqa: PLC0415

    supply = _read(file, (*XML_ENDINGS, *YAML_ENDINGS))
    made = summary(supply)
    rows = None if days is None else day_rows(supply, days)
    stages, refused = stages_found(supply)
    if as_json:
        more = {"stages_found": stages} | ({} if rows is None else {"day_plan": rows})
        typer.echo(json.dumps(made | more, indent=2, ensure_ascii=False))
    else:
        name, *told = lines(made)
        typer.echo("\n".join([name, stage_lines(stages, refused), *told]))
        for row in rows or ():
            typer.echo(",".join(row))
    if not made["check"]["safe"]:
        raise typer.Exit(1)


def _read(file: Path, endings: tuple[str, ...]) -> JunctionSupply:
    from signal_plans.supply.ocit_read import read_ocit_c  # noqa: PLC0415
    from signal_plans.supply.yaml_file import read_supply_yaml  # noqa: PLC0415
    from traffic_core.errors import FileError  # noqa: PLC0415

    ending = file.suffix.lower()
    if ending not in endings:
        raise FileError(file.name, 0, "file", file.name, "must end in " + " or ".join(endings))
    return read_ocit_c(file) if ending in XML_ENDINGS else read_supply_yaml(file)


def _refuse_unsafe(file: Path, supply: JunctionSupply) -> None:
    from signal_plans.errors import UnsafeProgrammeError  # noqa: PLC0415
    from signal_plans.supply.convert import to_junction  # noqa: PLC0415
    from traffic_core.errors import FileError, located  # noqa: PLC0415

    try:
        with located(file.name):
            _check(file, supply)
            to_junction(supply)
    except UnsafeProgrammeError as error:
        limit = "must be safe: " + "; ".join(error.violations)
        raise FileError(file.name, 0, "programme", error.programme_id, limit) from error


def _check(file: Path, supply: JunctionSupply) -> None:
    from signal_plans.supply.check import check_supply  # noqa: PLC0415
    from traffic_core.errors import FileError  # noqa: PLC0415

    check = check_supply(supply)
    for (programme_id, found), (_, fault) in zip(check.violations, check.faults, strict=True):
        if found or fault:
            said = "; ".join(found) or fault
            raise FileError(file.name, 0, "programme", programme_id, f"must be safe: {said}")
