"""Tables of the links that change most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from api.whatif.report.blocks import Column, table
from api.whatif.report.markup import Html, both, text
from api.whatif.report.numbers import number, percent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from api.whatif.report.content import ReportContent
    from api.whatif.report.difference_map import Ground
    from api.whatif.report.link_changes import Change

    Floats = NDArray[np.float64]

ROWS = 10


def link_names(content: ReportContent) -> list[str]:
    """Name and id of each link."""
    return [f"{link.name or link.link_id} ({link.link_id})" for link in content.links]


def top_links(change: Floats, ground: Ground) -> list[int]:
    """Links inside the town that change most, the largest change first; none that does not change."""
    size = np.where(np.isfinite(change) & np.array(ground.inside), np.abs(change), 0.0)
    return [int(index) for index in np.argsort(-size, kind="stable")[:ROWS] if size[index] > 0.0]


def volume_table(content: ReportContent, place: int, change: Change, top: list[int]) -> Html:
    """Links whose volume changes most."""
    columns = (
        Column(head=both("Strecke", "Link")),
        Column(head=both("Basis", "Base"), numeric=True),
        Column(head=both("Variante", "Variant"), numeric=True),
        Column(head=both("Differenz", "Difference"), numeric=True),
        Column(head=both("± 95 %", "± 95%"), numeric=True),
        Column(head=both("relativ", "relative"), numeric=True),
    )
    half = content.variants[place].entered_half_width_veh
    names = link_names(content)
    rows = [
        (
            text(names[index]),
            number(float(change.base_veh[index])),
            number(float(change.variant_veh[index])),
            number(float(change.more_veh[index]), signed=True),
            number(None if half is None else float(half[index])),
            percent(_share(float(change.more_veh[index]), float(change.base_veh[index]))),
        )
        for index in top
    ]
    caption = both(
        f"V{place + 1}: Die {len(rows)} Strecken, deren Verkehrsstärke sich am meisten ändert, Kfz im Zeitraum",
        f"V{place + 1}: the {len(rows)} links whose volume changes most, veh in the period",
    )
    return table(f"top-volume-{place}", caption, columns, rows)


def _share(more: float, of: float) -> float | None:
    return None if of == 0.0 else more / of


def delay_table(content: ReportContent, place: int, change: Change, top: list[int]) -> Html:
    """Links whose delay changes most."""
    columns = (
        Column(head=both("Strecke", "Link")),
        Column(head=both("Basis, s/Kfz", "Base, s/veh"), numeric=True),
        Column(head=both("Variante, s/Kfz", "Variant, s/veh"), numeric=True),
        Column(head=both("Differenz, s/Kfz", "Difference, s/veh"), numeric=True),
        Column(head=both("alle Kfz, h", "all vehicles, h"), numeric=True),
    )
    names = link_names(content)
    rows = [
        (
            text(names[index]),
            number(float(change.base_delay_s[index]), 1),
            number(float(change.variant_delay_s[index]), 1),
            number(float(change.variant_delay_s[index] - change.base_delay_s[index]), 1, signed=True),
            number(float(change.more_delay_h[index]), 1, signed=True),
        )
        for index in top
    ]
    caption = both(
        f"V{place + 1}: Die {len(rows)} Strecken, deren Zeitverlust (Summe aller Kfz) sich am meisten ändert",
        f"V{place + 1}: the {len(rows)} links whose delay (sum of all vehicles) changes most",
    )
    return table(f"top-delay-{place}", caption, columns, rows)
