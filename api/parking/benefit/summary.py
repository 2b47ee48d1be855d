"""What the figures say in one paragraph, and how far they hold together, in German and English."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from api.parking.benefit.changes import change, kappa_of, mean_of
from simulator.benefit.figures import BENEFIT_FIGURES, MAIN
from simulator.study.intervals import holm
from simulator.study.numbers import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.parking.benefit.content import Benefit, Cell
    from simulator.study.numbers import Language

_SHOWN = (
    ("found_full_veh", "Ankünfte an vollen Anlagen", "arrivals at full facilities"),
    (MAIN, "Zeit der Parkenden in Stunden", "time of parkers in hours"),
)


def in_short(benefit: Benefit, language: Language) -> str:
    """In which situations signs redirect anybody, and what changes then: only what the runs say."""
    de = language == "de"
    idle = [cell for cell in benefit.cells if cell.all_signs.turned_veh == 0.0 and cell.all_signs.main.unchanged]
    others = [cell for cell in benefit.cells if cell not in idle]
    said = [
        "κ ist der Anteil der Fahrer, die Wegweiser beachten." if de else "κ is the share of drivers who obey signs."
    ]
    if idle:
        named = _named(idle, language)
        said.append(
            f"Niemanden lenken die Wegweiser um, und nichts ändert sich, in diesen Lagen: {named}."
            if de
            else f"Signs redirect nobody and change nothing in these situations: {named}."
        )
    if others:
        said.append("Umgelenkt wird in diesen Lagen." if de else "Drivers are redirected in these situations.")
        said += [_of_cell(cell, language) for cell in others]
    said.append(
        "Das sagt ein Modell mit angenommenem Parkwunsch, keine Messung; die Grenzen stehen am Ende."
        if de
        else "This is what a model with an assumed wish to park says, not a measurement; its limits stand at the end."
    )
    return " ".join(said)


def _of_cell(cell: Cell, language: Language) -> str:
    de = language == "de"
    turned, parkers = number(cell.all_signs.turned_veh, 0, language), number(cell.parkers, 0, language)
    parts = [
        f"{turned} von {parkers} Parkenden umgelenkt (Mittel aus {cell.seeds} Läufen)"
        if de
        else f"{turned} of {parkers} parkers redirected (mean of {cell.seeds} runs)"
    ]
    for name, label_de, label_en in _SHOWN:
        figure = next(one for one in BENEFIT_FIGURES if one.name == name)
        one = cell.all_signs.comparisons[name]
        without = mean_of(one.variant_mean, figure, language)
        base = f"ohne Wegweiser {without}" if de else f"without signs {without}"
        parts.append(f"{label_de if de else label_en} {change(one, figure, language)}, {base}")
    return f"{_named([cell], language)}: {'; '.join(parts)}."


def _named(cells: Sequence[Cell], language: Language) -> str:
    """Titles of days, each with its shares."""
    title = (lambda cell: cell.title_de) if language == "de" else (lambda cell: cell.title_en)
    return "; ".join(
        f"{day} (κ = {' / '.join(kappa_of(cell, language) for cell in of_day)})"
        for day, of_day in groupby(cells, key=title)
    )


def judged_together(benefit: Benefit, language: Language) -> tuple[str, ...]:
    """How often chance alone would make a cell stand out, which hold all together, and what ranges in euros are not."""
    de = language == "de"
    mains = {
        str(place): cell.all_signs.main
        for place, cell in enumerate(benefit.cells)
        if cell.all_signs.main.p_value is not None and not cell.all_signs.main.unchanged
    }
    said = []
    if len(mains) > 1:
        held = holm({place: one.p_value for place, one in mains.items()}, 1.0 - benefit.confidence)
        kept = [cell for place, cell in enumerate(benefit.cells) if str(place) in held]
        chance = number((1.0 - benefit.confidence) * len(mains), 2, language)
        share = number(100.0 * (1.0 - benefit.confidence), 0, language)
        named = _named(kept, language) if kept else ("keine" if de else "none")
        said.append(
            f"Die Zeit der Parkenden wird in {len(mains)} Lagen (Tag und κ) geprüft, jede für sich mit {share} % "
            f"Irrtum und ohne Korrektur für ihre Zahl: Änderten die Wegweiser nichts, fielen im Mittel {chance} davon "
            f"durch Zufall auf. Alle zusammen geprüft (Holm) sind gesichert: {named}."
            if de
            else f"The time of parkers is tested in {len(mains)} situations (day and κ), each by itself at {share} % "
            f"and not corrected for their number: if signs changed nothing, {chance} of them on average would stand "
            f"out by chance. Tested all together (Holm) these are established: {named}."
        )
    if any(cell.signs for cell in benefit.cells):
        said.append(
            "Einen Wert in Euro hat ein einzelner Wegweiser nur, wenn seine Änderung mit denen aller anderen zusammen "
            "gesichert ist (Holm). Seine Spanne ist aber, wie jedes gezeigte Intervall, für ihn allein berechnet und "
            "nicht für die Zahl der Wegweiser verbreitert: Dass alle Spannen zugleich stimmen, ist weniger sicher."
            if de
            else "A single sign has a value in euros only where its change is established together with those of all "
            "others (Holm). Its range, as every interval shown, is computed for that sign alone and is not widened for "
            "the number of signs: that all ranges hold at once is less certain."
        )
    return tuple(said)
