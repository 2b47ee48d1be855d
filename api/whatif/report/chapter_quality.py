"""Chapter 6: level of service of every approach, base against variants."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from api.whatif.report.blocks import Column, bullet_list, chapter, paragraph, table, variant_heading
from api.whatif.report.hbs import LEVELS, UNSIGNALISED_LIMITS_S
from api.whatif.report.markup import Html, both, joined, tag, text, words
from api.whatif.report.measures import HOUR_S, intervals_of_an_hour, level_change, qualities
from api.whatif.report.numbers import NOTHING, clock, number
from signal_plans.fixed_time.levels import LEVEL_BOUNDS_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.whatif.report.content import ReportContent
    from api.whatif.report.measures import Quality

    Qualities = Sequence[Quality]

CONTROLS = {
    "signal": ("Lichtsignal", "signals"),
    "give_way": ("Vorfahrt", "give way"),
    "roundabout": ("Kreisverkehr", "roundabout"),
    "grade_separated": ("planfrei", "grade-separated"),
    "gate": ("Rand des Modells", "edge of the model"),
    "none": ("ohne Regelung", "uncontrolled"),
}


def quality(content: ReportContent) -> Html:
    """The chapter."""
    base = qualities(content, content.base.tables)
    others = [qualities(content, variant.scenario.tables) for variant in content.variants]
    parts = [_changes(content, place, base, other) for place, other in enumerate(others)]
    return chapter(
        "quality",
        6,
        both("Qualitätsstufen der Zufahrten nach HBS", "Levels of service of the approaches (HBS)"),
        _method(),
        _limits(),
        joined(parts),
        _all(content, base, others),
    )


def _method() -> Html:
    return Html(
        tag("p", tag("strong", both("Grenzwerte noch zu bestätigen.", "Thresholds to be confirmed.")), class_="warning")
        + paragraph(
            "Mittlerer Zeitverlust der Zufahrt in der verkehrsreichsten Stunde ihres Knotenpunkts, aus der Simulation "
            "statt aus den Formeln des Handbuchs. F steht, wo in dieser Stunde mehr Kfz ankommen als abfließen, sodass "
            "der Stau wächst. Ohne Intervalle: Wechsel einzelner Zufahrten nahe einem Grenzwert können Zufall sein.",
            "Mean delay of the approach in the busiest hour of its junction, from the simulation instead of the "
            "formulas of the manual. F stands where more vehicles arrive in this hour than leave, so that the queue "
            "grows. Without intervals: changes of single approaches near a threshold may be chance.",
        )
    )


def _limits() -> Html:
    columns = (Column(head=both("Regelung", "Control")), *(Column(head=text(level), numeric=True) for level in LEVELS))
    kinds = (
        (both("mit Lichtsignal", "with signals"), LEVEL_BOUNDS_S),
        (both("ohne Lichtsignal", "without signals"), UNSIGNALISED_LIMITS_S),
    )
    rows = [
        (
            kind,
            *(text(f"≤\u00a0{limit:.0f}") for limit in limits),
            text(f">\u00a0{limits[-1]:.0f}"),
            both("Stau wächst", "queue grows"),
        )
        for kind, limits in kinds
    ]
    caption = both(
        "Grenzen des mittleren Zeitverlusts, s (zu bestätigen)", "Limits of the mean delay, s (to be confirmed)"
    )
    return table("hbs-limits", caption, columns, rows)


def _changes(content: ReportContent, place: int, base: Qualities, other: Qualities) -> Html:
    """Approaches whose level changes, the largest change first, worse before better."""
    variant = content.variants[place]
    moved = [index for index in range(len(base)) if level_change(base[index], other[index])]
    moved.sort(
        key=lambda index: (-abs(level_change(base[index], other[index])), -_more(base[index], other[index]), index)
    )
    worse = sum(level_change(base[index], other[index]) > 0 for index in moved)
    said = paragraph(
        f"{worse} von {len(base)} Zufahrten werden schlechter, {len(moved) - worse} besser eingestuft.",
        f"{worse} of {len(base)} approaches get a worse level, {len(moved) - worse} a better one.",
    )
    if not moved:
        return Html(variant_heading(variant, place) + said)
    columns = (
        Column(head=both("Zufahrt", "Approach")),
        Column(head=both("Regelung", "Control")),
        Column(head=both("Basis, s", "Base, s"), numeric=True),
        Column(head=both("Stufe", "Level")),
        Column(head=both("Variante, s", "Variant, s"), numeric=True),
        Column(head=both("Stufe", "Level")),
        Column(head=both("Stunde", "Hour"), numeric=True),
    )
    rows = [
        (
            _name(content, index),
            _control(content, index),
            *_seen(base[index]),
            *_seen(other[index]),
            _hour(content, other[index]),
        )
        for index in moved
    ]
    caption = both(f"V{place + 1}: Zufahrten, deren Stufe sich ändert", f"V{place + 1}: approaches whose level changes")
    return Html(variant_heading(variant, place) + said + table(f"hbs-{place}", caption, columns, rows))


def _all(content: ReportContent, base: Qualities, others: Sequence[Qualities]) -> Html:
    columns = [
        Column(head=both("Zufahrt", "Approach")),
        Column(head=both("Regelung", "Control")),
        Column(head=both("Basis, s", "Base, s"), numeric=True),
        Column(head=both("Stufe", "Level")),
    ]
    for place in range(len(others)):
        columns.append(Column(head=both(f"V{place + 1}, s", f"V{place + 1}, s"), numeric=True))
        columns.append(Column(head=both(f"V{place + 1} Stufe", f"V{place + 1} level")))
    rows = [
        (
            _name(content, index),
            _control(content, index),
            *_seen(base[index]),
            *(cell for other in others for cell in _seen(other[index])),
        )
        for index in range(len(base))
    ]
    caption = both("Alle Zufahrten", "All approaches")
    names = bullet_list(
        [Html(f"V{place + 1}: " + words(variant.scenario.title)) for place, variant in enumerate(content.variants)],
        "plain",
    )
    opener = tag("summary", both(f"Alle {len(rows)} Zufahrten", f"All {len(rows)} approaches"))
    return tag("details", opener, names, table("hbs-all", caption, columns, rows))


def _more(base: Quality, other: Quality) -> float:
    """Additional delay, s; 0 where it is not known."""
    more = other.mean_delay_s - base.mean_delay_s
    return more if math.isfinite(more) else 0.0


def _name(content: ReportContent, index: int) -> Html:
    approach = content.approaches[index]
    link = next(link for link in content.links if link.link_id == approach.link_id)
    junction = approach.name if approach.junction_id in approach.name else f"{approach.name} ({approach.junction_id})"
    return Html(text(junction) + tag("small", f"{link.name or link.link_id} ({link.link_id})"))


def _control(content: ReportContent, index: int) -> Html:
    return both(*CONTROLS[content.approaches[index].control])


def _seen(seen: Quality) -> tuple[Html, Html]:
    level = tag("span", seen.level, class_=f"level level-{seen.level}") if seen.level else text(NOTHING)
    return number(seen.mean_delay_s, 1), level


def _hour(content: ReportContent, seen: Quality) -> Html:
    begin_s = content.begin_s + seen.first_interval * content.interval_s
    end_s = begin_s + min(HOUR_S, intervals_of_an_hour(content) * content.interval_s)
    return text(f"{clock(begin_s, content.timezone)}–{clock(end_s, content.timezone, end=True)}")
