"""The report as titles, sentences and tables in one language; how they look is decided elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from api.parking.benefit.changes import SHARES, change, kappa_of, mean_of, nothing
from api.parking.benefit.notes import how_to_read, limits, value_notes
from api.parking.benefit.summary import in_short, judged_together
from simulator.benefit.figures import BENEFIT_FIGURES, MAIN
from simulator.study.numbers import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.parking.benefit.content import Benefit, Cell
    from simulator.benefit.worth import Worth
    from simulator.results.run_result import Figure
    from simulator.study.numbers import Language

NOT_COMPARED = frozenset({"parkers", "trips_done", "trips_unfinished"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of texts; the first column names the row."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A chapter."""

    title: str
    sentences: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    closing: tuple[str, ...] = ()


def title_of(benefit: Benefit, language: Language) -> str:
    """Of the report."""
    return f"Nutzen der Wegweiser: {benefit.town}" if language == "de" else f"Worth of the signs: {benefit.town}"


def sections(benefit: Benefit, language: Language) -> tuple[Section, ...]:
    """All chapters."""
    de = language == "de"
    days = [_day(benefit, list(cells), language) for _, cells in groupby(benefit.cells, key=lambda cell: cell.day)]
    reading = (*how_to_read(benefit, language), *judged_together(benefit, language))
    return (
        Section(title="In Kürze" if de else "In short", sentences=(in_short(benefit, language),)),
        Section(title="Wie zu lesen" if de else "How to read it", sentences=reading),
        *days,
        Section(title="Annahmen zum Wert" if de else "What the values rest on", sentences=value_notes(language)),
        Section(title="Grenzen des Modells" if de else "Limits of the model", sentences=limits(language)),
    )


def _day(benefit: Benefit, cells: Sequence[Cell], language: Language) -> Section:
    first, de = cells[0], language == "de"
    seeds = ", ".join(f"κ = {kappa_of(cell, language)}: {cell.seeds}" for cell in cells)
    parkers = number(first.parkers, 0, language)
    sentences = [
        f"{first.period}. Im Mittel wollen {parkers} Autofahrer in eine Parkanlage. Startwerte je Fall: {seeds}."
        if de
        else f"{first.period}. On average {parkers} drivers want to park in a facility. Seeds of each case: {seeds}.",
        *dict.fromkeys(said.de if de else said.en for cell in cells for said in cell.warnings),
    ]
    if failed := sum(cell.failed for cell in cells):
        sentences.append(f"{failed} Läufe scheiterten." if de else f"{failed} runs failed.")
    tables = [_all_signs(cells, language)]
    idle: tuple[str, ...] = ()
    if first.signs:
        moved = [sign for sign in first.signs if any(not _same(cell, sign.sign_id).main.unchanged for cell in cells)]
        idle = tuple(str(sign.sign_id) for sign in first.signs if sign not in moved)
        if moved:
            tables.append(_single(benefit, cells, [str(sign.sign_id) for sign in moved], language))
    if first.per_year is not None:
        tables.append(_values(cells, language))
    return Section(
        title=first.title_de if de else first.title_en,
        sentences=tuple(sentences),
        tables=tuple(tables),
        closing=_idle(idle, language),
    )


def _idle(idle: Sequence[str], language: Language) -> tuple[str, ...]:
    if not idle:
        return ()
    named = ", ".join(idle)
    if language == "de":
        return (f"Genau 0, weil sie in keinem Lauf jemanden umlenkten: {named}.",)
    return (f"Exactly 0, as they redirected nobody in any run: {named}.",)


def _all_signs(cells: Sequence[Cell], language: Language) -> Table:
    """Figures without signs and their change, a column for each share."""
    de = language == "de"
    rows = []
    for figure in BENEFIT_FIGURES:
        if figure.name in NOT_COMPARED:
            continue
        without = [cell.all_signs.comparisons[figure.name].variant_mean for cell in cells]
        label = figure.label_de if de else figure.label_en
        changes = [change(cell.all_signs.comparisons[figure.name], figure, language) for cell in cells]
        rows.append((f"{label}{_unit(figure)}", mean_of(without[0], figure, language), *changes))
    return Table(
        caption="Alle Wegweiser zusammen: Änderung gegenüber dunklen Wegweisern"
        if de
        else "All signs together: change against dark signs",
        header=("Größe" if de else "Figure", "ohne" if de else "without", *_columns(cells, language)),
        rows=tuple(rows),
    )


def _single(benefit: Benefit, cells: Sequence[Cell], sign_ids: Sequence[str], language: Language) -> Table:
    """Signs in the order of the model, a column for each share."""
    de = language == "de"
    figure = next(one for one in BENEFIT_FIGURES if one.name == MAIN)
    rows = []
    for sign_id in sign_ids:
        cellwise = []
        for cell in cells:
            worth = _same(cell, sign_id)
            turned = number(worth.turned_veh, 1, language)
            said = f"{turned} umgelenkt; " if de else f"{turned} redirected; "
            cellwise.append(said + change(worth.main, figure, language))
        rows.append((f"{sign_id}, {benefit.places[sign_id].name}", *cellwise))
    return Table(
        caption="Jeder Wegweiser für sich: Umgelenkte je Lauf, Änderung der Zeit der Parkenden in Stunden gegenüber "
        "allen Wegweisern ohne diesen"
        if de
        else "Each sign by itself: drivers redirected per run, change of the parkers' time in hours against all signs "
        "but this one",
        header=("Wegweiser" if de else "Sign", *_columns(cells, language)),
        rows=tuple(rows),
    )


def _values(cells: Sequence[Cell], language: Language) -> Table:
    """Value per year of such days, of all signs and of those signs for which it is known."""
    de = language == "de"
    named: list[tuple[str | None, str]] = [(None, "Alle Wegweiser zusammen" if de else "All signs together")]
    proven = [sign.sign_id for cell in cells for sign in cell.signs if sign.eur_year is not None]
    named += [(sign_id, str(sign_id)) for sign_id in dict.fromkeys(proven)]
    rows = [(name, *(_value(_same(cell, sign_id), language) for cell in cells)) for sign_id, name in named]
    per_year = cells[0].per_year
    days = f"{per_year.low:g}-{per_year.high:g}" if per_year is not None else "?"
    return Table(
        caption=f"Nutzen in Euro je Jahr an {days} solchen Tagen in den simulierten Stunden (negativ: Schaden)"
        if de
        else f"Benefit in euros per year on {days} such days in the simulated hours (negative: a loss)",
        header=("", *_columns(cells, language)),
        rows=tuple(rows),
    )


def _value(worth: Worth, language: Language) -> str:
    if worth.eur_year is None:
        return nothing(worth.main, language)
    low, high = (number(round(end, -2), 0, language, signed=True) for end in (worth.eur_year.low, worth.eur_year.high))
    return f"{low} bis {high} €" if language == "de" else f"{low} to {high} €"


def _unit(figure: Figure) -> str:
    if figure.name in SHARES:
        return ", %"
    return "" if figure.unit == "1" else f", {figure.unit}"


def _columns(cells: Sequence[Cell], language: Language) -> tuple[str, ...]:
    return tuple(f"κ = {kappa_of(cell, language)}" for cell in cells)


def _same(cell: Cell, sign_id: str | None) -> Worth:
    if sign_id is None:
        return cell.all_signs
    return next(sign for sign in cell.signs if sign.sign_id == sign_id)
