"""What a map shows: values, colours and words.  Three kinds: load, selected trips, difference of two results."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from api.planning.results.courses import ResultLinks

    Floats = NDArray[np.float64]

LOAD_STEPS = (0.5, 0.75, 0.9, 1.0)
"""Limits of the load scale, those of the live page and the capacity itself."""
LOAD_COLOURS = ("#2b9c8a", "#f2c230", "#ea7317", "#a50f2d", "#3a0a4a")
"""They differ in lightness too, so that they hold for colour-blind eyes and in print without colour."""
UNKNOWN_COLOUR = "#8c96a1"
SELECTED_COLOUR = "#0b4a8f"
MORE_COLOUR, LESS_COLOUR = "#b2182b", "#2166ac"
THIN_SPACE = "\u202f"
LEAST_SHARE_SHOWN = 0.005
"""A change below this share of the largest one is not drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Words around a map, German first."""

    title_de: str
    title_en: str
    name: str
    """Of the town or the file."""
    kind: str = ""
    """What the model says of itself, in both languages; stands under the title."""
    notes: tuple[str, ...] = ()
    """Lines below the legend."""
    sources: tuple[str, ...] = ()
    """Source and licence."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MapContent:
    """R links with a width and a colour each."""

    wording: Wording
    links: ResultLinks
    value: Floats
    """(R,) at least 0, drawn as width; links with 0 are drawn as a thin grey line."""
    label: Floats
    """(R,) the figure written beside the link; both directions are summed."""
    signed: bool
    colours: tuple[str, ...]
    width_title: tuple[str, str]
    colour_title: tuple[str, str]
    colour_key: tuple[tuple[str, str], ...]
    """Colours of the legend with their meaning."""
    crossed: tuple[int, ...] = ()
    """Closed links: a cross stands on them."""
    ringed: tuple[int, ...] = ()
    """Chosen links: a ring stands on them."""


def load_map(
    links: ResultLinks,
    volume: Floats,
    ratio: Floats,
    *,
    unit: tuple[str, str],
    wording: Wording,
    peak: bool,
    closed: tuple[int, ...] = (),
) -> MapContent:
    """Width by volume, colour by volume over capacity; `peak` says that the ratio is that of the peak hour."""
    steps = ("< 0.5", "0.5 – 0.75", "0.75 – 0.9", "0.9 – 1.0", "≥ 1.0")
    key = tuple(zip(LOAD_COLOURS, steps, strict=True))
    if np.isnan(ratio[volume > 0.0]).any():
        key = (*key, (UNKNOWN_COLOUR, "unbekannt / unknown"))
    hour = (" in der Spitzenstunde", " in the peak hour") if peak else ("", "")
    return MapContent(
        wording=wording,
        links=links,
        value=volume,
        label=volume,
        signed=False,
        colours=tuple(load_colour(each) for each in ratio),
        width_title=(f"Verkehrsstärke, {unit[0]}", f"Volume, {unit[1]}"),
        colour_title=(f"Auslastung{hour[0]}", f"Volume over capacity{hour[1]}"),
        colour_key=key,
        crossed=closed,
    )


def load_colour(ratio: float) -> str:
    """Colour of a volume-capacity ratio; grey where it is not known."""
    if math.isnan(ratio):
        return UNKNOWN_COLOUR
    return LOAD_COLOURS[sum(ratio >= step for step in LOAD_STEPS)]


def selection_map(
    links: ResultLinks, volume: Floats, *, unit: tuple[str, str], wording: Wording, chosen: tuple[int, ...] = ()
) -> MapContent:
    """Width by the volume of the selected trips; `chosen` are the links they are selected by."""
    return MapContent(
        wording=wording,
        links=links,
        value=volume,
        label=volume,
        signed=False,
        colours=(SELECTED_COLOUR,) * len(volume),
        width_title=(f"Fahrten der Auswahl, {unit[0]}", f"Selected trips, {unit[1]}"),
        colour_title=("", ""),
        colour_key=(),
        ringed=chosen,
    )


def difference_map(
    links: ResultLinks,
    difference: Floats,
    *,
    unit: tuple[str, str],
    wording: Wording,
    closed: tuple[int, ...] = (),
) -> MapContent:
    """Width by the absolute change, red for more and blue for less."""
    size = np.abs(difference)
    shown = size >= LEAST_SHARE_SHOWN * max(float(size.max(initial=0.0)), 1e-9)
    return MapContent(
        wording=wording,
        links=links,
        value=np.where(shown, size, 0.0),
        label=difference,
        signed=True,
        colours=tuple(MORE_COLOUR if each > 0.0 else LESS_COLOUR for each in difference),
        width_title=(f"Änderung, {unit[0]}", f"Change, {unit[1]}"),
        colour_title=("Änderung B – A", "Change B – A"),
        colour_key=((MORE_COLOUR, "mehr / more (+)"), (LESS_COLOUR, "weniger / less (–)")),
        crossed=closed,
    )


def rounding_step(largest: float) -> float:
    """Power of ten to which figures on a map are rounded: two digits of the largest stay, at least ones."""
    if largest <= 0.0:
        return 1.0
    return 10.0 ** max(0, math.floor(math.log10(largest)) - 2)


def figure_text(value: float, *, signed: bool = False) -> str:
    """Whole number with thin spaces between thousands, as German and English readers both understand."""
    text = f"{abs(value):,.0f}".replace(",", THIN_SPACE)
    if not signed or value == 0.0:
        return text if value >= 0.0 else f"–{text}"
    return f"+{text}" if value > 0.0 else f"–{text}"


def nice_values(largest: float, count: int = 4) -> Sequence[float]:
    """Round numbers (1, 2 or 5 times a power of ten) up to `largest`, the largest first, for a legend."""
    if largest <= 0.0:
        return ()
    exponent = math.floor(math.log10(largest))
    steps = [factor * 10.0**power for power in range(exponent + 1, exponent - 4, -1) for factor in (5.0, 2.0, 1.0)]
    return [step for step in steps if step <= largest * 1.0001][:count]
