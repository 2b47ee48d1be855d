"""Shapes and texts of an SVG page in tenths of a millimetre; x runs right, y down."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PAGE_WIDTH, PAGE_HEIGHT = 2970, 2100
"""A4 landscape."""
MARGIN = 120
FONT = "DejaVu Sans, Arial, Helvetica, sans-serif"
SIGN_WIDTH = 0.62
"""Mean width of a sign over the height of its font."""
INK, SOFT, GRID, FINE_GRID = "#17202a", "#5b6673", "#b5bdc5", "#e3e7ea"
GREEN, AMBER, RED = "#2ca05a", "#f5b800", "#c1272d"

Point = tuple[float, float]


def number(value: float) -> str:
    """A coordinate with at most one decimal, written the same way everywhere."""
    text = f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def line(a: Point, b: Point, colour: str, width: float, dashes: str = "") -> str:
    """Straight line."""
    dash = f' stroke-dasharray="{dashes}"' if dashes else ""
    ends = f'x1="{number(a[0])}" y1="{number(a[1])}" x2="{number(b[0])}" y2="{number(b[1])}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{number(width)}"{dash}/>'


def rect(
    corner: Point, size: Point, fill: str, *, stroke: str = "none", width: float = 0.0, radius: float = 0.0
) -> str:
    """Rectangle from its upper left corner."""
    place = f'x="{number(corner[0])}" y="{number(corner[1])}" width="{number(size[0])}" height="{number(size[1])}"'
    edge = f' stroke="{stroke}" stroke-width="{number(width)}"' if stroke != "none" else ""
    rounded = f' rx="{number(radius)}"' if radius else ""
    return f'<rect {place} fill="{fill}"{edge}{rounded}/>'


def polygon(points: Sequence[Point], fill: str, *, opacity: float = 1.0, stroke: str = "none", width: float = 0) -> str:
    """Closed area."""
    corners = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    edge = f' stroke="{stroke}" stroke-width="{number(width)}"' if stroke != "none" else ""
    clear = f' fill-opacity="{opacity:g}"' if opacity < 1.0 else ""
    return f'<polygon points="{corners}" fill="{fill}"{clear}{edge}/>'


def curve(points: Sequence[Point], colour: str, width: float, dashes: str = "") -> str:
    """Cubic curve through its first and last of four points."""
    dash = f' stroke-dasharray="{dashes}"' if dashes else ""
    start, first, second, end = ((number(x), number(y)) for x, y in points)
    shape = f"M{start[0]} {start[1]}C{first[0]} {first[1]} {second[0]} {second[1]} {end[0]} {end[1]}"
    return f'<path d="{shape}" fill="none" stroke="{colour}" stroke-width="{number(width)}"{dash}/>'


def text(
    at: Point,
    words: str,
    size: float,
    *,
    colour: str = INK,
    anchor: str = "start",
    bold: bool = False,
    turn_deg: float = 0.0,
    halo: bool = False,
) -> str:
    """A line of text from its baseline; `anchor` is start, middle or end."""
    more = f' text-anchor="{anchor}"' if anchor != "start" else ""
    more += ' font-weight="bold"' if bold else ""
    more += f' transform="rotate({number(turn_deg)} {number(at[0])} {number(at[1])})"' if turn_deg else ""
    more += ' stroke="white" stroke-width="8" stroke-linejoin="round" paint-order="stroke"' if halo else ""
    place = f'x="{number(at[0])}" y="{number(at[1])}" font-size="{number(size)}" fill="{colour}"'
    return f"<text {place}{more}>{escape(printable(words))}</text>"


def printable(words: str) -> str:
    """A text without the signs that XML does not allow."""
    return "".join(sign if sign.isprintable() else " " for sign in words)


def text_width(words: str, size: float) -> float:
    """Estimated width of a text."""
    return SIGN_WIDTH * size * len(words)


def fitted(words: str, size: float, room: float) -> str:
    """A text, its end left out where it would be wider than `room`."""
    most = max(1, int(room / (SIGN_WIDTH * size)))
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def wrapped(words: str, size: float, room: float) -> list[str]:
    """A text in lines no wider than `room`, broken at blanks; a word that is too long is cut."""
    lines: list[str] = []
    for word in words.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(fitted(word, size, room))
    return lines


def group(key: str, value: str, parts: Iterable[str]) -> str:
    """Parts that belong together, with a `data-` attribute by which they are found."""
    return f'<g data-{key}="{escape(printable(value))}">{"".join(parts)}</g>'


def page(title: str, parts: Iterable[str], definitions: str = "") -> str:
    """The whole file: A4 landscape on white."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="297mm" height="210mm" '
        f'viewBox="0 0 {PAGE_WIDTH} {PAGE_HEIGHT}" font-family="{FONT}">'
    )
    body = "\n".join(parts)
    kept = f"<defs>{definitions}</defs>\n" if definitions else ""
    ground = rect((0, 0), (PAGE_WIDTH, PAGE_HEIGHT), "white")
    return f"{head}\n<title>{escape(printable(title))}</title>\n{kept}{ground}\n{body}\n</svg>\n"


def heading(kind: str, name: str, facts: str) -> list[str]:
    """Kind of drawing, name of what is drawn, and a line of facts."""
    room = PAGE_WIDTH - 2 * MARGIN
    kind_room = text_width(kind, 34) + 60
    return [
        text((MARGIN, 165), fitted(name, 58, room - kind_room), 58, bold=True),
        text((PAGE_WIDTH - MARGIN, 165), kind, 38, colour=SOFT, anchor="end"),
        text((MARGIN, 228), fitted(facts, 34, room), 34, colour=SOFT),
        line((MARGIN, 258), (PAGE_WIDTH - MARGIN, 258), INK, 4),
    ]
