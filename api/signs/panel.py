"""A dynamic parking sign as an SVG picture: blue panel, white names and arrows, a lamp field in each row.

Colours are those of the page; lamps are amber, green and red on black in the manner of EN 12966.  All lengths are in
the picture's own units.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from api.signs.lamps import ROWS, lit_dots

if TYPE_CHECKING:
    from collections.abc import Sequence

BLUE, EDGE, WHITE = "#0a4f9e", "#06305f", "#ffffff"
FIELD, DARK_LAMP = "#0b0d10", "#1d2126"
LIT = {"number": "#ffb52e", "free": "#4dff88", "full": "#ff6a5c", "closed": "#ff6a5c", "neutral": "#f4f6f8"}
FONTS = "'DIN Alternate','DIN 1451 Std',Barlow,'Noto Sans',Arial,'Liberation Sans',sans-serif"
ROW = 58.0
RIM = 15.0
HEAD = 78.0
ARROW = 48.0
GAP = 16.0
PITCH = 4.0
COLUMNS, FIELD_ROWS = 55, 11
FIELD_WIDTH, FIELD_HEIGHT = COLUMNS * PITCH, FIELD_ROWS * PITCH
SIZE, SMALL_SIZE = 27.0, 20.0
SHORTEST_NAME, LONGEST_NAME = 120.0, 330.0
FITS = 1.06
"""Estimated widths are on the wide side by about this."""
NARROWEST = 0.62
"""Letters are pressed together to this share of their width before they become smaller."""
ARROWS = {
    "straight": "M0-17 13-1H5V17H-5V-1H-13z",
    "left": "M-17 0-1-13V-5H17V5H-1V13z",
    "right": "M17 0 1-13V-5H-17V5H1V13z",
    "here": "M0 17-13 1H-5V-17H5V1H13z",
}
_DOTS = (
    f'<defs><pattern id="dark" width="{PITCH:g}" height="{PITCH:g}" patternUnits="userSpaceOnUse">'
    f'<circle cx="{PITCH / 2:g}" cy="{PITCH / 2:g}" r="{0.3 * PITCH:g}" fill="{DARK_LAMP}"/></pattern></defs>'
)
"""Lamps that are off."""
_WIDE = frozenset("mwMW@%QGOCDÖ+&")
_NARROW = frozenset("iljtfr.,;:|!'()[] /-I1")


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceRow:
    """One line of a sign: its fixed name and arrow, and what its lamps say."""

    label: str
    arrow: str
    display: str
    lamps: str
    spoken: str


def sign_svg(name: str, rows: Sequence[FaceRow], note: str = "") -> str:
    """Picture of a sign; title and description say the same to those who listen.

    note : stands first in the description, such as that the figures are examples
    """
    names = min(max([SHORTEST_NAME, *(_width(row.label, SIZE) for row in rows)]), LONGEST_NAME)
    width = HEAD + ARROW + names + GAP + FIELD_WIDTH + 2.0 * RIM
    height = len(rows) * ROW + 2.0 * RIM
    spoken = " ".join([*([note] if note else []), *(row.spoken for row in rows)])
    parts = [_frame(width, height), f'<title id="t">{_text(name)}</title><desc id="d">{_text(spoken)}</desc>', _DOTS]
    parts.append(_panel(width, height))
    for place, row in enumerate(rows):
        parts += _row(row, RIM + place * ROW, names, width, first=place == 0)
    return "".join([*parts, "</svg>\n"])


def _frame(width: float, height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}" '
        f'height="{_n(height)}" role="img" aria-labelledby="t d" font-family="{FONTS}">'
    )


def _panel(width: float, height: float) -> str:
    return (
        f'<rect x="0.5" y="0.5" width="{_n(width - 1)}" height="{_n(height - 1)}" rx="11" fill="{BLUE}" '
        f'stroke="{EDGE}"/><rect x="4.5" y="4.5" width="{_n(width - 9)}" height="{_n(height - 9)}" rx="8" fill="none" '
        f'stroke="{WHITE}" stroke-width="3"/><text x="{_n(RIM + HEAD / 2 - 3)}" y="{_n(height / 2 + 22)}" '
        f'font-size="62" font-weight="700" text-anchor="middle" fill="{WHITE}">P</text>'
    )


def _row(row: FaceRow, top: float, names: float, width: float, *, first: bool) -> list[str]:
    left = RIM + HEAD
    middle = top + ROW / 2
    parts = []
    if not first:
        parts.append(f'<path d="M{_n(left)} {_n(top)}H{_n(width - RIM - 4)}" stroke="{WHITE}" stroke-opacity="0.45"/>')
    arrow = ARROWS.get(row.arrow, ARROWS["straight"])
    parts.append(f'<path transform="translate({_n(left + ARROW / 2 - 3)} {_n(middle)})" d="{arrow}" fill="{WHITE}"/>')
    parts += _name(row.label, left + ARROW, middle, names)
    return parts + _field(row, width - RIM - FIELD_WIDTH, middle - FIELD_HEIGHT / 2)


def _name(label: str, x: float, middle: float, names: float) -> list[str]:
    """A name on one line, narrower if need be, else on two lines."""
    if _width(label, SIZE) * NARROWEST <= names or not (parts := _two_lines(label)):
        return [_line(label, x, middle + 0.35 * SIZE, names, SIZE)]
    upper, lower = parts
    return [
        _line(upper, x, middle - 0.16 * SMALL_SIZE, names, SMALL_SIZE),
        _line(lower, x, middle + 0.98 * SMALL_SIZE, names, SMALL_SIZE),
    ]


def _line(text: str, x: float, y: float, names: float, size: float) -> str:
    width = _width(text, size)
    if width * NARROWEST > names:
        size *= names / (width * NARROWEST)
    fit = f' textLength="{_n(names)}" lengthAdjust="spacingAndGlyphs"' if width > FITS * names else ""
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" font-weight="600" fill="{WHITE}"{fit}>'
        f"{_text(text)}</text>"
    )


def _two_lines(label: str) -> tuple[str, str] | None:
    """A label broken at the blank or hyphen nearest its middle."""
    places = [found.end() for found in re.finditer(r"[ \-/]", label) if 1 < found.end() < len(label)]
    if not places:
        return None
    place = min(places, key=lambda at: abs(at - len(label) / 2))
    return label[:place].rstrip(), label[place:]


def _field(row: FaceRow, x: float, y: float) -> list[str]:
    lit, columns = lit_dots(row.lamps)
    left = max((COLUMNS - columns) // 2, 0)
    top = (FIELD_ROWS - ROWS) // 2
    pitch = PITCH * min(1.0, (COLUMNS - 2) / max(columns, 1))
    start = 1.0 if pitch < PITCH else float(left)
    radius = 0.46 * pitch
    dots = "".join(
        f"M{_n((start * PITCH) + (c + 0.5) * pitch - radius)} {_n(top * PITCH + (r + 0.5) * pitch)}"
        f"a{_n(radius)} {_n(radius)} 0 1 1 {_n(2 * radius)} 0a{_n(radius)} {_n(radius)} 0 1 1 {_n(-2 * radius)} 0"
        for c, r in lit
    )
    colour = LIT.get(row.display, LIT["neutral"])
    return [
        f'<g transform="translate({_n(x)} {_n(y)})">',
        f'<rect width="{_n(FIELD_WIDTH)}" height="{_n(FIELD_HEIGHT)}" rx="3" fill="{FIELD}" stroke="#000000"/>',
        f'<rect width="{_n(FIELD_WIDTH)}" height="{_n(FIELD_HEIGHT)}" fill="url(#dark)"/>',
        f'<path d="{dots}" fill="{colour}"/></g>',
    ]


def _width(text: str, size: float) -> float:
    """Width of a name, estimated on the wide side: fonts differ."""
    em = sum(0.36 if letter in _NARROW else 0.86 if letter in _WIDE else 0.6 for letter in text)
    return em * size


def _text(text: str) -> str:
    return escape("".join(letter if letter.isprintable() else " " for letter in text))


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
