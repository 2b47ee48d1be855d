"""Chapter 3: maps of differences, and the links that change most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from api.whatif.report.blocks import chapter, figure, paragraph, variant_heading
from api.whatif.report.difference_map import ground_of, map_picture, steps_of, street_symbol
from api.whatif.report.link_changes import LEAST_VEH, change_of
from api.whatif.report.link_tables import delay_table, link_names, top_links, volume_table
from api.whatif.report.map_legend import map_legend
from api.whatif.report.markup import Html, both, joined
from api.whatif.report.numbers import plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from api.whatif.report.content import ReportContent
    from api.whatif.report.difference_map import Ground, Steps
    from api.whatif.report.link_changes import Change

    Floats = NDArray[np.float64]


def maps(content: ReportContent) -> Html:
    """The chapter."""
    ground = ground_of(content)
    changes = [change_of(content.base.tables, variant) for variant in content.variants]
    inside = np.array(ground.inside)
    largest = max(float(change.width_veh[inside].max(initial=0.0)) for change in changes)
    volumes = steps_of([change.shown_veh[inside] for change in changes], largest)
    delays = steps_of([change.shown_delay_s[inside] for change in changes], largest)
    intro = paragraph(
        "Farbe: Änderung gegenüber der Basis. Breite: Verkehrsstärke im Zeitraum, die größere von Basis und Variante. "
        "Jede Richtung liegt rechts ihrer Achse. Dünn grau: kaum geändert oder außerhalb der Stadt. "
        "Alle Karten gleicher Art haben dieselbe Skala.",
        "Colour: change against the base. Width: volume of the period, the larger of base and variant. "
        "Each direction lies to the right of its axis. Thin grey: hardly changed, or outside the town. "
        "All maps of one kind have the same scale.",
    )
    parts = [_variant(content, place, change, ground, (volumes, delays)) for place, change in enumerate(changes)]
    title = both("Karten der Unterschiede", "Maps of differences")
    return chapter("maps", 3, title, intro, street_symbol(ground), joined(parts))


def _variant(content: ReportContent, place: int, change: Change, ground: Ground, steps: tuple[Steps, Steps]) -> Html:
    variant = content.variants[place]
    by_veh, by_delay = top_links(change.shown_veh, ground), top_links(change.more_delay_h, ground)
    return Html(
        variant_heading(variant, place)
        + _volume_figure(content, place, change, ground, steps[0])
        + volume_table(content, place, change, by_veh)
        + _delay_figure(content, place, change, ground, steps[1])
        + delay_table(content, place, change, by_delay)
    )


def _volume_figure(content: ReportContent, place: int, change: Change, ground: Ground, steps: Steps) -> Html:
    key = f"map-volume-{place}"
    titles = [
        f"{name}: {plain(a)} → {plain(b)} ({plain(b - a, signed=True)})"
        for name, a, b in zip(link_names(content), change.base_veh, change.variant_veh, strict=True)
    ]
    marked = _marked(content, place)
    picture = map_picture(
        ground, steps, change.shown_veh, change.width_veh, marked=marked, titles=titles, name=f"{key}-says"
    )
    counts = _counts(change.shown_veh, ground, steps)
    known = content.variants[place].entered_half_width_veh is not None
    said = both(
        f"{counts[0]} Strecken mit mehr, {counts[1]} mit weniger Verkehr"
        f"{'; Unterschiede im Bereich des Zufalls sind grau' if known else ''}.",
        f"{counts[0]} links with more, {counts[1]} with less traffic"
        f"{'; differences that may be chance are grey' if known else ''}.",
    )
    title = both("Verkehrsstärke im Zeitraum, Kfz", "Volume of the period, veh")
    return figure(key, picture, title, said, map_legend(ground, steps, ("Kfz", "veh"), marked=bool(marked)))


def _delay_figure(content: ReportContent, place: int, change: Change, ground: Ground, steps: Steps) -> Html:
    key = f"map-delay-{place}"
    both_delays = zip(link_names(content), change.base_delay_s, change.variant_delay_s, strict=True)
    titles = [f"{name}: {plain(a)} → {plain(b)} s ({plain(b - a, signed=True)} s)" for name, a, b in both_delays]
    marked = _marked(content, place)
    picture = map_picture(
        ground, steps, change.shown_delay_s, change.width_veh, marked=marked, titles=titles, name=f"{key}-says"
    )
    counts = _counts(change.shown_delay_s, ground, steps)
    said = both(
        f"{counts[0]} Strecken mit mehr, {counts[1]} mit weniger Zeitverlust; "
        f"nur Strecken, die mindestens {LEAST_VEH:.0f} Kfz befahren. Ohne Intervalle: Unterschiede einzelner Strecken "
        "können Zufall sein.",
        f"{counts[0]} links with more, {counts[1]} with less delay; only links that at least {LEAST_VEH:.0f} veh use. "
        "Without intervals: differences of single links may be chance.",
    )
    title = both("Mittlerer Zeitverlust je Kfz, s", "Mean delay per vehicle, s")
    return figure(key, picture, title, said, map_legend(ground, steps, ("s", "s"), marked=bool(marked)))


def _marked(content: ReportContent, place: int) -> list[int]:
    wanted = frozenset(content.variants[place].marked_links)
    return [index for index, link in enumerate(content.links) if link.link_id in wanted]


def _counts(change: Floats, ground: Ground, steps: Steps) -> tuple[int, int]:
    colours = [steps.colour(float(each)) for each, inside in zip(change, ground.inside, strict=True) if inside]
    return sum(colour > 0 for colour in colours), sum(colour < 0 for colour in colours)
