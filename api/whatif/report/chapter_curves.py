"""Chapters 4 and 5: queues and car parks over the period, base against variant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from api.whatif.report.blocks import chapter, figure, key_line, paragraph, variant_heading
from api.whatif.report.curves import Curve, Period, curve_picture
from api.whatif.report.markup import Html, both, joined, tag, text
from api.whatif.report.measures import largest_changes
from api.whatif.report.numbers import clock, german, plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from api.whatif.report.content import FacilityCurve, ReportContent

    Floats = NDArray[np.float64]

APPROACHES = 6
BASE, VARIANT = both("Basis", "Base"), both("Variante", "Variant")


def queues(content: ReportContent) -> Html:
    """Queued vehicles of the whole town, and the longest queues of the approaches that change most."""
    intro = paragraph(
        f"Die ganze Stadt: Kfz im Stau am Ende jedes Intervalls. Zufahrten: längster Stau im Intervall, Kfz; gezeigt "
        f"sind die höchstens {APPROACHES} Zufahrten, deren Kurven am weitesten auseinanderliegen. Mittel der Läufe.",
        f"The whole town: queued vehicles at the end of each interval. Approaches: longest queue of the interval, veh; "
        f"shown are at most {APPROACHES} approaches whose curves lie farthest apart. Means of the runs.",
    )
    key = key_line(("base", BASE), ("variant", VARIANT))
    parts = [_queues(content, place) for place in range(len(content.variants))]
    return chapter("queues", 4, both("Stau im Zeitverlauf", "Queues over time"), intro, key, joined(parts))


def occupancy(content: ReportContent) -> Html:
    """Occupied places of every car park."""
    intro = paragraph(
        "Belegte Stellplätze am Ende jedes Intervalls, Mittel der Läufe.",
        "Occupied places at the end of each interval, means of the runs.",
    )
    capacity = both("Kapazität", "Capacity")
    key = key_line(("base", BASE), ("variant", VARIANT), ("capacity", capacity))
    parts = [_car_parks(content, place) for place in range(len(content.variants))]
    return chapter("parking", 5, both("Parkhäuser und Parkplätze", "Car parks"), intro, key, joined(parts))


def _queues(content: ReportContent, place: int) -> Html:
    variant = content.variants[place]
    base, other = content.base.tables, variant.scenario.tables
    town = _figure(
        content, f"queue-{place}-town", both("Ganze Stadt", "Whole town"), base.town_queued_veh, other.town_queued_veh
    )
    row = {link.link_id: index for index, link in enumerate(content.links)}
    rows = [row[approach.link_id] for approach in content.approaches]
    chosen = largest_changes(base.longest_queue_veh[rows], other.longest_queue_veh[rows], APPROACHES)
    pictures = [
        _figure(
            content,
            f"queue-{place}-{rank}",
            _approach(content, index),
            base.longest_queue_veh[rows[index]],
            other.longest_queue_veh[rows[index]],
        )
        for rank, index in enumerate(chosen)
    ]
    return Html(variant_heading(variant, place) + tag("div", town, *pictures, class_="multiples"))


def _approach(content: ReportContent, index: int) -> Html:
    approach = content.approaches[index]
    link = next(link for link in content.links if link.link_id == approach.link_id)
    return text(f"{approach.name}, {link.name or link.link_id} ({link.link_id})")


def _car_parks(content: ReportContent, place: int) -> Html:
    variant = content.variants[place]
    pictures: list[Html] = []
    for index, park in enumerate(content.car_parks):
        base = content.base.tables.facilities.get(park.facility_id)
        other = variant.scenario.tables.facilities.get(park.facility_id)
        if base is not None or other is not None:
            key = f"park-{place}-{index}"
            pictures.append(_park_figure(content, key, park.name, base, other))
    return Html(variant_heading(variant, place) + tag("div", *pictures, class_="multiples"))


def _park_figure(
    content: ReportContent, key: str, name: str, base: FacilityCurve | None, other: FacilityCurve | None
) -> Html:
    nothing = np.full(content.base.tables.intervals, np.nan)
    curves = (base.occupied_veh if base else nothing, other.occupied_veh if other else nothing)
    capacities = [curve.capacity_veh for curve in (base, other) if curve is not None]
    if len(capacities) == 2 and np.array_equal(capacities[0], capacities[1]):
        capacities = capacities[:1]
    largest = [float(np.nanmax(capacity)) for capacity in capacities if np.isfinite(capacity).any()]
    places = " → ".join(plain(each) for each in largest)
    said = both(f"Kapazität {places}.", f"Capacity {places}.") if places else text("")
    return _figure(content, key, text(name), *curves, capacities=capacities, said=said)


def _figure(
    content: ReportContent,
    key: str,
    title: Html,
    base: Floats,
    variant: Floats,
    *,
    capacities: list[Floats] | None = None,
    said: Html | None = None,
) -> Html:
    period = Period(begin_s=content.begin_s, end_s=content.end_s, timezone=content.timezone)
    at_s = content.begin_s + content.interval_s * np.arange(1, len(base) + 1, dtype=np.float64)
    at_s = np.minimum(at_s, content.end_s)
    curves = [Curve(kind="capacity", at_s=at_s, values=each) for each in capacities or ()]
    curves += [Curve(kind="base", at_s=at_s, values=base), Curve(kind="variant", at_s=at_s, values=variant)]
    peaks = [_peak(content, at_s, values) for values in (base, variant)]
    highest = both(
        f"Höchstwert Basis {peaks[0][0]}, Variante {peaks[1][0]}.",
        f"Highest: base {peaks[0][1]}, variant {peaks[1][1]}.",
    )
    words_of = highest if said is None else Html(f"{highest} {said}")
    return figure(key, curve_picture(curves, period, f"{key}-says"), title, words_of)


def _peak(content: ReportContent, at_s: Floats, values: Floats) -> tuple[str, str]:
    """Highest value and when, German and English; a dash where there is none."""
    if not np.isfinite(values).any():
        return "–", "–"
    place = int(np.nanargmax(values))
    highest = float(values[place])
    shown = plain(highest, 0 if highest >= 20.0 else 1)
    if highest <= 0.0:
        return "0", "0"
    when = clock(float(at_s[place]), content.timezone, end=True)
    return f"{german(shown)} um {when}", f"{shown} at {when}"
