"""The signal timing plan: one row for each group, seconds of the cycle from left to right."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from signal_plans.drawing import svg
from signal_plans.drawing.words import Language, kind_word, named, word
from signal_plans.lamp import Lamp
from signal_plans.monitor import lamps_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signal_plans.programme import SignalProgramme
    from signal_plans.signal_group import SignalGroup

LEFT, RIGHT = 560.0, svg.PAGE_WIDTH - svg.MARGIN - 350.0
TOP, BOTTOM = 350.0, 1880.0
TALLEST_ROW = 125.0
COLUMN = 112.0
"""Width of a column of the table on the right."""
NOBODY: Mapping[str, tuple[str, ...]] = MappingProxyType({})
PALE_GREEN = "#8fd3a8"
HATCHES = (
    '<pattern id="amber" width="10" height="10" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="10" height="10" fill="{svg.AMBER}"/><rect width="3" height="10" fill="{svg.INK}"/></pattern>'
    '<pattern id="red-amber" width="10" height="10" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">'
    f'<rect width="10" height="10" fill="{svg.AMBER}"/><rect width="5" height="10" fill="{svg.RED}"/></pattern>'
    '<pattern id="permissive" width="18" height="18" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="18" height="18" fill="{svg.GREEN}"/><rect width="6" height="18" fill="{PALE_GREEN}"/></pattern>'
)


def timing_plan(
    programme: SignalProgramme,
    language: Language = Language.GERMAN,
    gives_way: Mapping[str, tuple[str, ...]] = NOBODY,
) -> str:
    """Draw a programme as SVG.

    gives_way : of each group with turns that give way, the groups that go first; its green is hatched while one of them
        is green
    """
    layout = programme.layout
    row = min(TALLEST_ROW, (BOTTOM - TOP) / len(layout.groups))
    facts = (
        f"{word('programme', language)} {programme.id}   ·   {word('cycle', language)} {programme.cycle_s} s   ·   "
        f"{word('offset', language)} {programme.offset_s} s"
    )
    name = named(layout.junction_id, layout.name)
    parts = svg.heading(word("timing_plan", language), name, facts)
    parts += _grid(programme.cycle_s, TOP, TOP + row * len(layout.groups), language)
    parts += _table_head(language)
    lamps = lamps_of(layout, programme.cycle_s, programme.greens, 0, programme.cycle_s)
    places = {name: place for place, name in enumerate(layout.groups)}
    for place, group in enumerate(layout.groups.values()):
        shown = [Lamp(int(value)) for value in lamps[:, place]]
        first = tuple(name for name in layout.groups if name in gives_way.get(group.id, ()))
        together = (lamps[:, [places[name] for name in first]] == Lamp.GREEN).any(axis=1).tolist()
        seconds = [(lamp, lamp is Lamp.GREEN and waits) for lamp, waits in zip(shown, together, strict=True)]
        row_parts = _row(programme, _Row(group, seconds, first), (TOP + row * place, row), language)
        parts.append(svg.group("group", group.id, row_parts))
    parts += _legend(language, hatched=bool(gives_way))
    return svg.page(f"{word('timing_plan', language)} {name} {programme.id}", parts, HATCHES)


def _x(second: float, cycle_s: int) -> float:
    return LEFT + (RIGHT - LEFT) * second / cycle_s


def _grid(cycle_s: int, top: float, bottom: float, language: Language) -> Iterator[str]:
    for second in range(0, cycle_s + 1, 5):
        whole = second % 10 == 0
        x = _x(second, cycle_s)
        yield svg.line((x, top), (x, bottom), svg.GRID if whole else svg.FINE_GRID, 2.5 if whole else 1.5)
        if whole:
            yield svg.text((x, top - 14), str(second), 28, colour=svg.SOFT, anchor="middle")
    if cycle_s % 5:
        yield svg.line((_x(cycle_s, cycle_s), top), (_x(cycle_s, cycle_s), bottom), svg.GRID, 2.5)
    yield svg.text((_x(cycle_s / 2, cycle_s), top - 52), word("second", language), 26, colour=svg.SOFT, anchor="middle")


def _table_head(language: Language) -> Iterator[str]:
    yield svg.text((svg.MARGIN, TOP - 14), word("group", language), 28, colour=svg.SOFT)
    for place, key in enumerate(("begin", "end", "length")):
        yield svg.text(
            (RIGHT + COLUMN * (place + 1) + 14, TOP - 14), word(key, language), 26, colour=svg.SOFT, anchor="end"
        )


class _Row(NamedTuple):
    """What a row shows."""

    group: SignalGroup
    seconds: list[tuple[Lamp, bool]]
    """Lamp of each second of the cycle, and whether it is green while others go first."""
    first: tuple[str, ...]
    """Who goes first."""


def _row(programme: SignalProgramme, of: _Row, place: tuple[float, float], language: Language) -> Iterator[str]:
    top, height = place
    group, cycle_s = of.group, programme.cycle_s
    middle = top + height / 2
    size = min(36.0, 0.62 * height)
    yield svg.line((svg.MARGIN, top + height), (svg.PAGE_WIDTH - svg.MARGIN, top + height), svg.FINE_GRID, 1.5)
    kind = kind_word(group.kind, language)
    kind_size = min(26.0, size)
    room = LEFT - svg.MARGIN - svg.text_width(kind, kind_size) - 55
    yield svg.text((svg.MARGIN, middle + 0.36 * size), svg.fitted(group.id, size, room), size, bold=True)
    yield svg.text((LEFT - 25, middle + 0.36 * kind_size), kind, kind_size, colour=svg.SOFT, anchor="end")
    bar = min(0.55 * height, 56.0)
    if of.first and height > 60.0:
        words = f"{word('waits_for', language)} {', '.join(of.first)}"
        below = middle + 0.36 * size + 30.0
        yield svg.text((svg.MARGIN, below), svg.fitted(words, 22, LEFT - svg.MARGIN - 30), 22, colour=svg.SOFT)
    for lamp, waits, first, length in _runs(of.seconds):
        yield _bar(lamp, (_x(first, cycle_s), _x(first + length, cycle_s)), middle, bar, waits=waits)
    windows = sorted(programme.greens[group.id], key=lambda window: window.start_s)
    yield from _numbers(windows_of=[(w.start_s, w.length_s) for w in windows], cycle_s=cycle_s, middle=middle, bar=bar)
    table = min(30.0, 0.85 * height / max(1, len(windows)))
    for i, window in enumerate(windows):
        y = middle + 0.36 * table + (i - (len(windows) - 1) / 2) * table * 1.1
        end = (window.start_s + window.length_s) % cycle_s
        for column, value in enumerate((window.start_s, end, window.length_s)):
            yield svg.text((RIGHT + COLUMN * (column + 1) + 14, y), str(value), table, anchor="end", bold=column == 2)


def _runs(seconds: list[tuple[Lamp, bool]]) -> Iterator[tuple[Lamp, bool, int, int]]:
    """Lamps as (lamp, whether others go first, first second, seconds), cut at the end of the cycle."""
    first = 0
    for second in range(1, len(seconds) + 1):
        if second == len(seconds) or seconds[second] != seconds[first]:
            yield *seconds[first], first, second - first
            first = second


def _bar(lamp: Lamp, ends: tuple[float, float], middle: float, bar: float, *, waits: bool = False) -> str:
    if lamp is Lamp.RED:
        return svg.line((ends[0], middle), (ends[1], middle), svg.RED, 6)
    green = "url(#permissive)" if waits else svg.GREEN
    fill = {Lamp.GREEN: green, Lamp.AMBER: "url(#amber)", Lamp.RED_AMBER: "url(#red-amber)"}[lamp]
    height = bar if lamp is Lamp.GREEN else 0.7 * bar
    return svg.rect((ends[0], middle - height / 2), (ends[1] - ends[0], height), fill)


def _numbers(windows_of: list[tuple[int, int]], cycle_s: int, middle: float, bar: float) -> Iterator[str]:
    """Start and end of each green inside its bar; white on green, left out where the bar is too short for both."""
    size = min(28.0, 0.8 * bar)
    for start_s, length_s in windows_of:
        end = (start_s + length_s) % cycle_s
        first_piece = min(length_s, cycle_s - start_s)
        last_piece = length_s - first_piece or length_s
        y = middle + 0.36 * size
        need = svg.text_width("000", size)
        second = (RIGHT - LEFT) / cycle_s
        both = first_piece < length_s or first_piece * second > 2 * need
        if first_piece * second > need and both:
            yield svg.text((_x(start_s, cycle_s) + 8, y), str(start_s), size, colour="white", bold=True)
        if last_piece * second > need and both:
            x = _x(end or cycle_s, cycle_s) - 8
            yield svg.text((x, y), str(end), size, colour="white", anchor="end", bold=True)


def _legend(language: Language, *, hatched: bool) -> Iterator[str]:
    x, y = float(svg.MARGIN), 1965.0
    for lamp, key in (
        (Lamp.RED, "red"),
        (Lamp.RED_AMBER, "red_amber"),
        (Lamp.GREEN, "green"),
        *([(Lamp.GREEN, "permissive")] if hatched else []),
        (Lamp.AMBER, "amber"),
    ):
        yield _bar(lamp, (x, x + 90), y - 10, 40, waits=key == "permissive")
        yield svg.text((x + 105, y), word(key, language), 28)
        x += 150 + svg.text_width(word(key, language), 28) + 30
    note = (svg.PAGE_WIDTH - svg.MARGIN, y + 52 if hatched else y)
    yield svg.text(note, word("seconds_note", language), 26, colour=svg.SOFT, anchor="end")
